// RequestTraits: what a request's operations amount to. What the client says of them in the
// request's flags does not count.
#ifndef SIPHON_SERVICES_OSD_PG_REQUEST_TRAITS_H_
#define SIPHON_SERVICES_OSD_PG_REQUEST_TRAITS_H_

#include <cstdint>

#include "services/osd/classes/class_registry.h"
#include "services/rados/messages/osd_op.h"

namespace siphon::osd {

struct RequestTraits {
  bool reads = false;
  bool writes = false;
  bool calls = false;  // methods of object classes
  bool lists = false;  // the placement group, not an object
  // A negative errno: an operation calls a class or method that is not there.
  int32_t error = 0;
};

RequestTraits FindTraits(const rados::MOsdOp& request, const ClassRegistry& classes);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_REQUEST_TRAITS_H_
