#include "msg/auth/cephx/envelope.h"

#include <gtest/gtest.h>

#include <string>

#include "msg/auth/cephx/seeded_random.h"

namespace siphon::cephx {
namespace {

TEST(EnvelopeTest, OpensWithTheKeyThatSealedItAndNoOther) {
  SeededRandom random(1);
  const CryptoKey key = CryptoKey::Generate(absl::UnixEpoch(), random);
  const std::string sealed = Seal(key, "secret");
  EXPECT_EQ(*Open(key, sealed), "secret");
  for (int i = 0; i < 1000; ++i) {
    // One in 256 wrong keys leaves a padding that looks right: the magic tells.
    const auto opened = Open(CryptoKey::Generate(absl::UnixEpoch(), random), sealed);
    EXPECT_TRUE(absl::IsPermissionDenied(opened.status()));
  }
  EXPECT_FALSE(Open(key, key.Encrypt("secret")).ok()) << "without the magic";
  EXPECT_FALSE(Open(CryptoKey(), "").ok());
}

TEST(EnvelopeTest, ADecoderFailsForWhatDoesNotOpen) {
  SeededRandom random(1);
  const CryptoKey key = CryptoKey::Generate(absl::UnixEpoch(), random);
  const std::string bytes = Encoded([&](Encoder& e) { EncodeSealed(e, key, "secret"); });
  Decoder good(bytes);
  EXPECT_EQ(DecodeSealed(good, key), "secret");
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(good.remaining(), 0u);
  Decoder cut(std::string_view(bytes).substr(0, bytes.size() - 1));
  EXPECT_EQ(DecodeSealed(cut, key), "");
  EXPECT_FALSE(cut.ok());
  Decoder other(bytes);
  EXPECT_EQ(DecodeSealed(other, CryptoKey::Generate(absl::UnixEpoch(), random)), "");
  EXPECT_FALSE(other.ok());
}

}  // namespace
}  // namespace siphon::cephx
