// Two machines agree on compression, or do not, and messages come through either way.
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/compression_frames.h"
#include "msg/protocol/v2/compression_policy.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_compression.h"
#include "msg/protocol/v2/machine_pair.h"
#include "msg/protocol/v2/message_header2.h"
#include "msg/protocol/v2/recording_host.h"
#include "msg/protocol/v2/test_frames.h"

namespace siphon::v2 {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

CompressionPolicy Force(std::vector<uint32_t> algorithms) {
  return {.compress_to_osds = true, .algorithms = std::move(algorithms)};
}

// An OSD, or a client, dials an OSD.
struct Osds {
  explicit Osds(EntityType dialler = kEntityOsd)
      : pair(&client_session, &server_session, 1, dialler) {}
  void Secure() {
    constexpr auto kSecure = static_cast<uint32_t>(ConMode::kSecure);
    pair.client_host.auth = KeyedAuth{.modes = {kSecure}};
    pair.server_host.auth = KeyedAuth{.modes = {kSecure}};
  }
  // The bytes that a message of `data` takes on the wire, from the dialler if `forth`.
  size_t Send(bool forth, const std::string& data) {
    MessageHeader header;
    header.type = 42;
    header.seq = ++seq;
    SegmentsMessage message(header, BufferList::CopyOf("front"), BufferList(),
                            BufferList::CopyOf(data));
    ConnectionFsm& from = forth ? pair.client : pair.server;
    from.AppendMessage(message);
    const size_t size = from.out().size();
    pair.Run(4096);
    return size;
  }

  Session client_session{Policy::LosslessPeer(0)}, server_session{Policy::LosslessPeer(0)};
  MachinePair pair;
  uint64_t seq = 0;
};

class AgreedCompressionTest : public testing::TestWithParam<std::tuple<uint32_t, bool>> {};

TEST_P(AgreedCompressionTest, MessagesOfBothSidesTakeLessOfTheWire) {
  const auto [algorithm, secure] = GetParam();
  Osds osds;
  if (secure) osds.Secure();
  for (ConnectionFsm* fsm : {&osds.pair.client, &osds.pair.server}) {
    CompressionPolicy policy = Force({algorithm});
    policy.compress_secure = true;
    fsm->set_compression(policy);
  }
  osds.pair.Connect();
  ASSERT_TRUE(osds.pair.both_ready());
  EXPECT_EQ(osds.pair.client.compression(), static_cast<CompressionAlgorithm>(algorithm));
  EXPECT_EQ(osds.pair.server.compression(), static_cast<CompressionAlgorithm>(algorithm));
  EXPECT_THAT(osds.pair.client_host.transitions, Contains("COMPRESSION_CONNECTING"));
  EXPECT_THAT(osds.pair.server_host.transitions, Contains("COMPRESSION_ACCEPTING"));
  const std::string data(100'000, 'd');
  for (const bool forth : {true, false, true}) {
    EXPECT_LT(osds.Send(forth, data), data.size() / 5);
    EXPECT_GT(osds.Send(forth, "small"), 5u);
    const auto& messages = (forth ? osds.pair.server_host : osds.pair.client_host).messages;
    ASSERT_GE(messages.size(), 2u);
    EXPECT_EQ(messages[messages.size() - 2].data, data);
    EXPECT_EQ(messages[messages.size() - 2].header.data_len, data.size());
    EXPECT_EQ(messages.back().data, "small");
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AgreedCompressionTest,
                         testing::Combine(testing::Values(1, 2, 3, 4), testing::Bool()));

// None of these agree: `client` and `server` compress by their policies.
void ExpectPlain(Osds& osds) {
  osds.pair.Connect();
  ASSERT_TRUE(osds.pair.both_ready()) << osds.pair.client.fault() << osds.pair.server.fault();
  EXPECT_EQ(osds.pair.client.compression(), CompressionAlgorithm::kNone);
  EXPECT_EQ(osds.pair.server.compression(), CompressionAlgorithm::kNone);
  const std::string data(10'000, 'd');
  EXPECT_GT(osds.Send(true, data), data.size());
  EXPECT_EQ(osds.pair.server_host.messages.back().data, data);
}

TEST(NoCompressionTest, WithAPeerThatDoesNotOfferItNothingIsAsked) {
  for (const bool client_offers : {true, false}) {
    Osds osds;
    (client_offers ? osds.pair.client : osds.pair.server).set_compression(Force({4}));
    ExpectPlain(osds);
    EXPECT_THAT(osds.pair.client_host.transitions, Not(Contains("COMPRESSION_CONNECTING")));
  }
}

TEST(NoCompressionTest, WithoutAnAlgorithmInCommon) {
  Osds osds;
  osds.pair.client.set_compression(Force({1, 2}));
  osds.pair.server.set_compression(Force({3, 4}));
  ExpectPlain(osds);
  EXPECT_THAT(osds.pair.client_host.transitions, Contains("COMPRESSION_CONNECTING"));
}

TEST(NoCompressionTest, OfEncryptedConnectionsUnlessToldTo) {
  Osds osds;
  osds.Secure();
  osds.pair.client.set_compression(Force({3}));
  osds.pair.server.set_compression(Force({3}));
  ExpectPlain(osds);
}

TEST(NoCompressionTest, BetweenAClientAndAnOsd) {
  Osds osds(kEntityClient);
  osds.pair.client.set_compression(Force({3}));
  osds.pair.server.set_compression(Force({3}));
  ExpectPlain(osds);
}

// A server that is open and compresses by zstd, and the frames that its peer writes.
class HostileCompressionTest : public testing::Test {
 protected:
  HostileCompressionTest() {
    for (ConnectionFsm* fsm : {&osds_.pair.client, &osds_.pair.server}) {
      fsm->set_compression(Force({3}));
    }
    osds_.pair.Connect();
    EXPECT_TRUE(osds_.pair.both_ready());
  }
  absl::Status FaultOf(size_t header, size_t front) {
    FrameAssembler assembler;
    assembler.set_revision1(true);
    assembler.EnableCompression({CompressionAlgorithm::kZstd, 0});
    const BufferList segments[] = {BufferList::CopyOf(std::string(header, '\0')),
                                   BufferList::CopyOf(std::string(front, '\0'))};
    OutputBuffer out;
    EXPECT_TRUE(assembler.Append(Tag::kMessage, segments, &out).ok());
    osds_.pair.server.Consume(out.ToString());
    return osds_.pair.server.fault();
  }
  Osds osds_;
};

TEST_F(HostileCompressionTest, ABombIsAFault) {
  // The server takes 1 MiB.
  EXPECT_TRUE(FaultOf(kMessageHeader2Size, 1 << 20).ok());
  const absl::Status fault = FaultOf(kMessageHeader2Size, (1 << 20) + 1);
  EXPECT_EQ(fault.code(), absl::StatusCode::kResourceExhausted) << fault;
  EXPECT_EQ(osds_.pair.server_host.messages.size(), 1u);
}

TEST_F(HostileCompressionTest, AHeaderOfAnotherSizeIsAFault) {
  const absl::Status fault = FaultOf(kMessageHeader2Size + 1, 1000);
  EXPECT_THAT(std::string(fault.message()), HasSubstr("header"));
  EXPECT_TRUE(osds_.pair.server_host.messages.empty());
}

TEST(CompressionDowngradeTest, AnAnswerThatWasNotAskedForIsAFault) {
  Osds osds;
  osds.pair.client.set_compression(Force({3}));
  osds.pair.server.set_compression(Force({3}));
  osds.pair.Start();
  while (osds.pair.client.state() != State::kCompressionConnecting && osds.pair.Step(1)) {
  }
  osds.pair.client.Consume(FrameBytes(CompressionDoneFrame{.compress = true, .algorithm = 4}));
  EXPECT_THAT(std::string(osds.pair.client.fault().message()), HasSubstr("not offered"));
}

}  // namespace
}  // namespace siphon::v2
