// MessengerOptions: what a messenger is made of.
#ifndef SIPHON_MSG_ASYNC_MESSENGER_OPTIONS_H_
#define SIPHON_MSG_ASYNC_MESSENGER_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/config.h"
#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_name.h"
#include "msg/message_registry.h"
#include "net/network_stack.h"

namespace siphon {

// Everything but `entity` and `name` is borrowed and outlives the messenger.
struct MessengerOptions {
  EntityName entity;              // {kEntityClient, -1} for a client
  std::string name;               // "ms_public": for logs and the admin port
  uint32_t nonce = 0;             // 0 for monitors; daemons use the process id
  NetworkStack* stack = nullptr;  // shared by all messengers of the process, started
  Config* config = nullptr;
  const MessageRegistry* registry = nullptr;
  AuthClient* auth_client = nullptr;  // null: no authorizer is shown (auth none without one)
  AuthServer* auth_server = nullptr;  // null: whatever is shown is accepted
  Clock* clock = nullptr;             // null: the real one
  RandomSource* random = nullptr;     // null: the real one
  // Null: the dispatch queue runs its own threads. Else see DispatchQueue::Options::on_work.
  std::function<void()> on_dispatch_work;
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_MESSENGER_OPTIONS_H_
