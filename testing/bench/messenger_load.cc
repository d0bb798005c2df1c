#include "testing/bench/messenger_load.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "base/buffer.h"
#include "base/config.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "dispatch/dispatcher.h"
#include "glog/logging.h"
#include "msg/async/create_messenger.h"
#include "msg/auth/auth_exchange.h"
#include "msg/message_registry.h"
#include "net/make_network_stack.h"
#include "testing/sim/sim_auth.h"

namespace siphon::bench {
namespace {

// A message of which only the data counts.
class LoadMessage final : public Message {
 public:
  static constexpr uint16_t kType = 2000;
  static constexpr uint16_t kHeadVersion = 1;
  LoadMessage() : Message(kType, kHeadVersion) {}
  explicit LoadMessage(const Buffer& data) : LoadMessage() { mutable_data().Append(data); }
  std::string_view type_name() const override { return "load"; }
  void EncodePayload(Encoder&, uint64_t) override {}
  absl::Status DecodePayload(Decoder&) override { return absl::OkStatus(); }
};

EntityAddr LoopbackAddr(SimProtocol protocol) {
  EntityAddr addr = *EntityAddr::Parse("127.0.0.1:0/1");
  addr.set_type(AddrType(protocol));
  return addr;
}

// One process's messenger and what it needs.
struct Endpoint {
  Config config;
  MessageRegistry registry;
  std::unique_ptr<NetworkStack> stack;
  SimAuthClient auth_client;
  SimAuthServer auth_server{&RandomSource::Real()};
  std::unique_ptr<Messenger> messenger;

  Endpoint(EntityName entity, const Policy& policy, SimProtocol protocol)
      : auth_client(protocol == SimProtocol::kV2Secure ? ConMode::kSecure : ConMode::kCrc) {
    registry.Register<LoadMessage>();
    CHECK(config.Set("ms_bind_port_min", "22000", Config::Source::kCommandLine).ok());
    CHECK(config.Set("ms_bind_port_max", "22999", Config::Source::kCommandLine).ok());
    NetworkStackOptions stack_options;
    stack_options.workers = 1;
    auto made = MakeNetworkStack("posix", stack_options);
    CHECK(made.ok()) << made.status();
    stack = *std::move(made);
    CHECK(stack->Start().ok());
    MessengerOptions options;
    options.entity = entity;
    options.name = "bench";
    options.nonce = 1;
    options.stack = stack.get();
    options.config = &config;
    options.registry = &registry;
    if (protocol == SimProtocol::kV2Secure) {
      options.auth_client = &auth_client;
      options.auth_server = &auth_server;
    }
    auto created = CreateMessenger("async+posix", options);
    CHECK(created.ok()) << created.status();
    messenger = *std::move(created);
    messenger->SetDefaultPolicy(policy);
  }
  void End() {
    messenger->Shutdown();
    messenger->Wait();
    messenger.reset();
    stack->Stop();
  }
};

class FastDispatcher : public Dispatcher {
 public:
  bool CanFastDispatchAny() const override { return true; }
  bool CanFastDispatch(const Message&) const override { return true; }
};

// Answers; ends when its client's session was reset.
class Server final : public FastDispatcher {
 public:
  explicit Server(const Load& load)
      : per_reply_(MessagesPerReply(load)), reply_(Buffer::Allocate(64)) {}
  void FastDispatch(MessagePtr message) override {
    if (++since_reply_ < per_reply_) return;
    since_reply_ = 0;
    message->connection()->Send(std::make_unique<LoadMessage>(reply_));
  }
  void HandleFastAccept(const ConnectionPtr&) override { start_ = ProcessCpu(); }
  bool HandleReset(const ConnectionPtr&) override {
    cpu_ = ProcessCpu() - start_;
    done_.Notify();
    return true;
  }
  absl::Duration WaitForEnd() {
    done_.WaitForNotification();
    return cpu_;
  }

 private:
  const uint64_t per_reply_;
  const Buffer reply_;
  uint64_t since_reply_ = 0;
  absl::Duration start_, cpu_;
  Notification done_;
};

class Client final : public FastDispatcher {
 public:
  explicit Client(const Load& load)
      : load_(load), per_reply_(MessagesPerReply(load)), data_(Buffer::Allocate(load.size)) {
    result_.latency_nanos.reserve(1 << 20);
  }
  void HandleFastConnect(const ConnectionPtr& connection) override {
    if (connection->IsLoopback()) return;
    cpu_ = ProcessCpu();
    start_ = absl::GetCurrentTimeNanos();
    for (int i = 0; i < load_.in_flight; ++i) SendOne(connection, start_);
  }
  void FastDispatch(MessagePtr message) override {
    const int64_t now = absl::GetCurrentTimeNanos();
    result_.messages += per_reply_;
    if (result_.latency_nanos.size() < (1 << 20)) {
      result_.latency_nanos.push_back(static_cast<uint32_t>(now - sent_at_.front()));
    }
    sent_at_.pop_front();
    if (now - start_ >= absl::ToInt64Nanoseconds(load_.duration)) {
      if (std::exchange(ended_, true)) return;
      result_.elapsed = absl::Nanoseconds(now - start_);
      result_.client_cpu = ProcessCpu() - cpu_;
      done_.Notify();
      return;
    }
    for (uint64_t i = 0; i < per_reply_; ++i) SendOne(message->connection(), now);
  }
  Result WaitForEnd() {
    done_.WaitForNotification();
    return std::move(result_);
  }

 private:
  void SendOne(const ConnectionPtr& connection, int64_t now) {
    if (++sent_ % per_reply_ == 0) sent_at_.push_back(now);
    connection->Send(std::make_unique<LoadMessage>(data_));
  }

  const Load load_;
  const uint64_t per_reply_;
  const Buffer data_;
  uint64_t sent_ = 0;
  std::deque<int64_t> sent_at_;  // when those were sent that will be answered
  Result result_;
  bool ended_ = false;
  int64_t start_ = 0;
  absl::Duration cpu_;
  Notification done_;
};

absl::Duration Serve(const Load& load, SimProtocol protocol, const std::function<void(int)>& tell) {
  // As an OSD serves clients; the reset when the client goes is the sign to stop.
  Endpoint endpoint({kEntityOsd, 0}, Policy::StatelessServer(0), protocol);
  Server server(load);
  CHECK(endpoint.messenger->Bind(EntityAddrVec(LoopbackAddr(protocol))).ok());
  endpoint.messenger->AddDispatcherHead(&server);
  tell(endpoint.messenger->addrs().front().port());
  const absl::Duration cpu = server.WaitForEnd();
  endpoint.End();
  return cpu;
}

Result Drive(const Load& load, SimProtocol protocol, int port) {
  Endpoint endpoint({kEntityClient, 1}, Policy::LossyClient(0), protocol);
  Client client(load);
  endpoint.messenger->AddDispatcherHead(&client);
  EntityAddr addr = LoopbackAddr(protocol);
  addr.set_port(port);
  auto connection = endpoint.messenger->ConnectTo(kEntityOsd, EntityAddrVec(addr));
  CHECK(connection.ok()) << connection.status();
  Result result = client.WaitForEnd();
  endpoint.End();
  return result;
}

}  // namespace

Result RunMessenger(const Load& load, SimProtocol protocol) {
  return RunInTwoProcesses(
      load, [&](std::function<void(int)> tell) { return Serve(load, protocol, tell); },
      [&](int port) { return Drive(load, protocol, port); });
}

}  // namespace siphon::bench
