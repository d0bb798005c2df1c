// Peers that do not keep to the protocol: frames that do not belong, counts that are none, segments
// without measure, and bytes at random.
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/expected_tags.h"
#include "msg/protocol/v2/machine_pair.h"
#include "msg/protocol/v2/message_header2.h"
#include "msg/protocol/v2/recording_host.h"
#include "msg/protocol/v2/test_frames.h"

namespace siphon::v2 {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kCrc = static_cast<uint32_t>(ConMode::kCrc);
constexpr uint32_t kLz4 = 4;

// A pair of which one machine has just come to `state`; all that was on its way is gone.
struct Stopped {
  explicit Stopped(State state) {
    if (state == State::kAuthAcceptingMore) {
      pair.client_host.auth = KeyedAuth{.modes = {kCrc}};
      pair.server_host.auth = KeyedAuth{.modes = {kCrc}, .challenge = "prove it"};
    }
    if (state == State::kSessionReconnecting) {
      client_session.client_cookie = 1;
      client_session.server_cookie = 2;
      client_session.connect_seq = 5;
    }
    if (state == State::kCompressionConnecting || state == State::kCompressionAccepting) {
      for (ConnectionFsm* fsm : {&pair.client, &pair.server}) {
        fsm->set_compression({.compress_to_osds = true, .algorithms = {kLz4}});
      }
    }
    pair.Start();
    do {
      if (pair.client.state() == state) machine = &pair.client;
      if (pair.server.state() == state) machine = &pair.server;
    } while (machine == nullptr && pair.Step(1));
    if (machine == nullptr) return;
    host = machine == &pair.client ? &pair.client_host : &pair.server_host;
    machine->out().Clear();
  }
  Session client_session{Policy::LosslessPeer(0)}, server_session{Policy::LosslessPeer(0)};
  MachinePair pair{&client_session, &server_session};
  ConnectionFsm* machine = nullptr;
  RecordingHost* host = nullptr;
};

constexpr State kReachable[] = {
    State::kHelloConnecting,
    State::kAuthConnecting,
    State::kAuthConnectingSign,
    State::kCompressionConnecting,
    State::kSessionConnecting,
    State::kSessionReconnecting,
    State::kHelloAccepting,
    State::kAuthAccepting,
    State::kAuthAcceptingMore,
    State::kAuthAcceptingSign,
    State::kCompressionAccepting,
    State::kSessionAccepting,
    State::kReady,
};

class BadTagsTest : public testing::TestWithParam<State> {};

TEST_P(BadTagsTest, AStateTakesItsOwnFramesAndNoOthers) {
  for (int tag = 0; tag < 256; ++tag) {
    SCOPED_TRACE(tag);
    Stopped at(GetParam());
    ASSERT_NE(at.machine, nullptr);
    // Too long for any: it never comes to more than the preamble.
    const std::string frame = RawFrame(static_cast<Tag>(tag), std::string(1, '\0'));
    at.machine->Consume(std::string_view(frame).substr(0, 32));
    const bool expected = Expects(GetParam(), static_cast<Tag>(tag)) && tag != 17;
    EXPECT_EQ(at.machine->fault().ok(), expected) << at.machine->fault();
    EXPECT_TRUE(at.machine->out().empty()) << "nothing is answered to a preamble";
    if (!expected && tag != 17) {
      EXPECT_THAT(std::string(at.machine->fault().message()),
                  HasSubstr(std::string(StateName(GetParam()))));
    }
  }
}

TEST_P(BadTagsTest, EveryTruncatedPayloadIsAFault) {
  for (int tag = 1; tag <= 22; ++tag) {
    if (!Expects(GetParam(), static_cast<Tag>(tag)) || tag == 16) continue;  // WAIT has none
    SCOPED_TRACE(tag);
    Stopped at(GetParam());
    at.machine->Consume(RawFrame(static_cast<Tag>(tag), ""));
    EXPECT_TRUE(absl::IsInvalidArgument(at.machine->fault())) << at.machine->fault();
  }
}

TEST_P(BadTagsTest, AControlFrameWithoutMeasureIsRefusedByItsPreamble) {
  for (int tag = 1; tag <= 22; ++tag) {
    if (!Expects(GetParam(), static_cast<Tag>(tag)) || tag == 17) continue;
    SCOPED_TRACE(tag);
    Stopped at(GetParam());
    const std::string frame = RawFrame(static_cast<Tag>(tag), std::string(64 << 10, 'x'));
    at.machine->Consume(std::string_view(frame).substr(0, 32));
    EXPECT_FALSE(at.machine->fault().ok());
  }
}

// Random bytes, and random payloads in frames that are right, from each state: the machine faults
// or waits for more.
TEST_P(BadTagsTest, SurvivesRandomBytes) {
  std::mt19937_64 random(static_cast<uint64_t>(GetParam()));
  for (int round = 0; round < 300; ++round) {
    Stopped at(GetParam());
    std::string payload(random() % 200, '\0');
    for (char& c : payload) c = static_cast<char>(random());
    at.machine->Consume(round % 2 == 0 ? payload
                                       : RawFrame(static_cast<Tag>(random() % 23), payload));
  }
}

INSTANTIATE_TEST_SUITE_P(States, BadTagsTest, testing::ValuesIn(kReachable),
                         [](const auto& info) { return std::string(StateName(info.param)); });

TEST(HostilePeerTest, ARetryThatDoesNotGoForwardIsAFault) {
  Stopped at(State::kSessionReconnecting);
  at.machine->Consume(FrameBytes(SessionRetryFrame{.connect_seq = 4}));
  EXPECT_THAT(std::string(at.machine->fault().message()), HasSubstr("below this side's 5"));
}

TEST(HostilePeerTest, CountsThatNothingReachesAreFaults) {
  const std::string frames[] = {
      FrameBytes(SessionRetryFrame{.connect_seq = ~0ull}),
      FrameBytes(SessionRetryGlobalFrame{.global_seq = ~0ull}),
      FrameBytes(SessionReconnectOkFrame{.msg_seq = ~0ull}),
  };
  for (const std::string& frame : frames) {
    Stopped at(State::kSessionReconnecting);
    at.machine->Consume(frame);
    EXPECT_THAT(std::string(at.machine->fault().message()), HasSubstr("no count ever reaches"));
  }
}

TEST(HostilePeerTest, AHandshakeWithoutEndIsCutOff) {
  Stopped at(State::kSessionReconnecting);
  for (uint64_t i = 0; i < 1000 && at.machine->fault().ok(); ++i) {
    at.machine->Consume(FrameBytes(SessionRetryGlobalFrame{.global_seq = i}));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(at.machine->fault()));
  EXPECT_LT(at.machine->out().size(), 1u << 17);
}

TEST(HostilePeerTest, AnIdentWithoutAnAddressIsAFault) {
  Stopped ident(State::kSessionAccepting);
  ident.machine->Consume(FrameBytes(ClientIdentFrame{}));
  EXPECT_THAT(std::string(ident.machine->fault().message()), HasSubstr("has no address"));
  Stopped reconnect(State::kSessionAccepting);
  reconnect.machine->Consume(FrameBytes(SessionReconnectFrame{}));
  EXPECT_THAT(std::string(reconnect.machine->fault().message()), HasSubstr("has no address"));
}

TEST(HostilePeerTest, AMessageOverTheLimitsTakesNoShareAndNoMemory) {
  Stopped at(State::kReady);
  // The pair's server takes fronts of up to 1 MiB.
  FrameAssembler assembler;
  assembler.set_revision1(true);
  BufferList segments[2] = {BufferList::CopyOf(std::string(kMessageHeader2Size, '\0')),
                            BufferList::CopyOf(std::string((1 << 20) + 1, 'x'))};
  OutputBuffer out;
  ASSERT_TRUE(assembler.Append(Tag::kMessage, segments, &out).ok());
  at.pair.Run();
  at.pair.server.Consume(out.ToString().substr(0, 32));
  EXPECT_THAT(std::string(at.pair.server.fault().message()), HasSubstr("ms_max_message_front"));
  EXPECT_EQ(at.pair.server_host.shares_taken, 0);
  EXPECT_TRUE(at.pair.server.DirectTarget().empty());
}

TEST(HostilePeerTest, AMessageHeaderOfAnotherSizeIsAFault) {
  Stopped at(State::kReady);
  at.machine->Consume(RawFrame(Tag::kMessage, "short"));
  EXPECT_THAT(std::string(at.machine->fault().message()), HasSubstr("header is of 5 bytes"));
}

TEST(HostilePeerTest, KeepalivesWhoseAnswersAreNotReadEnd) {
  Stopped at(State::kReady);
  const std::string frame = FrameBytes(Keepalive2Frame{.stamp = absl::UnixEpoch()});
  for (int i = 0; i < 20'000 && at.machine->fault().ok(); ++i) at.machine->Consume(frame);
  EXPECT_TRUE(absl::IsResourceExhausted(at.machine->fault()));
  EXPECT_LT(at.machine->out().size(), 1u << 20);
}

TEST(HostilePeerTest, KeepalivesWhoseAnswersAreReadGoOn) {
  Stopped at(State::kReady);
  const std::string frame = FrameBytes(Keepalive2Frame{.stamp = absl::UnixEpoch()});
  for (int i = 0; i < 20'000; ++i) {
    at.machine->Consume(frame);
    at.machine->out().Clear();
  }
  EXPECT_TRUE(at.machine->fault().ok());
}

class BannerBitsTest : public testing::TestWithParam<bool> {};

TEST_P(BannerBitsTest, AFlippedBitOfTheNameOrLengthIsAFault) {
  const std::string banner = Banner{.supported = 1, .required = 0}.Encode();
  for (size_t bit = 0; bit < 8 * 8; ++bit) {
    Stopped at(GetParam() ? State::kBannerConnecting : State::kBannerAccepting);
    std::string bytes = banner;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    at.machine->Consume(bytes);
    EXPECT_THAT(std::string(at.machine->fault().message()), HasSubstr("does not speak msgr v2"));
  }
}

TEST_P(BannerBitsTest, RequiredFeaturesThatAreNotKnownAreAFault) {
  for (int bit = 1; bit < 64; ++bit) {
    Stopped at(GetParam() ? State::kBannerConnecting : State::kBannerAccepting);
    at.machine->Consume(Banner{.supported = 1, .required = 1ull << bit}.Encode());
    EXPECT_THAT(std::string(at.machine->fault().message()), HasSubstr("the peer requires"));
  }
}

TEST_P(BannerBitsTest, SupportedFeaturesThatAreNotKnownAreIgnored) {
  Stopped at(GetParam() ? State::kBannerConnecting : State::kBannerAccepting);
  at.machine->Consume(Banner{.supported = ~0ull, .required = 1}.Encode());
  EXPECT_TRUE(at.machine->fault().ok()) << at.machine->fault();
  EXPECT_TRUE(at.machine->is_revision1());
}

TEST_P(BannerBitsTest, APeerOfV1IsToldSo) {
  Stopped at(GetParam() ? State::kBannerConnecting : State::kBannerAccepting);
  at.machine->Consume(std::string("ceph v027\0\0\0", 12));
  EXPECT_THAT(std::string(at.machine->fault().message()), HasSubstr("speaks msgr v1"));
}

INSTANTIATE_TEST_SUITE_P(BothSides, BannerBitsTest, testing::Bool());

}  // namespace
}  // namespace siphon::v2
