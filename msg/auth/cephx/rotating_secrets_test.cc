#include "msg/auth/cephx/rotating_secrets.h"

#include <gtest/gtest.h>

#include <string>

#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/seeded_random.h"

namespace siphon::cephx {
namespace {

constexpr absl::Duration kTtl = absl::Hours(1);
const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

class RotatingSecretsTest : public ::testing::Test {
 protected:
  bool RotateAfter(absl::Duration passed) { return s_.Rotate(kStart + passed, kTtl, random_); }

  SeededRandom random_{1};
  RotatingSecrets s_;
};

TEST_F(RotatingSecretsTest, BeginsWithThreeOfWhichTheMiddleIsCurrent) {
  EXPECT_EQ(s_.Current(), nullptr);
  EXPECT_TRUE(RotateAfter(absl::ZeroDuration()));
  ASSERT_EQ(s_.secrets.size(), 3u);
  EXPECT_EQ(s_.Current()->first, 2u);
  EXPECT_EQ(s_.secrets[1].expires, kStart + kTtl);
  EXPECT_EQ(s_.secrets[2].expires, kStart + 2 * kTtl);
  EXPECT_EQ(s_.secrets[3].expires, kStart + 3 * kTtl);
}

TEST_F(RotatingSecretsTest, TheNextBecomesCurrentWhenTheCurrentIsOver) {
  RotateAfter(absl::ZeroDuration());
  EXPECT_FALSE(RotateAfter(2 * kTtl - absl::Seconds(1)));
  const CryptoKey next = s_.secrets[3].key;
  EXPECT_TRUE(RotateAfter(2 * kTtl));
  EXPECT_EQ(s_.Current()->first, 3u);
  EXPECT_EQ(s_.Current()->second.key, next);
  EXPECT_EQ(s_.Find(1), nullptr);
  EXPECT_EQ(s_.secrets.size(), 3u);
  EXPECT_EQ(s_.secrets[4].expires, kStart + 4 * kTtl);
}

TEST_F(RotatingSecretsTest, AfterALongSleepAllAreNewAndIdsGoOn) {
  RotateAfter(absl::ZeroDuration());
  EXPECT_TRUE(RotateAfter(absl::Hours(1000)));
  EXPECT_GT(s_.Current()->second.expires, kStart + absl::Hours(1000));
  EXPECT_GE(s_.secrets.begin()->first, 3u);
  EXPECT_FALSE(RotateAfter(absl::Hours(1000)));
}

TEST_F(RotatingSecretsTest, ComesBackFromItsBytesAndFailsForCutOnes) {
  RotateAfter(absl::ZeroDuration());
  const std::string bytes = Encoded([this](Encoder& e) { s_.Encode(e); });
  Decoder d(bytes);
  const RotatingSecrets back = RotatingSecrets::Decode(d);
  ASSERT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(back.newest, 3u);
  ASSERT_EQ(back.secrets.size(), 3u);
  EXPECT_EQ(back.secrets.at(2).key, s_.secrets[2].key);
  EXPECT_EQ(back.secrets.at(2).expires, s_.secrets[2].expires);
  for (size_t n = 0; n < bytes.size(); ++n) {
    Decoder cut(std::string_view(bytes).substr(0, n));
    EXPECT_TRUE(RotatingSecrets::Decode(cut).secrets.empty());
    EXPECT_FALSE(cut.ok());
  }
}

}  // namespace
}  // namespace siphon::cephx
