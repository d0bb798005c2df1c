#include "services/mon/commands/mgr_map.h"

#include "absl/time/time.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/features.h"

namespace siphon::mon {

BufferList EncodeMgrMapWithoutManager() {
  BufferList out;
  Encoder e(&out);
  {
    Encoder::Versioned v(e, 12, 6);
    e.U32(kMgrMapEpoch);
    EntityAddrVec().Encode(e, kFeaturesPacific);  // of the active one
    e.U64(0);                                     // its global id
    e.Bool(false);                                // available
    e.String("");                                 // its name
    e.U32(0);                                     // standbys
    e.U32(0);                                     // modules
    e.U32(0);                                     // services
    e.U32(0);                                     // available modules
    e.Time(absl::UnixEpoch());                    // of the last change
    e.U32(0);                                     // modules that are always on
    e.U64(0);                                     // features
    e.U32(0);                                     // epoch of the OSD map at the last failure
    e.U32(0);                                     // clients' addresses
    e.U32(0);                                     // clients' names
  }
  return out;
}

}  // namespace siphon::mon
