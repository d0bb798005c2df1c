// OsdReqId: names one operation of one client, however often it is sent (Ceph's osd_reqid_t).
#ifndef SIPHON_SERVICES_RADOS_OSD_REQID_H_
#define SIPHON_SERVICES_RADOS_OSD_REQID_H_

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_name.h"

namespace siphon::rados {

struct OsdReqId {
  EntityName name = {kEntityNone, 0};
  uint64_t tid = 0;
  int32_t incarnation = 0;

  // Clients send zeros: the name and tid are those of the message then.
  bool is_blank() const { return name.type == kEntityNone; }

  std::string ToString() const {
    return name.ToString() + "." + std::to_string(incarnation) + ":" + std::to_string(tid);
  }

  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 2, 2);
    name.Encode(e);
    e.U64(tid);
    e.I32(incarnation);
  }
  static OsdReqId Decode(Decoder& d) {
    OsdReqId id;
    Decoder::Versioned v(d, 2, "osd_reqid_t");
    id.name = EntityName::Decode(d);
    id.tid = d.U64();
    id.incarnation = d.I32();
    return id;
  }

  friend auto operator<=>(const OsdReqId&, const OsdReqId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const OsdReqId& id) {
    return H::combine(std::move(h), id.name.type, id.name.num, id.tid, id.incarnation);
  }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_REQID_H_
