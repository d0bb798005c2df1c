// SimNode: a process with one messenger, that can die and come back.
//
// It is its messenger's dispatcher: it tells the checker what arrives, answers some messages, and
// may be slow, or hold on to messages so that throttles run dry. What it does of its own accord,
// the workload decides.
//
// Threads: one. Life() and Die() are called outside of any round; what a user does, within
// SimWorld::AsUserThread().
#ifndef SIPHON_TESTING_SIM_SIM_NODE_H_
#define SIPHON_TESTING_SIM_SIM_NODE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/config.h"
#include "dispatch/dispatcher.h"
#include "msg/async/async_messenger.h"
#include "msg/message_registry.h"
#include "msg/policy.h"
#include "msg/throttle.h"
#include "testing/sim/checker.h"
#include "testing/sim/sim_auth.h"
#include "testing/sim/sim_protocol.h"
#include "testing/sim/sim_stack.h"
#include "testing/sim/sim_world.h"

namespace siphon {

class SimNode final : private Dispatcher {
 public:
  enum class End { kReset, kSilence, kOrderly };

  struct Options {
    int index = 0;
    EntityName entity;
    Policy policy;
    EntityType peer_type = kEntityOsd;
    bool lossy = false;  // its sessions, by the policies of both sides
    SimProtocol protocol = SimProtocol::kV1;
    bool binds = true;
    bool keeps_nonce = false;  // a new life has the same address
    int workers = 1;
    bool fast = false;           // high priorities are dispatched on the workers
    uint64_t answer_one_in = 0;  // messages are answered
    uint64_t max_messages = 0;   // of the policy's throttles; 0: none
    uint64_t max_bytes = 0;
    size_t data_max = 200;
    Config* config = nullptr;
    const MessageRegistry* registry = nullptr;
  };

  SimNode(SimWorld* world, Checker* checker, Options options);
  ~SimNode() override;

  int index() const { return options_.index; }
  const Options& options() const { return options_; }

  // --- Life and death.
  void Live();
  void Die(End how);
  bool alive() const { return messenger_ != nullptr; }
  // Empty when every connection of every life is gone.
  std::string Leaks() const;

  // --- What its user does.
  // As peers know it: to v1, one that does not listen is of v1.
  EntityAddr addr() const {
    EntityAddr addr = messenger_->addrs().front();
    if (options_.protocol == SimProtocol::kV1) addr.set_type(EntityAddr::kLegacy);
    return addr;
  }
  // Where this node believes `peer` to be.
  EntityAddr KnownAddr(int peer) const;
  // Learns where `peer` is now, and gives up the connection to where it was.
  void Learn(const SimNode& peer);
  ConnectionPtr Dial(int peer);
  void SendTo(int peer, uint16_t priority, size_t bytes);
  void SendOn(const ConnectionPtr& connection, uint16_t priority, size_t bytes);
  void SendToSelf();
  void MarkDown(const ConnectionPtr& connection);
  void MarkAllDown();
  void MakeDisposable(const ConnectionPtr& connection);
  // A connection that is open or was; null when there is none.
  ConnectionPtr AnyConnection();
  // No dispatching for so long.
  void HoldDispatch(absl::Duration duration);
  // Keeps the messages that come, for so long.
  void HoldMessages(absl::Duration duration);
  void LetGo();

  // --- To look at.
  std::vector<ConnectionInfo> Connections() { return messenger_->ListConnections(); }
  bool dispatch_idle() const { return !has_work_; }
  // Connections by who was told that they opened; of this life.
  uint64_t connects() const { return connects_; }
  uint64_t accepts() const { return accepts_; }

 private:
  class WorkerActor;
  class DispatchActor;
  struct Tracked {
    ConnectionPtr connection;
    int peer = 0;
    bool given_up = false;
  };

  // --- Dispatcher.
  bool CanFastDispatchAny() const override { return true; }
  bool CanFastDispatch(const Message& message) const override;
  void FastPreprocess(const Message& message) override;
  void FastDispatch(MessagePtr message) override { Take(std::move(message)); }
  bool Dispatch(MessagePtr& message) override;
  void HandleConnect(const ConnectionPtr& connection) override;
  void HandleAccept(const ConnectionPtr& connection) override;
  bool HandleReset(const ConnectionPtr& connection) override;
  void HandleRemoteReset(const ConnectionPtr& connection) override;
  bool HandleRefused(const ConnectionPtr& connection) override;

  void Take(MessagePtr message);
  ConnectionKey KeyOf(const Connection& connection) const;
  static int PeerOf(const Connection& connection);
  void Track(const ConnectionPtr& connection);
  void CheckNothingHeld();
  void CheckBounds();

  SimWorld* const world_;
  Checker* const checker_;
  Options options_;
  SimAuthClient auth_client_;
  SimAuthServer auth_server_;
  uint32_t incarnation_ = 0;
  bool dying_ = false;

  std::unique_ptr<SimStack> stack_;
  std::unique_ptr<AsyncMessenger> messenger_;
  std::vector<std::unique_ptr<SimActor>> actors_;

  std::map<uint64_t, Tracked> tracked_;  // by id
  std::vector<std::weak_ptr<Connection>> buried_;
  std::map<int, EntityAddr> known_;
  bool has_work_ = false;
  MonoNanos dispatch_held_until_ = 0;
  MonoNanos messages_held_until_ = 0;
  std::deque<MessagePtr> held_;
  uint64_t connects_ = 0;
  uint64_t accepts_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_NODE_H_
