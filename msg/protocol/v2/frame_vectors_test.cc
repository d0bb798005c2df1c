// Every frame that real Ceph 16.2 sent in the captures is read, and written again byte for byte:
// both revisions, both modes, both sides. The secrets of the secure ones come out of their own
// handshakes, by the throw-away keys beside them.
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/cephx/authorizer.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/client_login.h"
#include "msg/auth/cephx/keyring.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/control_frames.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_disassembler.h"

namespace siphon::v2 {
namespace {

using Event = FrameDisassembler::Event;

constexpr char kFolder[] = "testing/vectors/streams/";
constexpr uint32_t kSecureMode = 2;
const AuthName kAdmin{kEntityClient, "admin"};

std::string Load(const std::string& name) {
  std::ifstream in(kFolder + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// One direction of a capture.
struct Side {
  std::string bytes;
  bool connecting;     // its writer dialled
  Tag last_plain;      // what follows it is encrypted, in secure mode
  std::string secret;  // of the connection; empty in crc mode

  size_t FirstFrame() const { return kBannerHeadSize + kBannerPayloadSize; }
};

struct Frame {
  Tag tag{};
  std::vector<BufferList> segments;
  size_t end = 0;  // offset behind it
};

// Reads frames, up to the end or an error. The reader is the other side than the writer.
absl::Status ReadFrames(const Side& side, bool revision1, std::string_view stream,
                        std::vector<Frame>* frames) {
  FrameDisassembler disassembler;
  disassembler.set_revision1(revision1);
  std::string_view rest = stream.substr(side.FirstFrame());
  while (true) {
    const absl::StatusOr<Event> event = disassembler.Consume(&rest);
    if (!event.ok()) return event.status();
    if (*event == Event::kNeedMore) return absl::OkStatus();
    if (*event == Event::kAborted) return absl::InternalError("a frame was aborted");
    if (*event == Event::kPreamble) {
      // Damage must not make the test itself take gigabytes.
      for (const Preamble::Segment& segment : disassembler.preamble().segments) {
        if (segment.length > 1 << 20) return absl::ResourceExhaustedError("a huge segment");
      }
      continue;
    }
    Frame frame;
    frame.tag = disassembler.preamble().tag;
    frame.end = stream.size() - rest.size();
    for (size_t i = 0; i < disassembler.preamble().segment_count; ++i) {
      frame.segments.push_back(disassembler.TakeSegment(i));
    }
    frames->push_back(std::move(frame));
    if (!side.secret.empty() && frames->back().tag == side.last_plain) {
      const absl::Status status = disassembler.EnableSecure(side.secret, !side.connecting);
      if (!status.ok()) return status;
    }
  }
}

template <typename Payload>
Payload Find(const std::vector<Frame>& frames) {
  for (const Frame& frame : frames) {
    if (frame.tag != Payload::kTag) continue;
    const absl::StatusOr<Payload> payload = DecodePayload<Payload>(frame.segments[0].ToString());
    EXPECT_TRUE(payload.ok()) << payload.status();
    if (payload.ok()) return *payload;
  }
  ADD_FAILURE() << "no frame " << TagName(Payload::kTag);
  return {};
}

struct Capture {
  bool revision1;
  Side client;
  Side server;
};

Capture LoadCapture(const std::string& name);

// The client of the capture, after its login to a monitor.
std::unique_ptr<cephx::CephxClient> LoggedIn(const Capture& mon, AuthSecrets* secrets) {
  const absl::StatusOr<cephx::Keyring> keyring =
      cephx::Keyring::Load(absl::StrCat(kFolder, "cephx_client_admin.keyring"));
  EXPECT_TRUE(keyring.ok()) << keyring.status();
  auto client = std::make_unique<cephx::CephxClient>(
      cephx::CephxClient::Options{.name = kAdmin, .secret = keyring->Find(kAdmin)->key});
  std::vector<Frame> plain;  // the error after AUTH_DONE is that no secret is known yet
  ReadFrames(mon.server, mon.revision1, mon.server.bytes, &plain).IgnoreError();
  cephx::ClientLogin login(client.get(), ProtocolVersion::kV2);
  login.Begin({});
  EXPECT_TRUE(login.OnChallenge(Find<AuthReplyMoreFrame>(plain).payload).ok());
  const auto done = Find<AuthDoneFrame>(plain);
  absl::StatusOr<AuthSecrets> got = login.OnSession(done.global_id, done.payload);
  EXPECT_TRUE(got.ok()) << got.status();
  if (got.ok()) *secrets = *got;
  return client;
}

std::string SecretOf(const std::string& name, const Capture& capture,
                     const std::vector<Frame>& server) {
  AuthSecrets secrets;
  if (!absl::StrContains(name, "osd")) {
    LoggedIn(capture, &secrets);
    return secrets.connection_secret;
  }
  const auto client = LoggedIn(LoadCapture("v2_secure_cephx_client_mon_put"), &secrets);
  const auto ticket = client->TicketFor(kEntityOsd);
  EXPECT_TRUE(ticket.ok()) << ticket.status();
  const auto reply =
      cephx::AuthorizeReply::Open(Find<AuthDoneFrame>(server).payload, ticket->session_key);
  EXPECT_TRUE(reply.ok()) << reply.status();
  return reply.ok() ? reply->connection_secret : "";
}

Capture LoadCapture(const std::string& name) {
  Capture capture{.revision1 = !absl::StrContains(name, "rev0"),
                  .client = {Load(name + ".client.bin"), true, Tag::kAuthRequestMore, ""},
                  .server = {Load(name + ".server.bin"), false, Tag::kAuthDone, ""}};
  std::vector<Frame> plain;
  ReadFrames(capture.server, capture.revision1, capture.server.bytes, &plain).IgnoreError();
  if (Find<AuthDoneFrame>(plain).con_mode == kSecureMode) {
    const std::string secret = SecretOf(name, capture, plain);
    capture.client.secret = capture.server.secret = secret;
    EXPECT_EQ(secret.size(), 64u);
  }
  return capture;
}

class FrameVectorsTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { capture_ = LoadCapture(GetParam()); }
  Capture capture_;
};

using SecureFrameVectorsTest = FrameVectorsTest;

TEST_P(FrameVectorsTest, WhatARealPeerSentIsReadAndWrittenAgainByteForByte) {
  for (const Side& side : {capture_.client, capture_.server}) {
    std::vector<Frame> frames;
    ASSERT_TRUE(ReadFrames(side, capture_.revision1, side.bytes, &frames).ok());
    ASSERT_GE(frames.size(), 4u);
    EXPECT_EQ(frames.back().end, side.bytes.size());
    FrameAssembler assembler;
    assembler.set_revision1(capture_.revision1);
    OutputBuffer out;
    for (const Frame& frame : frames) {
      ASSERT_TRUE(assembler.Append(frame.tag, frame.segments, &out).ok());
      if (!side.secret.empty() && frame.tag == side.last_plain) {
        ASSERT_TRUE(assembler.EnableSecure(side.secret, side.connecting).ok());
      }
      const std::string written = out.ToString();
      ASSERT_EQ(side.FirstFrame() + written.size(), frame.end) << TagName(frame.tag);
      ASSERT_TRUE(side.bytes.substr(side.FirstFrame(), written.size()) == written)
          << TagName(frame.tag) << " differs, before offset " << frame.end;
    }
  }
}

// Nothing of the damaged frame, and nothing behind it, comes through.
TEST_P(SecureFrameVectorsTest, AFlippedBitAtAnyByteEndsTheSession) {
  for (const Side& side : {capture_.client, capture_.server}) {
    std::vector<Frame> whole;
    ASSERT_TRUE(ReadFrames(side, capture_.revision1, side.bytes, &whole).ok());
    size_t plain = 0;
    while (whole[plain].tag != side.last_plain) ++plain;
    size_t damaged_frame = plain + 1;
    for (size_t at = whole[plain].end; at < side.bytes.size(); ++at) {
      if (at == whole[damaged_frame].end) ++damaged_frame;
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = side.bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        std::vector<Frame> read;
        ASSERT_FALSE(ReadFrames(side, capture_.revision1, damaged, &read).ok()) << "byte " << at;
        ASSERT_EQ(read.size(), damaged_frame) << "byte " << at;
      }
    }
  }
}

TEST_P(SecureFrameVectorsTest, FramesThatAreRepeatedLeftOutOrSwappedAreRefused) {
  const Side& side = capture_.server;
  std::vector<Frame> whole;
  ASSERT_TRUE(ReadFrames(side, capture_.revision1, side.bytes, &whole).ok());
  size_t plain = 0;
  while (whole[plain].tag != side.last_plain) ++plain;
  ASSERT_GE(whole.size(), plain + 3);
  const size_t start = whole[plain].end;
  const auto piece = [&](size_t i) {
    const size_t begin = whole[plain + i].end;
    return side.bytes.substr(begin, whole[plain + i + 1].end - begin);
  };
  const std::string before = side.bytes.substr(0, start);
  for (const std::string& stream :
       {before + piece(0) + piece(0), before + piece(1), before + piece(1) + piece(0)}) {
    std::vector<Frame> read;
    EXPECT_FALSE(ReadFrames(side, capture_.revision1, stream, &read).ok());
    EXPECT_LE(read.size(), plain + 2);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Captures, FrameVectorsTest,
    testing::Values("v2_crc_none_client_mon_put", "v2_crc_none_client_osd_put",
                    "v2_crc_none_client_osd_get", "v2_crc_none_osd_mon_boot",
                    "v2_crc_none_osd_osd_heartbeat", "v2_crc_cephx_client_mon_put",
                    "v2_crc_cephx_client_osd_put", "v2rev0_crc_none_client_mon",
                    "v2_secure_cephx_client_mon_put", "v2_secure_cephx_client_osd_put",
                    "v2rev0_secure_cephx_client_mon"));

INSTANTIATE_TEST_SUITE_P(Captures, SecureFrameVectorsTest,
                         testing::Values("v2_secure_cephx_client_mon_put",
                                         "v2_secure_cephx_client_osd_put",
                                         "v2rev0_secure_cephx_client_mon"));

}  // namespace
}  // namespace siphon::v2
