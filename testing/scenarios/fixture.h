// ScenarioFixture: what every scenario needs: a started network stack, options, messengers on
// loopback sockets, and dispatchers that live longer than the messengers they are added to.
//
// It knows nothing of GoogleTest, so that programs use it too; what cannot be is a CHECK.
// Threads: the one that made it, apart from what config() and the messengers allow.
#ifndef SIPHON_TESTING_SCENARIOS_FIXTURE_H_
#define SIPHON_TESTING_SCENARIOS_FIXTURE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"
#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/connection.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/message_registry.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "net/network_stack.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {

// How a messenger authenticates; borrowed. Null: method none.
struct ScenarioAuth {
  AuthClient* client = nullptr;
  AuthServer* server = nullptr;
};

class ScenarioFixture {
 public:
  // Back-off is 10 to 100 ms; ports are 24000 to 27999.
  explicit ScenarioFixture(int workers = 3);
  // Shuts everything down, in order.
  ~ScenarioFixture();
  ScenarioFixture(const ScenarioFixture&) = delete;
  ScenarioFixture& operator=(const ScenarioFixture&) = delete;

  Config& config() { return config_; }
  NetworkStack& stack() { return *stack_; }
  void Set(std::string_view option, std::string_view value);

  // A messenger that is not ready yet: it lacks a dispatcher. Nonces differ. `random` (optional) is
  // borrowed.
  Messenger* Make(const EntityName& entity, const Policy& policy, RandomSource* random = nullptr,
                  const ScenarioAuth& auth = {});
  static void BindLoopback(Messenger* messenger, std::string_view protocol = "v1");
  // osd.0 on a port of its own, and client.12 that only dials; both ready.
  Messenger* Server(const Policy& policy, Dispatcher* dispatcher);
  Messenger* Client(const Policy& policy, Dispatcher* dispatcher);
  // An osd that listens and dials, and speaks to its like.
  Messenger* Peer(int64_t number, const Policy& policy, Dispatcher* dispatcher);

  SessionDispatcher& NewDispatcher() { return dispatchers_.emplace_back(); }

  static ConnectionPtr Dial(Messenger* from, Messenger* to, EntityType type = kEntityOsd);
  static ConnectionPtr Dial(Messenger* from, const EntityAddrVec& to, EntityType type = kEntityOsd);
  // Sends ping `number` with `data` bytes.
  static void Ping(const ConnectionPtr& connection, uint64_t number, size_t data = 0);
  // The name of the state in which the only connection of `messenger` is; empty without one.
  static std::string StateOf(Messenger* messenger);
  // Ends a messenger before the others, and deletes it too.
  static void Stop(Messenger* messenger);
  void Destroy(Messenger* messenger);

 private:
  std::deque<SessionDispatcher> dispatchers_;
  MessageRegistry registry_;
  Config config_;
  std::unique_ptr<NetworkStack> stack_;
  std::vector<std::unique_ptr<Messenger>> messengers_;
  uint32_t next_nonce_ = 1;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_FIXTURE_H_
