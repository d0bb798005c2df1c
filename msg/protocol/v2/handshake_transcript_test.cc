#include "msg/protocol/v2/handshake_transcript.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace siphon::v2 {
namespace {

std::string Hex(const HandshakeTranscript::Signature& signature) {
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(signature.data()), signature.size()});
}

TEST(HandshakeTranscriptTest, SignsWithHmacSha256) {
  HandshakeTranscript transcript;
  // RFC 4231, test case 2.
  ASSERT_TRUE(transcript.AddReceived("what do ya want ").ok());
  ASSERT_TRUE(transcript.AddReceived("for nothing?").ok());
  EXPECT_EQ(Hex(transcript.Sign("Jefe")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HandshakeTranscriptTest, TwoSidesThatSawTheSameBytesAgree) {
  HandshakeTranscript one, other;
  ASSERT_TRUE(one.AddSent("hello").ok());
  ASSERT_TRUE(other.AddReceived("hello").ok());
  EXPECT_TRUE(one.Verify("key", other.Sign("key")));
  EXPECT_FALSE(one.Verify("another key", other.Sign("key")));
}

TEST(HandshakeTranscriptTest, AByteChangedOnTheWayIsFoundOut) {
  HandshakeTranscript one, other;
  ASSERT_TRUE(one.AddSent("secure crc").ok());
  ASSERT_TRUE(other.AddReceived("secure crd").ok());
  EXPECT_FALSE(one.Verify("key", other.Sign("key")));
}

TEST(HandshakeTranscriptTest, WithoutAKeyTheSignatureIsZeroAndMustBe) {
  HandshakeTranscript one, other;
  ASSERT_TRUE(one.AddSent("hello").ok());
  HandshakeTranscript::Signature signature = other.Sign("");
  EXPECT_EQ(signature, HandshakeTranscript::Signature{});
  EXPECT_TRUE(one.Verify("", signature));
  signature[31] = 1;
  EXPECT_FALSE(one.Verify("", signature));
}

TEST(HandshakeTranscriptTest, KeepsABoundedNumberOfBytes) {
  HandshakeTranscript transcript;
  EXPECT_TRUE(transcript.AddReceived(std::string(HandshakeTranscript::kMaxBytes, 'x')).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(transcript.AddReceived("x")));
  EXPECT_TRUE(absl::IsResourceExhausted(
      transcript.AddSent(std::string(HandshakeTranscript::kMaxBytes + 1, 'x'))));
}

TEST(HandshakeTranscriptTest, KeepsNothingOnceTheHandshakeIsOver) {
  HandshakeTranscript transcript;
  transcript.Clear();
  EXPECT_TRUE(transcript.AddReceived(std::string(HandshakeTranscript::kMaxBytes + 1, 'x')).ok());
}

}  // namespace
}  // namespace siphon::v2
