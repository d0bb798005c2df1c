// FakeAdminMessenger: a messenger that tells the admin port what a test wants it to tell.
//
// Threads: the public members are set before it is used; the rest from any.
#ifndef SIPHON_TESTING_FAKES_FAKE_ADMIN_MESSENGER_H_
#define SIPHON_TESTING_FAKES_FAKE_ADMIN_MESSENGER_H_

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "msg/fault_injection.h"
#include "msg/messenger.h"

namespace siphon {

class FakeAdminMessenger final : public Messenger {
 public:
  explicit FakeAdminMessenger(std::string name) { info.name = std::move(name); }

  // Filled with values that differ from field to field, for tests of what is shown where.
  static MessengerInfo SampleInfo(const std::string& name);
  static ConnectionInfo SampleConnection();

  MessengerInfo info;
  std::vector<ConnectionInfo> connections;
  // What DrainDispatch() returns while it is not paused.
  absl::Status drain_result;
  std::atomic<int> drains = 0;
  // What was injected, and what InjectFault() returns.
  std::vector<FaultInjection> faults;
  absl::Status fault_result;

  const std::string& name() const override { return info.name; }
  EntityName entity() const override { return info.entity; }
  void SetEntity(const EntityName& entity) override { info.entity = entity; }
  EntityAddrVec addrs() const override { return info.addrs; }
  uint32_t nonce() const override { return info.nonce; }
  void SetDefaultPolicy(const Policy& policy) override {}
  void SetPolicy(EntityType peer_type, const Policy& policy) override {}
  Policy GetPolicy(EntityType peer_type) const override { return {}; }
  void SetClusterProtocol(uint32_t version) override {}
  void SetDefaultSendPriority(uint16_t priority) override {}
  void SetSocketPriority(int priority) override {}
  void SetAdvertisedAddrs(const EntityAddrVec&) override {}
  absl::Status Bind(const EntityAddrVec& addrs) override { return absl::OkStatus(); }
  void AddDispatcherHead(Dispatcher* dispatcher) override {}
  void AddDispatcherTail(Dispatcher* dispatcher) override {}
  absl::Status Start() override { return absl::OkStatus(); }
  absl::Status Rebind(const std::set<int>& avoid_ports) override { return absl::OkStatus(); }
  absl::StatusOr<ConnectionPtr> ConnectTo(EntityType peer_type, const EntityAddrVec& addrs,
                                          bool anonymous) override {
    return absl::UnimplementedError("a fake");
  }
  ConnectionPtr GetLoopbackConnection() override { return nullptr; }
  absl::Status SendTo(MessagePtr message, EntityType peer_type,
                      const EntityAddrVec& addrs) override {
    return absl::UnimplementedError("a fake");
  }
  void MarkDown(const EntityAddr& addr) override {}
  void MarkDownAll() override {}
  void Shutdown() override {}
  void Wait() override {}

  MessengerInfo Info() override {
    MessengerInfo out = info;
    out.dispatch.paused = paused_;
    return out;
  }
  std::vector<ConnectionInfo> ListConnections() override { return connections; }
  DispatchQueueInfo QueueInfo() override { return Info().dispatch; }
  void PauseDispatch() override { paused_ = true; }
  void ResumeDispatch() override { paused_ = false; }
  absl::Status DrainDispatch(absl::Duration timeout) override {
    drains.fetch_add(1);
    if (paused_) return absl::FailedPreconditionError("the queue is paused: resume it first");
    return drain_result;
  }
  absl::Status InjectFault(const FaultInjection& fault) override {
    if (fault_result.ok()) {
      faults.push_back(fault);
      info.injected_faults = {"as ordered"};
    }
    return fault_result;
  }

 private:
  std::atomic<bool> paused_ = false;
};

inline MessengerInfo FakeAdminMessenger::SampleInfo(const std::string& name) {
  MessengerInfo out;
  out.name = name;
  out.type = "async+posix";
  out.entity = {kEntityOsd, 3};
  out.addrs = *EntityAddrVec::Parse("v1:127.0.0.1:6801/4711");
  out.nonce = 4711;
  out.policies = {{"default", "stateless_server"}, {"osd", "lossless_peer"}};
  out.connections = 2;
  out.accepting = 1;
  out.messages_in = 1234;
  out.messages_out = 5678;
  out.bytes_in = 3 << 20;
  out.bytes_out = 1536;
  out.accepted_total = 17;
  out.faults_total = 4;
  out.reconnects_total = 5;
  out.out_queue_messages = 6;
  out.injected_failures = 21;
  out.injected_faults = {"partition v1:127.0.0.1:6803/0"};
  out.dispatch.messages = 9;
  out.dispatch.local_messages = 2;
  out.dispatch.oldest = absl::Milliseconds(1500);
  out.dispatch.by_priority = {{196, 1}, {127, 8}};
  out.dispatch.throttle_bytes = 4096;
  out.dispatch.throttle_max = 100 << 20;
  out.dispatch.dispatched_total = 900;
  out.dispatch.fast_dispatched_total = 334;
  out.recent_faults = {{absl::FromUnixSeconds(1700000000), "client.5 v1:10.0.0.1:0/1",
                        "ACCEPTING_WAIT_BANNER_ADDR", "not a msgr v1 banner"}};
  return out;
}

inline ConnectionInfo FakeAdminMessenger::SampleConnection() {
  ConnectionInfo out;
  out.id = 42;
  out.peer_name = {kEntityClient, 4107};
  out.peer_addrs = *EntityAddrVec::Parse("v1:127.0.0.1:0/99");
  out.socket_addr = "127.0.0.1:51034";
  out.protocol = "v2";
  out.con_mode = "secure";
  out.entity = "client.admin";
  out.state = "OPEN";
  out.policy = "stateless_server";
  out.incoming = true;
  out.worker = 1;
  out.features = 0x3f01cfbf7ffdffffULL;
  out.out_seq = 11;
  out.acked_seq = 10;
  out.in_seq = 12;
  out.connect_seq = 1;
  out.global_seq = 7;
  out.peer_global_seq = 8;
  out.out_queue_messages = 3;
  out.out_queue_bytes = 2048;
  out.unacked_messages = 1;
  out.unacked_bytes = 4096;
  out.messages_in = 100;
  out.messages_out = 200;
  out.bytes_in = 5 << 20;
  out.bytes_out = 700;
  out.reconnects = 2;
  out.last_active = absl::Milliseconds(250);
  out.last_fault = "connection reset by peer";
  out.recent = {{"ACCEPTING", "", absl::Seconds(9)}, {"OPEN", "replaced", absl::Seconds(8)}};
  return out;
}

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_FAKE_ADMIN_MESSENGER_H_
