// Authentication over two machines back to back: modes, methods, signatures, and somebody between
// them who changes what they say.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/policy.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/machine_pair.h"
#include "msg/protocol/v2/recording_host.h"
#include "msg/protocol/v2/test_frames.h"

namespace siphon::v2 {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kCrc = static_cast<uint32_t>(ConMode::kCrc);
constexpr uint32_t kSecure = static_cast<uint32_t>(ConMode::kSecure);

// A pair whose parties have a key.
class KeyedPair {
 public:
  explicit KeyedPair(uint64_t seed = 1) : pair_(&client_session_, &server_session_, seed) {
    pair_.client_host.auth = KeyedAuth{.modes = {kSecure, kCrc}};
    pair_.server_host.auth = KeyedAuth{.modes = {kSecure, kCrc}};
  }
  MachinePair* operator->() { return &pair_; }
  Session& client_session() { return client_session_; }
  // Neither side takes the other for what it is not.
  bool nobody_is_ready() {
    return pair_.client.state() != State::kReady && pair_.server.state() != State::kReady;
  }

 private:
  Session client_session_{Policy::LosslessPeer(0)};
  Session server_session_{Policy::LosslessPeer(0)};
  MachinePair pair_;
};

void Exchange(KeyedPair& pair, size_t size) {
  MessageHeader header;
  header.type = 42;
  SegmentsMessage message(header, BufferList::CopyOf("front"), BufferList(),
                          BufferList::CopyOf(std::string(size, 'd')));
  message.mutable_header().seq = 1;
  pair->client.AppendMessage(message);
  pair->server.AppendMessage(message);
  pair->Run(30'000);
  for (RecordingHost* host : {&pair->client_host, &pair->server_host}) {
    ASSERT_EQ(host->messages.size(), 1u) << pair->client.fault() << pair->server.fault();
    EXPECT_EQ(host->messages[0].front.ToString(), "front");
    EXPECT_EQ(host->messages[0].data.ToString(), std::string(size, 'd'));
  }
}

class ModesTest : public testing::TestWithParam<std::tuple<bool, uint32_t, bool, int>> {};

TEST_P(ModesTest, BothSidesComeToTheSameModeAndExchangeMessages) {
  const auto& [revision1, mode, challenge, seed] = GetParam();
  KeyedPair pair(static_cast<uint64_t>(seed));
  // A real peer of 2.0 announces nothing; which of the two does not, makes no difference.
  if (!revision1) ((seed & 1) != 0 ? pair->client : pair->server).set_banner(Banner{});
  pair->server_host.auth->modes = {mode};
  if (challenge) pair->server_host.auth->challenge = "prove it";
  pair->Connect();
  ASSERT_TRUE(pair->both_ready()) << pair->client.fault() << pair->server.fault();
  EXPECT_EQ(pair->client.is_revision1(), revision1);
  EXPECT_EQ(pair->server.is_revision1(), revision1);
  EXPECT_EQ(pair->client.con_mode(), static_cast<ConMode>(mode));
  EXPECT_EQ(pair->server.con_mode(), static_cast<ConMode>(mode));
  EXPECT_EQ(pair->server.identity()->entity, "client.keyed");
  for (const size_t size : {0, 1, 100'000}) {
    pair->client_host.messages.clear();
    pair->server_host.messages.clear();
    Exchange(pair, size);
  }
}

INSTANTIATE_TEST_SUITE_P(All, ModesTest,
                         testing::Combine(testing::Bool(), testing::Values(kCrc, kSecure),
                                          testing::Bool(), testing::Values(1, 2, 3)));

TEST(AuthTest, TheClientsFirstModeThatIsAllowedIsTaken) {
  KeyedPair pair;
  pair->client_host.auth->modes = {kCrc, kSecure};
  pair->Connect();
  EXPECT_EQ(pair->server.con_mode(), ConMode::kCrc);
}

TEST(AuthTest, ARefusedMethodMayBeTriedAgain) {
  KeyedPair pair;
  pair->client_host.auth->refusals = 2;
  pair->server_host.auth->refusals = 2;
  pair->Connect();
  EXPECT_TRUE(pair->both_ready()) << pair->client.fault();
  EXPECT_EQ(pair->server_host.refusals.size(), 2u);
}

TEST(AuthTest, WithoutAModeInCommonTheClientGivesUp) {
  KeyedPair pair;
  pair->client_host.auth->modes = {kSecure};
  pair->server_host.auth->modes = {kCrc};
  pair->Connect();
  EXPECT_TRUE(absl::IsPermissionDenied(pair->client.fault()));
  EXPECT_TRUE(pair.nobody_is_ready());
}

TEST(AuthTest, AServerWithoutKeysRefusesSecureMode) {
  KeyedPair pair;
  pair->server_host.auth.reset();
  pair->Connect();
  EXPECT_TRUE(pair.nobody_is_ready());
  ASSERT_EQ(pair->server_host.refusals.size(), 1u);
  EXPECT_TRUE(absl::IsPermissionDenied(pair->client.fault()));
}

TEST(AuthTest, SecureModeWithoutAKeyIsAFault) {
  KeyedPair pair;
  pair->client_host.auth->connection_secret.clear();
  pair->server_host.auth->connection_secret.clear();
  pair->Connect();
  EXPECT_TRUE(pair.nobody_is_ready());
  EXPECT_THAT(std::string(pair->server.fault().message()), HasSubstr("no key"));
}

TEST(AuthTest, AnExchangeMayEndTheConnectionWithoutAnAnswer) {
  KeyedPair pair;
  pair->server_host.auth->faults = true;
  pair->Connect();
  EXPECT_THAT(std::string(pair->server.fault().message()), HasSubstr("as the test says"));
  EXPECT_EQ(pair->server_host.refusals.size(), 1u);
}

TEST(AuthTest, DifferentSessionKeysAreFoundOutBySignatures) {
  KeyedPair pair;
  pair->server_host.auth->session_key = "another key";
  pair->client_host.auth->modes = pair->server_host.auth->modes = {kCrc};
  pair->Connect();
  EXPECT_TRUE(pair.nobody_is_ready());
  EXPECT_THAT(std::string(pair->client.fault().message()), HasSubstr("signature"));
  EXPECT_THAT(std::string(pair->server.fault().message()), HasSubstr("signature"));
}

TEST(AuthTest, AnEndlessExchangeIsCutOff) {
  KeyedPair pair;
  pair->client_host.auth->refusals = 1 << 20;
  pair->server_host.auth->refusals = 1 << 20;
  pair->Connect();
  EXPECT_TRUE(absl::IsResourceExhausted(pair->client.fault()) ||
              absl::IsResourceExhausted(pair->server.fault()));
}

// --- Somebody between the two.

// Takes `modes` out of the client's request, with a checksum that is right.
TEST(TamperTest, AModeTakenFromTheRequestIsFoundOut) {
  KeyedPair pair;
  pair->on_the_way = [](bool to_server, std::string* bytes) {
    if (!to_server || bytes->empty() || static_cast<Tag>((*bytes)[0]) != Tag::kAuthRequest) return;
    const std::vector<ReadFrame> frames = ReadStream(*bytes);
    ASSERT_EQ(frames.size(), 1u);
    AuthRequestFrame request = frames[0].As<AuthRequestFrame>();
    request.preferred_modes = {kCrc};
    *bytes = FrameBytes(request);
  };
  pair->Connect();
  EXPECT_TRUE(pair.nobody_is_ready());
  EXPECT_EQ(pair->server.con_mode(), ConMode::kCrc) << "the server was deceived so far";
  EXPECT_THAT(std::string(pair->client.fault().message()), HasSubstr("changed on the way"));
}

TEST(TamperTest, AModeThatWasNotOfferedIsRefused) {
  KeyedPair pair;
  pair->client_host.auth->modes = {kSecure};
  pair->on_the_way = [](bool to_server, std::string* bytes) {
    if (to_server || bytes->empty() || static_cast<Tag>((*bytes)[0]) != Tag::kAuthDone) return;
    AuthDoneFrame done;
    done.con_mode = kCrc;
    *bytes = FrameBytes(done);
  };
  pair->Connect();
  EXPECT_NE(pair->client.state(), State::kReady);
  EXPECT_THAT(std::string(pair->client.fault().message()), HasSubstr("was not offered"));
}

TEST(TamperTest, ABannerMadeOlderIsFoundOut) {
  KeyedPair pair;
  pair->on_the_way = [](bool, std::string* bytes) {
    if (bytes->starts_with("ceph v2\n")) (*bytes)[kBannerHeadSize] = 0;  // both think: 2.0
  };
  pair->Connect();
  EXPECT_TRUE(pair.nobody_is_ready());
  EXPECT_FALSE(pair->client.is_revision1());
  EXPECT_THAT(std::string(pair->client.fault().message()), HasSubstr("changed on the way"));
}

// Whatever bit of the handshake is flipped, in whatever direction: no session begins.
TEST(TamperTest, NoFlippedBitOfTheHandshakeGoesUnnoticed) {
  for (const bool flip_to_server : {true, false}) {
    size_t length = 0;
    {
      KeyedPair whole;
      whole->on_the_way = [&](bool to_server, std::string* bytes) {
        // Up to the session's frames, which come last and are encrypted.
        if (to_server == flip_to_server) length += bytes->size();
      };
      whole->Connect();
      ASSERT_TRUE(whole->both_ready());
    }
    for (size_t offset = 0; offset < length; ++offset) {
      KeyedPair pair;
      size_t seen = 0;
      pair->on_the_way = [&](bool to_server, std::string* bytes) {
        if (to_server != flip_to_server) return;
        if (offset >= seen && offset - seen < bytes->size()) (*bytes)[offset - seen] ^= 0x20;
        seen += bytes->size();
      };
      pair->Connect();
      EXPECT_FALSE(pair->both_ready())
          << (flip_to_server ? "to server, " : "to client, ") << offset;
      EXPECT_TRUE(!pair->client.fault().ok() || !pair->server.fault().ok() ||
                  pair.nobody_is_ready());
    }
  }
}

// The same of what an encrypted session carries: the messages before the flipped bit arrive, the
// one that it hits and those behind do not.
TEST(TamperTest, NoFlippedBitOfAnEncryptedMessageGoesUnnoticed) {
  constexpr size_t kSizes[] = {0, 100, 40};
  for (const bool revision1 : {true, false}) {
    size_t length = 1;
    for (size_t offset = 0; offset < length; ++offset) {
      KeyedPair pair;
      if (!revision1) pair->client.set_banner(Banner{});
      pair->Connect();
      ASSERT_TRUE(pair->both_ready());
      size_t seen = 0;
      pair->on_the_way = [&](bool to_server, std::string* bytes) {
        if (!to_server) return;
        if (offset >= seen && offset - seen < bytes->size()) (*bytes)[offset - seen] ^= 0x10;
        seen += bytes->size();
      };
      for (uint64_t seq = 1; seq <= std::size(kSizes); ++seq) {
        MessageHeader header;
        header.type = 42;
        SegmentsMessage message(header, BufferList::CopyOf("front"), BufferList(),
                                BufferList::CopyOf(std::string(kSizes[seq - 1], 'd')));
        message.mutable_header().seq = seq;
        pair->client.AppendMessage(message);
      }
      pair->Run(4096);
      length = seen;
      const auto& messages = pair->server_host.messages;
      EXPECT_LT(messages.size(), std::size(kSizes)) << offset;
      EXPECT_FALSE(pair->server.fault().ok()) << offset;
      for (size_t i = 0; i < messages.size(); ++i) {
        EXPECT_EQ(messages[i].front.ToString(), "front");
        EXPECT_EQ(messages[i].data.ToString(), std::string(kSizes[i], 'd'));
      }
    }
    EXPECT_GT(length, 300u);
  }
}

}  // namespace
}  // namespace siphon::v2
