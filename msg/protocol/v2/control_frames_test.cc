#include "msg/protocol/v2/control_frames.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon::v2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EntityAddr Addr(const char* text) { return *EntityAddr::Parse(text); }

// A frame, and what it says.
template <typename Frame>
std::string Bytes(const Frame& frame) {
  return EncodePayload(frame).ToString();
}

// Encodes, decodes, and encodes again: the same bytes. Every shorter payload is refused.
template <typename Frame>
Frame RoundTrip(const Frame& frame) {
  const std::string bytes = Bytes(frame);
  const absl::StatusOr<Frame> decoded = DecodePayload<Frame>(bytes);
  EXPECT_TRUE(decoded.ok()) << decoded.status();
  if (!decoded.ok()) return Frame{};
  EXPECT_EQ(Bytes(*decoded), bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodePayload<Frame>(std::string_view(bytes).substr(0, size)).ok())
        << TagName(Frame::kTag) << " cut to " << size;
  }
  EXPECT_TRUE(DecodePayload<Frame>(bytes + "newer fields").ok()) << TagName(Frame::kTag);
  return *decoded;
}

TEST(ControlFramesTest, HelloIsWrittenAsCephWritesIt) {
  const HelloFrame frame{.entity_type = kEntityClient,
                         .peer_addr = Addr("v2:127.0.0.1:18008/10646")};
  EXPECT_EQ(Bytes(frame),
            std::string("\x08\x01\x01\x01\x1c\0\0\0\x02\0\0\0\x96\x29\0\0\x10\0\0\0\x02\0\x46\x58"
                        "\x7f\0\0\x01\0\0\0\0\0\0\0\0",
                        36));
  EXPECT_EQ(RoundTrip(frame).peer_addr, frame.peer_addr);
}

TEST(ControlFramesTest, AuthRequestIsWrittenAsCephWritesIt) {
  const AuthRequestFrame frame{.method = 1, .preferred_modes = {1}, .payload = "\x0a"};
  EXPECT_EQ(Bytes(frame), std::string("\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\x0a", 17));
}

TEST(ControlFramesTest, AuthenticationSurvivesTheWire) {
  const AuthRequestFrame request =
      RoundTrip(AuthRequestFrame{.method = 2, .preferred_modes = {2, 1}, .payload = "who"});
  EXPECT_EQ(request.method, 2u);
  EXPECT_THAT(request.preferred_modes, ElementsAre(2, 1));
  EXPECT_EQ(request.payload, "who");
  const AuthBadMethodFrame bad = RoundTrip(AuthBadMethodFrame{
      .method = 2, .result = -95, .allowed_methods = {1, 2}, .allowed_modes = {1}});
  EXPECT_EQ(bad.result, -95);
  EXPECT_THAT(bad.allowed_methods, ElementsAre(1, 2));
  EXPECT_THAT(bad.allowed_modes, ElementsAre(1));
  EXPECT_EQ(RoundTrip(AuthReplyMoreFrame{.payload = "challenge"}).payload, "challenge");
  EXPECT_EQ(RoundTrip(AuthRequestMoreFrame{.payload = "answer"}).payload, "answer");
  const AuthDoneFrame done =
      RoundTrip(AuthDoneFrame{.global_id = 4131, .con_mode = 2, .payload = "ticket"});
  EXPECT_EQ(done.global_id, 4131u);
  EXPECT_EQ(done.con_mode, 2u);
  EXPECT_EQ(done.payload, "ticket");
  AuthSignatureFrame signature;
  signature.signature[0] = 1;
  signature.signature[31] = 2;
  EXPECT_EQ(RoundTrip(signature).signature, signature.signature);
  EXPECT_EQ(Bytes(signature).size(), 32u);
}

TEST(ControlFramesTest, IdentsSurviveTheWire) {
  const ClientIdentFrame client = RoundTrip(ClientIdentFrame{
      .addrs = EntityAddrVec({Addr("v2:10.0.0.1:3300/5"), Addr("v1:10.0.0.1:6789/5")}),
      .target = Addr("v2:[::1]:3300/7"),
      .gid = -1,
      .global_seq = 10,
      .features_supported = 0x3f01cfbdfffdffff,
      .features_required = 0x0800000000001000,
      .flags = kIdentFlagLossy,
      .cookie = 0x1111});
  EXPECT_EQ(client.addrs.size(), 2u);
  EXPECT_EQ(client.target, Addr("v2:[::1]:3300/7"));
  EXPECT_EQ(client.gid, -1);
  EXPECT_EQ(client.cookie, 0x1111u);
  const ServerIdentFrame server =
      RoundTrip(ServerIdentFrame{.addrs = EntityAddrVec(Addr("v2:10.0.0.2:3300/7")),
                                 .gid = 3,
                                 .global_seq = 11,
                                 .features_supported = 1,
                                 .features_required = 2,
                                 .flags = 0,
                                 .cookie = 0x2222});
  EXPECT_EQ(server.gid, 3);
  EXPECT_EQ(server.features_required, 2u);
  EXPECT_EQ(server.cookie, 0x2222u);
  EXPECT_EQ(RoundTrip(IdentMissingFeaturesFrame{.features = 0x80}).features, 0x80u);
}

TEST(ControlFramesTest, SessionsSurviveTheWire) {
  const SessionReconnectFrame reconnect =
      RoundTrip(SessionReconnectFrame{.addrs = EntityAddrVec(Addr("v2:10.0.0.2:3300/7")),
                                      .client_cookie = 1,
                                      .server_cookie = 2,
                                      .global_seq = 3,
                                      .connect_seq = 4,
                                      .msg_seq = 5});
  EXPECT_EQ(reconnect.client_cookie, 1u);
  EXPECT_EQ(reconnect.server_cookie, 2u);
  EXPECT_EQ(reconnect.global_seq, 3u);
  EXPECT_EQ(reconnect.connect_seq, 4u);
  EXPECT_EQ(reconnect.msg_seq, 5u);
  EXPECT_TRUE(RoundTrip(SessionResetFrame{.full = true}).full);
  EXPECT_FALSE(RoundTrip(SessionResetFrame{.full = false}).full);
  EXPECT_EQ(RoundTrip(SessionRetryFrame{.connect_seq = 7}).connect_seq, 7u);
  EXPECT_EQ(RoundTrip(SessionRetryGlobalFrame{.global_seq = 8}).global_seq, 8u);
  EXPECT_EQ(RoundTrip(SessionReconnectOkFrame{.msg_seq = 9}).msg_seq, 9u);
  EXPECT_TRUE(Bytes(WaitFrame{}).empty());
}

TEST(ControlFramesTest, TheStreamsFramesSurviveTheWire) {
  const absl::Time stamp = absl::FromUnixNanos(1'700'000'000'123'456'789);
  EXPECT_EQ(RoundTrip(Keepalive2Frame{.stamp = stamp}).stamp, stamp);
  EXPECT_EQ(RoundTrip(Keepalive2AckFrame{.stamp = stamp}).stamp, stamp);
  EXPECT_EQ(RoundTrip(AckFrame{.seq = 12}).seq, 12u);
}

TEST(ControlFramesTest, ACountWithoutItsItemsAllocatesNothing) {
  // AUTH_REQUEST that announces 2^32 - 1 modes.
  const std::string bytes("\1\0\0\0\xff\xff\xff\xff\1\0\0\0", 12);
  const absl::Status status = DecodePayload<AuthRequestFrame>(bytes).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("AUTH_REQUEST"));
}

}  // namespace
}  // namespace siphon::v2
