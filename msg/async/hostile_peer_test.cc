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

#include "base/buffer_list.h"
#include "base/encoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/connection.h"
#include "msg/connection_info.h"
#include "msg/entity_addr.h"
#include "msg/features.h"
#include "msg/message_header.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "msg/protocol/v1/wire.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/scenario_message.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

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

class HostilePeerTest : public testing::Test, protected ScenarioFixture {
 protected:
  HostilePeerTest() { GoodOneWorks(); }

  void GoodOneWorks() {
    Ping(good_, ++expected_);
    EXPECT_TRUE(server_side_.WaitForPings(expected_));
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
    header.version = ScenarioMessage::kHeadVersion;
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
    stack().Drain();
    const MessengerInfo info = server_->Info();
    EXPECT_FALSE(info.recent_faults.empty());
    if (info.recent_faults.empty()) return "";
    const FaultRecord& fault = info.recent_faults.back();
    return fault.state + ": " + fault.reason;
  }

  SessionDispatcher& server_side_ = NewDispatcher();
  Messenger* const server_ = Server(Policy::StatelessServer(0), &server_side_);
  const EntityAddr addr_ = server_->addrs().legacy();
  // One that behaves, and must not notice anything.
  const ConnectionPtr good_ = Dial(Client(Policy::LossyClient(0), &NewDispatcher()), server_);
  uint64_t expected_ = 0;
};

TEST_F(HostilePeerTest, SaysWhyItClosed) {
  EXPECT_THAT(ReasonFor(std::string(200, 'x')),
              HasSubstr("ACCEPTING_WAIT_BANNER_ADDR: the peer does not speak msgr v1"));
  EXPECT_THAT(ReasonFor(Greeting() + Connect(0x7fffffff)),
              HasSubstr("ACCEPTING_WAIT_CONNECT_MSG: the peer announces an authorizer"));
  EXPECT_THAT(ReasonFor(Open() + "\x63"), HasSubstr("OPEN: tag 99"));
  std::string header = Header(ScenarioMessage::kType, 8);
  header[20] ^= 1;
  EXPECT_THAT(ReasonFor(Open() + header),
              HasSubstr("OPEN_MESSAGE_HEADER: message header checksum"));
  EXPECT_THAT(ReasonFor(Open() + Header(ScenarioMessage::kType, 0xffffffff)),
              HasSubstr("ms_max_message_front"));
  EXPECT_THAT(ReasonFor(Open() + Header(ScenarioMessage::kType, 8) + "12345678" + Footer(1)),
              HasSubstr("OPEN_MESSAGE_READ_FOOTER_AND_DISPATCH: message 1 of type 1100: "
                        "the 8 bytes of its front have crc"));
  EXPECT_THAT(ReasonFor(Open() + Header(4242, 0) + Footer(0)), HasSubstr("type 4242"));
  EXPECT_THAT(ReasonFor(Open() + Header(ScenarioMessage::kType, 0, /*compat=*/9) + Footer(0)),
              HasSubstr("can be read from version 9 on"));
  EXPECT_THAT(ReasonFor(Open() + Header(ScenarioMessage::kType, 0) + Footer(0)),
              HasSubstr("does not decode"));
  GoodOneWorks();
}

TEST_F(HostilePeerTest, SurvivesAStreamThatEndsAnywhere) {
  const std::string whole = Open() + Header(ScenarioMessage::kType, 8) + "12345678" + Footer(1);
  for (size_t end = 0; end < whole.size(); ++end) {
    Stranger stranger(addr_);
    stranger.Say(std::string_view(whole).substr(0, end));
    stranger.EndOfStream();
    stranger.WaitUntilClosed();
  }
  stack().Drain();
  EXPECT_EQ(server_->Info().accepting, 0u);
  EXPECT_EQ(server_->Info().connections, 1u);
  GoodOneWorks();
}

TEST_F(HostilePeerTest, SurvivesRandomBytesInEveryState) {
  std::mt19937_64 random(7);
  const std::string prefixes[] = {"", Greeting(), Greeting() + Connect(), Open(),
                                  Open() + Header(ScenarioMessage::kType, 100)};
  for (int round = 0; round < 300; ++round) {
    std::string bytes = prefixes[random() % std::size(prefixes)];
    for (uint64_t n = random() % 600; n > 0; --n) bytes += static_cast<char>(random());
    Stranger stranger(addr_);
    stranger.Say(bytes);
    stranger.EndOfStream();
    stranger.WaitUntilClosed();
  }
  stack().Drain();
  EXPECT_EQ(server_->Info().connections, 1u);
  GoodOneWorks();
}

// Bodies that are announced and never come hold shares of the dispatch throttle, for which the good
// one has to wait: until they are dropped for making no progress.
TEST_F(HostilePeerTest, TakesNoMemoryForWhatWasOnlyAnnouncedAndDropsWhoMakesNoProgress) {
  Set("ms_connection_ready_timeout", "0.1");
  GoodOneWorks();  // what a first connection sets up is not counted
  const size_t before = ResidentBytes();
  std::vector<std::unique_ptr<Stranger>> strangers;
  for (int i = 0; i < 20; ++i) {
    strangers.push_back(std::make_unique<Stranger>(addr_));
    // 4 GiB is refused, 60 MiB is let in.
    strangers.back()->Say(Open() + Header(ScenarioMessage::kType, i % 2 ? 0xfffffff0 : 60 << 20));
  }
  GoodOneWorks();
  // Less than one such body; freed memory that a sanitizer keeps back counts too.
  EXPECT_LT(ResidentBytes(), before + (48 << 20));
  for (auto& stranger : strangers) stranger->WaitUntilClosed();
}

// Half-done handshakes pile up no further than the limit, and who is honest gets in between.
TEST_F(HostilePeerTest, AFloodOfHalfDoneHandshakesKeepsNobodyOut) {
  Set("ms_max_accepting", "20");
  std::vector<std::unique_ptr<Stranger>> flood;
  for (int i = 0; i < 300; ++i) {
    flood.push_back(std::make_unique<Stranger>(addr_));
    flood.back()->Say(i % 2 == 0 ? Greeting() : "");
    if (i % 50 == 49) {
      SessionDispatcher& side = NewDispatcher();
      const ConnectionPtr honest =
          Dial(Make({kEntityClient, 100 + i}, Policy::LossyClient(0)), server_);
      honest->messenger()->AddDispatcherHead(&side);
      Ping(honest, ++expected_);
      EXPECT_TRUE(server_side_.WaitForPings(expected_)) << "after " << i;
    }
  }
  flood.front()->WaitUntilClosed();
  EXPECT_TRUE(server_side_.WaitFor([&] { return server_->Info().accepting <= 20; }));
  bool told = false;
  for (const FaultRecord& fault : server_->Info().recent_faults) {
    told = told || fault.reason.find("ms_max_accepting") != std::string::npos;
  }
  EXPECT_TRUE(told);
  GoodOneWorks();
}

}  // namespace
}  // namespace siphon
