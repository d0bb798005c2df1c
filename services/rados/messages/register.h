// RegisterRadosMessages: makes every message of this folder known to a registry.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_REGISTER_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_REGISTER_H_

#include "msg/message_registry.h"

namespace siphon::rados {

void RegisterRadosMessages(MessageRegistry* registry);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_REGISTER_H_
