// FakeMessenger: a Messenger without a network: it hands out FakeConnections and remembers them.
//
// What a peer would say, the test says by calling the dispatcher itself.
// Threads: one.
#ifndef SIPHON_TESTING_FAKES_FAKE_MESSENGER_H_
#define SIPHON_TESTING_FAKES_FAKE_MESSENGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "testing/fakes/fake_connection.h"

namespace siphon {

class FakeMessenger final : public Messenger {
 public:
  explicit FakeMessenger(EntityName entity) : entity_(entity) {}

  const std::string& name() const override { return name_; }
  EntityName entity() const override { return entity_; }
  void SetEntity(const EntityName& entity) override { entity_ = entity; }
  EntityAddrVec addrs() const override { return addrs_; }
  uint32_t nonce() const override { return 1; }
  void SetDefaultPolicy(const Policy& policy) override { policy_ = policy; }
  void SetPolicy(EntityType, const Policy& policy) override { policy_ = policy; }
  Policy GetPolicy(EntityType) const override { return policy_; }
  void SetClusterProtocol(uint32_t) override {}
  void SetDefaultSendPriority(uint16_t) override {}
  void SetSocketPriority(int) override {}
  void SetAdvertisedAddrs(const EntityAddrVec&) override {}
  absl::Status Bind(const EntityAddrVec& addrs) override {
    addrs_ = addrs;
    return absl::OkStatus();
  }
  void AddDispatcherHead(Dispatcher*) override {}
  void AddDispatcherTail(Dispatcher*) override {}
  absl::Status Start() override { return absl::OkStatus(); }
  absl::Status Rebind(const std::set<int>&) override { return absl::OkStatus(); }
  absl::StatusOr<ConnectionPtr> ConnectTo(EntityType peer_type, const EntityAddrVec& addrs,
                                          bool) override {
    if (!next_connect.ok()) return next_connect;
    dialled.push_back(std::make_shared<FakeConnection>(this, dialled.size() + 1,
                                                       EntityName{peer_type, -1}, addrs));
    if (on_dial) on_dial(*dialled.back());
    return ConnectionPtr(dialled.back());
  }
  ConnectionPtr GetLoopbackConnection() override { return nullptr; }
  absl::Status SendTo(MessagePtr message, EntityType peer_type,
                      const EntityAddrVec& addrs) override {
    absl::StatusOr<ConnectionPtr> connection = ConnectTo(peer_type, addrs, false);
    if (connection.ok()) (*connection)->Send(std::move(message));
    return connection.status();
  }
  void MarkDown(const EntityAddr&) override {}
  void MarkDownAll() override {}
  void Shutdown() override {}
  void Wait() override {}
  MessengerInfo Info() override { return MessengerInfo(); }
  std::vector<ConnectionInfo> ListConnections() override { return {}; }
  DispatchQueueInfo QueueInfo() override { return DispatchQueueInfo(); }
  void PauseDispatch() override {}
  void ResumeDispatch() override {}
  absl::Status DrainDispatch(absl::Duration) override { return absl::OkStatus(); }
  absl::Status InjectFault(const FaultInjection&) override { return absl::OkStatus(); }

  // --- For the test.
  std::vector<std::shared_ptr<FakeConnection>> dialled;  // every one, in order
  std::function<void(FakeConnection&)> on_dial;          // told of each, before its use
  absl::Status next_connect;                             // what ConnectTo() fails with

 private:
  const std::string name_ = "fake";
  EntityName entity_;
  EntityAddrVec addrs_;
  Policy policy_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_FAKE_MESSENGER_H_
