// RemoteObjects: how an OSD reads objects that another OSD, or itself, may lead.
//
// Threads: any. `done` is called once, on any thread, without locks.
#ifndef SIPHON_SERVICES_OSD_PG_REMOTE_OBJECTS_H_
#define SIPHON_SERVICES_OSD_PG_REMOTE_OBJECTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "services/rados/object_locator.h"
#include "services/rados/osd_op.h"

namespace siphon::osd {

class RemoteObjects {
 public:
  struct Answer {
    int32_t result = 0;             // or a negative errno; ECANCELED when the OSD stops
    std::vector<rados::OsdOp> ops;  // with results and output
    uint64_t user_version = 0;
  };
  using Done = absl::AnyInvocable<void(Answer)>;

  virtual ~RemoteObjects() = default;

  // Runs `ops`, which only read, on the object as of `snap`.
  virtual void Read(const std::string& oid, const rados::ObjectLocator& locator, uint64_t snap,
                    std::vector<rados::OsdOp> ops, Done done) = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_REMOTE_OBJECTS_H_
