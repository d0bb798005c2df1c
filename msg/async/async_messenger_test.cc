// Messengers on real sockets.
#include "msg/async/async_messenger.h"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/config.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/async/create_messenger.h"
#include "msg/message_registry.h"
#include "net/make_network_stack.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class NoteMessage final : public Message {
 public:
  static constexpr uint16_t kType = 1000;
  static constexpr uint16_t kHeadVersion = 1;
  NoteMessage() : Message(kType, kHeadVersion) {}
  explicit NoteMessage(uint64_t number, size_t data = 0) : NoteMessage() {
    this->number = number;
    if (data != 0) mutable_data().Append(std::string(data, static_cast<char>('a' + number % 26)));
  }
  std::string_view type_name() const override { return "note"; }
  void EncodePayload(Encoder& e, uint64_t) override { e.U64(number); }
  absl::Status DecodePayload(Decoder& d) override {
    number = d.U64();
    return absl::OkStatus();
  }
  uint64_t number = 0;
};

// Counts and keeps what it is told; waits for conditions on it.
class Recorder : public Dispatcher {
 public:
  bool fast = false;
  bool echo = false;

  bool CanFastDispatchAny() const override { return fast; }
  bool CanFastDispatch(const Message&) const override { return fast; }
  void FastDispatch(MessagePtr m) override { Take(std::move(m)); }
  bool Dispatch(MessagePtr& m) override {
    Take(std::move(m));
    return true;
  }
  void HandleConnect(const ConnectionPtr&) override { Count(&connects); }
  void HandleAccept(const ConnectionPtr& c) override {
    {
      MutexLock lock(mutex_);
      accepted_.push_back(c);
    }
    Count(&accepts);
  }
  bool HandleReset(const ConnectionPtr&) override {
    Count(&resets);
    return true;
  }
  void HandleRemoteReset(const ConnectionPtr&) override { Count(&remote_resets); }
  bool HandleRefused(const ConnectionPtr&) override {
    Count(&refusals);
    return true;
  }

  template <typename Condition>
  bool WaitFor(Condition condition) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    MutexLock lock(mutex_);
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      changed_.WaitFor(mutex_, absl::Milliseconds(100));
    }
    return true;
  }
  std::vector<uint64_t> Numbers() {
    MutexLock lock(mutex_);
    return numbers_;
  }
  bool WaitForNumbers(size_t n) {
    return WaitFor([this, n]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return numbers_.size() >= n; });
  }
  bool WaitForCount(std::atomic<int>* counter, int n) {
    return WaitFor([counter, n] { return counter->load() >= n; });
  }
  ConnectionPtr accepted(size_t i) {
    MutexLock lock(mutex_);
    return accepted_.at(i);
  }

  std::atomic<int> connects{0}, accepts{0}, resets{0}, remote_resets{0}, refusals{0};

 private:
  void Take(MessagePtr m) {
    const uint64_t number = MessageAs<NoteMessage>(*m).number;
    if (echo) m->connection()->Send(std::make_unique<NoteMessage>(number, m->data().size()));
    MutexLock lock(mutex_);
    numbers_.push_back(number);
    changed_.SignalAll();
  }
  void Count(std::atomic<int>* counter) {
    MutexLock lock(mutex_);
    counter->fetch_add(1);
    changed_.SignalAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> numbers_ ABSL_GUARDED_BY(mutex_);
  std::vector<ConnectionPtr> accepted_ ABSL_GUARDED_BY(mutex_);
};

class AsyncMessengerTest : public testing::Test {
 protected:
  AsyncMessengerTest() {
    registry_.Register<NoteMessage>();
    EXPECT_TRUE(config_.Set("ms_bind_port_min", "21000", Config::Source::kCommandLine).ok());
    EXPECT_TRUE(config_.Set("ms_bind_port_max", "21999", Config::Source::kCommandLine).ok());
    EXPECT_TRUE(config_.Set("ms_initial_backoff", "0.01").ok());
    EXPECT_TRUE(config_.Set("ms_max_backoff", "0.1").ok());
    auto stack = MakeNetworkStack("posix", {});
    EXPECT_TRUE(stack.ok());
    stack_ = *std::move(stack);
    EXPECT_TRUE(stack_->Start().ok());
  }
  ~AsyncMessengerTest() override {
    for (auto& m : messengers_) {
      m->Shutdown();
      m->Wait();
    }
    messengers_.clear();
    stack_->Stop();
  }

  Messenger* Make(EntityName entity, const Policy& policy, uint32_t nonce) {
    MessengerOptions options;
    options.entity = entity;
    options.name = entity.ToString();
    options.nonce = nonce;
    options.stack = stack_.get();
    options.config = &config_;
    options.registry = &registry_;
    auto m = CreateMessenger("async+posix", options);
    EXPECT_TRUE(m.ok()) << m.status();
    (*m)->SetDefaultPolicy(policy);
    messengers_.push_back(*std::move(m));
    return messengers_.back().get();
  }
  Messenger* Server(const Policy& policy, Dispatcher* d) {
    Messenger* m = Make({kEntityOsd, 0}, policy, 77);
    EXPECT_TRUE(m->Bind(EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:0/0"))).ok());
    m->AddDispatcherHead(d);
    EXPECT_TRUE(m->Start().ok());
    return m;
  }
  Messenger* Client(const Policy& policy, Dispatcher* d) {
    Messenger* m = Make({kEntityClient, 12}, policy, 88);
    m->AddDispatcherHead(d);
    EXPECT_TRUE(m->Start().ok());
    return m;
  }
  // Lives until the messengers are gone.
  Recorder& NewRecorder() { return recorders_.emplace_back(); }
  ConnectionPtr Dial(Messenger* from, Messenger* to, EntityType type = kEntityOsd) {
    auto c = from->ConnectTo(type, to->addrs());
    EXPECT_TRUE(c.ok()) << c.status();
    return *c;
  }

  std::deque<Recorder> recorders_;
  MessageRegistry registry_;
  Config config_;
  std::unique_ptr<NetworkStack> stack_;
  std::vector<std::unique_ptr<Messenger>> messengers_;
};

TEST_F(AsyncMessengerTest, CarriesMessagesOfEverySizeBothWays) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  server_side.echo = true;
  server_side.fast = true;
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  ConnectionPtr c = Dial(client, server);
  const size_t sizes[] = {0, 1, 64, 4095, 4096, 65536, 1 << 20, 5 << 20};
  for (size_t i = 0; i < std::size(sizes); ++i) {
    c->Send(std::make_unique<NoteMessage>(i, sizes[i]));
  }
  ASSERT_TRUE(client_side.WaitForNumbers(std::size(sizes)));
  EXPECT_THAT(client_side.Numbers(), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_TRUE(c->IsConnected());
  EXPECT_EQ(client_side.connects, 1);
  EXPECT_EQ(server_side.accepts, 1);
}

TEST_F(AsyncMessengerTest, KeepsTheOrderOfEachSendingThread) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatefulServer(0), &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  ConnectionPtr c = Dial(client, server);
  constexpr uint64_t kEach = 5000;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < kEach; ++i) {
        c->Send(std::make_unique<NoteMessage>(t << 32 | i));
      }
    });
  }
  for (auto& t : threads) t.join();
  ASSERT_TRUE(server_side.WaitForNumbers(4 * kEach));
  std::map<uint64_t, uint64_t> next;
  for (const uint64_t n : server_side.Numbers()) ASSERT_EQ(n & 0xffffffff, next[n >> 32]++);
}

TEST_F(AsyncMessengerTest, LosesNothingWhileSocketsFail) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  server_side.echo = true;
  Messenger* server = Server(Policy::StatefulServer(0), &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  ASSERT_TRUE(config_.Set("ms_inject_socket_failures", "20").ok());
  ConnectionPtr c = Dial(client, server);
  constexpr uint64_t kMessages = 1000;
  for (uint64_t i = 0; i < kMessages; ++i) {
    c->Send(std::make_unique<NoteMessage>(i, i % 7 * 1000));
    // A few at a time, so that there are many reads and writes.
    if (i >= 3) ASSERT_TRUE(client_side.WaitForNumbers(i - 3));
  }
  ASSERT_TRUE(client_side.WaitForNumbers(kMessages));
  ASSERT_TRUE(config_.Set("ms_inject_socket_failures", "0").ok());
  const std::vector<uint64_t> got = client_side.Numbers();
  ASSERT_EQ(got.size(), kMessages);
  for (uint64_t i = 0; i < kMessages; ++i) ASSERT_EQ(got[i], i);
  EXPECT_GT(client->Info().reconnects_total, 10u);
  EXPECT_EQ(client_side.resets, 0);
  EXPECT_EQ(client_side.remote_resets, 0);
}

TEST_F(AsyncMessengerTest, TwoPeersThatDialEachOtherShareOneSession) {
  for (int round = 0; round < 30; ++round) {
    Recorder& a_side = NewRecorder();
    Recorder& b_side = NewRecorder();
    Messenger* a = Make({kEntityOsd, 1}, Policy::LosslessPeerReuse(0), 1000);
    Messenger* b = Make({kEntityOsd, 2}, Policy::LosslessPeerReuse(0), 2000);
    for (Messenger* m : {a, b}) {
      m->SetClusterProtocol(10);
      ASSERT_TRUE(m->Bind(EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:0/0"))).ok());
    }
    a->AddDispatcherHead(&a_side);
    b->AddDispatcherHead(&b_side);
    Dial(a, b)->Send(std::make_unique<NoteMessage>(1));
    Dial(b, a)->Send(std::make_unique<NoteMessage>(2));
    ASSERT_TRUE(a_side.WaitForNumbers(1)) << "round " << round;
    ASSERT_TRUE(b_side.WaitForNumbers(1)) << "round " << round;
    EXPECT_THAT(a_side.Numbers(), testing::ElementsAre(2));
    EXPECT_THAT(b_side.Numbers(), testing::ElementsAre(1));
    EXPECT_EQ(a->ListConnections().size(), 1u);
    EXPECT_EQ(b->ListConnections().size(), 1u);
    for (Messenger* m : {a, b}) {
      m->Shutdown();
      m->Wait();
    }
  }
}

TEST_F(AsyncMessengerTest, ALossyClientIsToldOfTheResetWhenTheServerDropsIt) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  ConnectionPtr c = Dial(client, server);
  c->Send(std::make_unique<NoteMessage>(1));
  ASSERT_TRUE(server_side.WaitForNumbers(1));
  server->MarkDownAll();
  ASSERT_TRUE(client_side.WaitForCount(&client_side.resets, 1));
  EXPECT_FALSE(c->IsConnected());
  EXPECT_EQ(server_side.resets, 0) << "a mark-down is not reported to who did it";
}

TEST_F(AsyncMessengerTest, ALosslessClientIsToldThatTheServerForgotItsSession) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatefulServer(0), &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  ConnectionPtr c = Dial(client, server);
  c->Send(std::make_unique<NoteMessage>(1));
  ASSERT_TRUE(server_side.WaitForNumbers(1));
  server->MarkDownAll();
  ASSERT_TRUE(client_side.WaitForCount(&client_side.remote_resets, 1));
  c->Send(std::make_unique<NoteMessage>(2));
  ASSERT_TRUE(server_side.WaitForNumbers(2));
  EXPECT_EQ(client_side.resets, 0);
}

TEST_F(AsyncMessengerTest, ReportsThatNobodyListens) {
  Recorder& client_side = NewRecorder();
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  auto c = client->ConnectTo(kEntityOsd, EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:9/1")));
  ASSERT_TRUE(c.ok());
  EXPECT_TRUE(client_side.WaitForCount(&client_side.refusals, 2)) << "and tries again";
}

TEST_F(AsyncMessengerTest, RefusesAPeerWithAnotherNonceThanDialled) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  EntityAddrVec addrs = server->addrs();
  addrs.set_nonce(123456);
  auto c = client->ConnectTo(kEntityOsd, addrs);
  ASSERT_TRUE(c.ok());
  ASSERT_TRUE(client_side.WaitForCount(&client_side.resets, 1));
  const MessengerInfo info = client->Info();
  ASSERT_FALSE(info.recent_faults.empty());
  EXPECT_THAT(info.recent_faults.back().reason, HasSubstr("the wrong peer"));
}

TEST_F(AsyncMessengerTest, DeliversMessagesToItself) {
  Recorder& side = NewRecorder();
  Messenger* server = Server(Policy::StatelessServer(0), &side);
  ConnectionPtr c = Dial(server, server);
  EXPECT_TRUE(c->IsLoopback());
  c->Send(std::make_unique<NoteMessage>(5));
  ASSERT_TRUE(side.WaitForNumbers(1));
}

TEST_F(AsyncMessengerTest, TellsAboutItsConnections) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  ConnectionPtr c = Dial(client, server);
  c->Send(std::make_unique<NoteMessage>(1, 100));
  ASSERT_TRUE(server_side.WaitForNumbers(1));
  const std::vector<ConnectionInfo> infos = client->ListConnections();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].state, "OPEN");
  EXPECT_EQ(infos[0].policy, "lossy_client");
  EXPECT_EQ(infos[0].out_seq, 1u);
  EXPECT_EQ(infos[0].messages_out, 1u);
  EXPECT_FALSE(infos[0].recent.empty());
  EXPECT_EQ(server->Info().messages_in, 1u);
  EXPECT_EQ(server->Info().connections, 1u);
}

TEST_F(AsyncMessengerTest, TimesOutAHandshakeThatStandsStill) {
  ASSERT_TRUE(config_.Set("ms_connection_ready_timeout", "0.05").ok());
  Recorder& server_side = NewRecorder();
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  const EntityAddr addr = server->addrs().legacy();
  const int fd = socket(addr.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(fd, addr.sockaddr_ptr(), addr.sockaddr_len()), 0);
  // The server ends the connection after its greeting.
  char buffer[4096];
  ssize_t n;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
  }
  EXPECT_LE(n, 0);
  close(fd);
  stack_->Drain();  // the round that closed it also reports it
  const MessengerInfo info = server->Info();
  EXPECT_EQ(info.accepting, 0u);
  ASSERT_FALSE(info.recent_faults.empty());
  EXPECT_THAT(info.recent_faults.back().reason, HasSubstr("ms_connection_ready_timeout"));
}

TEST_F(AsyncMessengerTest, AThrottleHoldsReadingBackAndLetsItGoOn) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  auto throttle = std::make_shared<Throttle>("test", 3000);
  Policy policy = Policy::StatefulServer(0);
  policy.throttler_bytes = throttle;
  Messenger* server = Server(policy, &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  throttle->Take(2900);  // someone else holds nearly all of it
  ConnectionPtr c = Dial(client, server);
  for (uint64_t i = 0; i < 100; ++i) c->Send(std::make_unique<NoteMessage>(i, 1000));
  ASSERT_TRUE(server_side.WaitForCount(&server_side.accepts, 1));
  while (throttle->stats().waiters == 0) std::this_thread::yield();
  EXPECT_TRUE(server_side.Numbers().empty());
  const std::vector<ConnectionInfo> infos = server->ListConnections();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].state, "OPEN_MESSAGE_THROTTLE_BYTES");
  EXPECT_TRUE(infos[0].throttled);
  throttle->Put(2900);
  ASSERT_TRUE(server_side.WaitForNumbers(100));
}

TEST_F(AsyncMessengerTest, ShutsDownWithMessagesStillQueued) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatefulServer(0), &server_side);
  Messenger* client = Client(Policy::LosslessClient(0), &client_side);
  server->PauseDispatch();
  ConnectionPtr c = Dial(client, server);
  for (uint64_t i = 0; i < 1000; ++i) c->Send(std::make_unique<NoteMessage>(i, 100000));
  client->Shutdown();
  client->Wait();
  c->Send(std::make_unique<NoteMessage>(1));
  c->MarkDown();
}

TEST_F(AsyncMessengerTest, RebindsToOtherPortsWithANewNonce) {
  Recorder& server_side = NewRecorder();
  Recorder& client_side = NewRecorder();
  Messenger* server = Server(Policy::StatelessServer(0), &server_side);
  const EntityAddr before = server->addrs().legacy();
  ASSERT_TRUE(server->Rebind({before.port() + 1}).ok());
  const EntityAddr after = server->addrs().legacy();
  EXPECT_NE(after.port(), before.port());
  EXPECT_NE(after.port(), before.port() + 1);
  EXPECT_NE(after.nonce(), before.nonce());
  Messenger* client = Client(Policy::LossyClient(0), &client_side);
  Dial(client, server)->Send(std::make_unique<NoteMessage>(1));
  ASSERT_TRUE(server_side.WaitForNumbers(1));
}

}  // namespace
}  // namespace siphon
