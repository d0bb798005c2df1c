// What a stranger sends never harms: the connection is closed with a reason that can be read, no
// memory is taken for what did not arrive, and the other connections go on.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/clock.h"
#include "base/config.h"
#include "base/encoder.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/async/create_messenger.h"
#include "msg/features.h"
#include "msg/message_registry.h"
#include "msg/protocol/v1/wire.h"
#include "net/make_network_stack.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class PokeMessage final : public Message {
 public:
  static constexpr uint16_t kType = 1001;
  static constexpr uint16_t kHeadVersion = 3;
  PokeMessage() : Message(kType, kHeadVersion) {}
  std::string_view type_name() const override { return "poke"; }
  void EncodePayload(Encoder& e, uint64_t) override { e.U64(1); }
  absl::Status DecodePayload(Decoder& d) override {
    d.U64();
    return absl::OkStatus();
  }
};

class Counter final : public Dispatcher {
 public:
  bool Dispatch(MessagePtr& m) override {
    m.reset();
    MutexLock lock(mutex_);
    ++count_;
    changed_.SignalAll();
    return true;
  }
  bool WaitFor(int n) {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    MutexLock lock(mutex_);
    while (count_ < n) {
      if (absl::Now() > deadline) return false;
      changed_.WaitFor(mutex_, absl::Milliseconds(100));
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  size_t total, resident;
  statm >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

// A TCP connection that says whatever it is told.
class Stranger {
 public:
  explicit Stranger(const EntityAddr& addr)
      : fd_(socket(addr.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(connect(fd_, addr.sockaddr_ptr(), addr.sockaddr_len()), 0);
  }
  ~Stranger() { close(fd_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  void Say(std::string_view bytes) {
    // The other side may close in the middle; that is its right.
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }
  void EndOfStream() { shutdown(fd_, SHUT_WR); }
  // Reads until the other side closes.
  void WaitUntilClosed() {
    char buffer[4096];
    while (recv(fd_, buffer, sizeof(buffer), 0) > 0) {
    }
  }

 private:
  const int fd_;
};

class HostilePeerTest : public testing::Test {
 protected:
  HostilePeerTest() {
    registry_.Register<PokeMessage>();
    EXPECT_TRUE(config_.Set("ms_bind_port_min", "23000", Config::Source::kCommandLine).ok());
    EXPECT_TRUE(config_.Set("ms_bind_port_max", "23999", Config::Source::kCommandLine).ok());
    stack_ = *MakeNetworkStack("posix", {});
    EXPECT_TRUE(stack_->Start().ok());
    server_ = Make({kEntityOsd, 0}, Policy::StatelessServer(0), 7);
    EXPECT_TRUE(server_->Bind(EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:0/0"))).ok());
    server_->AddDispatcherHead(&counter_);
    addr_ = server_->addrs().legacy();
    // One that behaves, and must not notice anything.
    client_ = Make({kEntityClient, 5}, Policy::LossyClient(0), 8);
    client_->AddDispatcherHead(&unused_);
    good_ = *client_->ConnectTo(kEntityOsd, server_->addrs());
    GoodOneWorks();
  }
  ~HostilePeerTest() override {
    for (Messenger* m : {client_.get(), server_.get()}) {
      m->Shutdown();
      m->Wait();
    }
    good_.reset();
    client_.reset();
    server_.reset();
    stack_->Stop();
  }

  std::unique_ptr<Messenger> Make(EntityName entity, const Policy& policy, uint32_t nonce) {
    MessengerOptions options;
    options.entity = entity;
    options.name = entity.ToString();
    options.nonce = nonce;
    options.stack = stack_.get();
    options.config = &config_;
    options.registry = &registry_;
    auto m = CreateMessenger("async", options);
    EXPECT_TRUE(m.ok()) << m.status();
    (*m)->SetDefaultPolicy(policy);
    return *std::move(m);
  }
  void GoodOneWorks() {
    good_->Send(std::make_unique<PokeMessage>());
    EXPECT_TRUE(counter_.WaitFor(++expected_));
    EXPECT_TRUE(good_->IsConnected());
  }

  // The handshake of a well-behaved client, up to and with its connect message.
  std::string Greeting() {
    BufferList out;
    Encoder e(&out);
    e.Raw(v1::kBanner);
    EntityAddr::Parse("v1:127.0.0.1:0/99")->EncodeLegacy(e);
    return out.ToString();
  }
  std::string Connect(uint32_t authorizer_len = 0) {
    v1::ConnectMsg connect;
    connect.features = kFeaturesSupported;
    connect.host_type = kEntityClient;
    connect.global_seq = 1;
    connect.protocol_version = 24;
    connect.authorizer_len = authorizer_len;
    std::string out(v1::kConnectSize, '\0');
    connect.EncodeTo(out.data());
    return out;
  }
  std::string Open() { return Greeting() + Connect() + std::string(v1::kSeqSize, '\0'); }
  std::string Header(uint16_t type, uint32_t front_len, uint16_t compat = 1) {
    MessageHeader header;
    header.seq = 1;
    header.type = type;
    header.version = 3;
    header.compat_version = compat;
    header.front_len = front_len;
    std::string out(1 + v1::kHeaderSize, '\0');
    out[0] = static_cast<char>(v1::Tag::kMsg);
    v1::EncodeHeader(header, true, out.data() + 1);
    return out;
  }
  std::string Footer(uint32_t front_crc) {
    MessageFooter footer;
    footer.flags = MessageFooter::kComplete;
    footer.front_crc = front_crc;
    std::string out(v1::kFooterSize, '\0');
    v1::EncodeFooter(footer, true, out.data());
    return out;
  }
  // Says `bytes`, waits until the server has closed, and returns the reason that it gives.
  std::string ReasonFor(std::string_view bytes) {
    Stranger stranger(addr_);
    stranger.Say(bytes);
    stranger.WaitUntilClosed();
    stack_->Drain();
    const MessengerInfo info = server_->Info();
    EXPECT_FALSE(info.recent_faults.empty());
    if (info.recent_faults.empty()) return "";
    const FaultRecord& fault = info.recent_faults.back();
    return fault.state + ": " + fault.reason;
  }

  MessageRegistry registry_;
  Config config_;
  std::unique_ptr<NetworkStack> stack_;
  Counter counter_, unused_;
  std::unique_ptr<Messenger> server_, client_;
  ConnectionPtr good_;
  EntityAddr addr_;
  int expected_ = 0;
};

TEST_F(HostilePeerTest, SaysWhyItClosed) {
  EXPECT_THAT(ReasonFor(std::string(200, 'x')),
              HasSubstr("ACCEPTING_WAIT_BANNER_ADDR: the peer does not speak msgr v1"));
  EXPECT_THAT(ReasonFor(Greeting() + Connect(0x7fffffff)),
              HasSubstr("ACCEPTING_WAIT_CONNECT_MSG: the peer announces an authorizer"));
  EXPECT_THAT(ReasonFor(Open() + "\x63"), HasSubstr("OPEN: tag 99"));
  std::string header = Header(PokeMessage::kType, 8);
  header[20] ^= 1;
  EXPECT_THAT(ReasonFor(Open() + header),
              HasSubstr("OPEN_MESSAGE_HEADER: message header checksum"));
  EXPECT_THAT(ReasonFor(Open() + Header(PokeMessage::kType, 0xffffffff)),
              HasSubstr("ms_max_message_front"));
  EXPECT_THAT(ReasonFor(Open() + Header(PokeMessage::kType, 8) + "12345678" + Footer(1)),
              HasSubstr("OPEN_MESSAGE_READ_FOOTER_AND_DISPATCH: message 1 of type 1001: "
                        "the 8 bytes of its front have crc"));
  EXPECT_THAT(ReasonFor(Open() + Header(4242, 0) + Footer(0)), HasSubstr("type 4242"));
  EXPECT_THAT(ReasonFor(Open() + Header(PokeMessage::kType, 0, /*compat=*/9) + Footer(0)),
              HasSubstr("can be read from version 9 on"));
  EXPECT_THAT(ReasonFor(Open() + Header(PokeMessage::kType, 0) + Footer(0)),
              HasSubstr("does not decode"));
  GoodOneWorks();
}

TEST_F(HostilePeerTest, SurvivesAStreamThatEndsAnywhere) {
  const std::string whole = Open() + Header(PokeMessage::kType, 8) + "12345678" + Footer(1);
  for (size_t end = 0; end < whole.size(); ++end) {
    Stranger stranger(addr_);
    stranger.Say(std::string_view(whole).substr(0, end));
    stranger.EndOfStream();
    stranger.WaitUntilClosed();
  }
  stack_->Drain();
  EXPECT_EQ(server_->Info().accepting, 0u);
  EXPECT_EQ(server_->Info().connections, 1u);
  GoodOneWorks();
}

TEST_F(HostilePeerTest, SurvivesRandomBytesInEveryState) {
  std::mt19937_64 random(7);
  const std::string prefixes[] = {"", Greeting(), Greeting() + Connect(), Open(),
                                  Open() + Header(PokeMessage::kType, 100)};
  for (int round = 0; round < 300; ++round) {
    std::string bytes = prefixes[random() % std::size(prefixes)];
    for (uint64_t n = random() % 600; n > 0; --n) bytes += static_cast<char>(random());
    Stranger stranger(addr_);
    stranger.Say(bytes);
    stranger.EndOfStream();
    stranger.WaitUntilClosed();
  }
  stack_->Drain();
  EXPECT_EQ(server_->Info().connections, 1u);
  GoodOneWorks();
}

// Bodies that are announced and never come hold shares of the dispatch throttle, for which the good
// one has to wait: until they are dropped for making no progress.
TEST_F(HostilePeerTest, TakesNoMemoryForWhatWasOnlyAnnouncedAndDropsWhoMakesNoProgress) {
  ASSERT_TRUE(config_.Set("ms_connection_ready_timeout", "0.1").ok());
  const size_t before = ResidentBytes();
  std::vector<std::unique_ptr<Stranger>> strangers;
  for (int i = 0; i < 20; ++i) {
    strangers.push_back(std::make_unique<Stranger>(addr_));
    // 4 GiB is refused, 60 MiB is let in.
    strangers.back()->Say(Open() + Header(PokeMessage::kType, i % 2 ? 0xfffffff0 : 60 << 20));
  }
  GoodOneWorks();
  EXPECT_LT(ResidentBytes(), before + (32 << 20));
  for (auto& stranger : strangers) stranger->WaitUntilClosed();
}

}  // namespace
}  // namespace siphon
