// Whether a client's capabilities allow what a request asks for.
#ifndef SIPHON_SERVICES_OSD_OP_PERMISSION_H_
#define SIPHON_SERVICES_OSD_OP_PERMISSION_H_

#include "msg/entity_addr.h"
#include "services/osd/classes/class_registry.h"
#include "services/osd/client_session.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/osd_map.h"

namespace siphon::osd {

// What the operations themselves need counts, not what the client says of them in the request's
// flags: a call of a method needs x for it, a watch reads and writes. `from` is the client's
// address. True for a pool that the map does not have: there is nothing to protect.
bool MayPerform(const ClientSession& session, const rados::MOsdOp& request,
                const rados::OsdMap& map, const EntityAddr& from,
                const ClassRegistry& classes = ClassRegistry::Standard());

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_PERMISSION_H_
