#include "msg/auth/cephx/crypto_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "base/buffer_list.h"
#include "msg/auth/cephx/seeded_random.h"

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Of a throw-away cluster.
constexpr char kText[] = "AQCGkgJr8gDSGBAAnp4otIYKg0J+40PDVO+YIw==";

TEST(CryptoKeyTest, ReadsAndWritesTheTextOfKeyrings) {
  const auto key = CryptoKey::FromBase64(kText);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->type(), CryptoKey::Type::kAes);
  EXPECT_EQ(absl::BytesToHexString(key->secret()), "9e9e28b4860a83427ee343c354ef9823");
  EXPECT_EQ(key->ToBase64(), kText);
}

TEST(CryptoKeyTest, RefusesOtherTextsWithoutRepeatingThem) {
  const std::string other_type = "BQ" + std::string(kText).substr(2);
  const std::string too_short = "AQCGkgJr8gDSGAgAnp4otIYKg0I=";
  const std::string none = "AAAAAAAAAAAAAAAA";
  for (const std::string& text :
       {std::string(), std::string("not base64!"), other_type, too_short, none,
        std::string(kText).substr(0, 36), std::string("AAAA") + kText}) {
    const auto key = CryptoKey::FromBase64(text);
    ASSERT_FALSE(key.ok()) << text;
    if (!text.empty()) EXPECT_THAT(std::string(key.status().message()), Not(HasSubstr(text)));
  }
}

// openssl enc -aes-128-cbc -K 9e9e… -iv (the field's), over "abc".
TEST(CryptoKeyTest, EncryptsAsTheFieldDoes) {
  const CryptoKey key = *CryptoKey::FromBase64(kText);
  const std::string cipher = key.Encrypt("abc");
  EXPECT_EQ(absl::BytesToHexString(cipher), "7303bcb541c35d548bb37bbcaaefcbfa");
  EXPECT_EQ(*key.Decrypt(cipher), "abc");
  EXPECT_EQ(key.Encrypt(std::string(16, 'x')).size(), 32u) << "a whole block of padding";
}

TEST(CryptoKeyTest, DoesNotDecryptWhatItDidNotEncrypt) {
  const CryptoKey key = *CryptoKey::FromBase64(kText);
  const std::string cipher = key.Encrypt("abc");
  EXPECT_FALSE(key.Decrypt("").ok());
  EXPECT_FALSE(key.Decrypt(cipher.substr(1)).ok());
  EXPECT_FALSE(key.Decrypt(cipher + "x").ok());
  EXPECT_FALSE(key.Decrypt(std::string(2 << 20, 'x')).ok()) << "longer than anything honest";
}

TEST(CryptoKeyTest, AnEmptyKeyEncryptsToNothingAndOpensNothing) {
  const CryptoKey none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.Encrypt("abc"), "");
  EXPECT_FALSE(none.Decrypt(std::string(16, 'x')).ok());
}

TEST(CryptoKeyTest, AKeyThatIsMovedAwayIsGone) {
  CryptoKey key = *CryptoKey::FromBase64(kText);
  const CryptoKey copy = key;
  const CryptoKey moved = std::move(key);
  EXPECT_TRUE(key.empty());  // NOLINT: that is the point
  EXPECT_EQ(key.secret(), "");
  EXPECT_TRUE(moved == copy);
}

TEST(CryptoKeyTest, GeneratedKeysDiffer) {
  SeededRandom random(1);
  const CryptoKey a = CryptoKey::Generate(absl::FromUnixSeconds(5), random);
  const CryptoKey b = CryptoKey::Generate(absl::FromUnixSeconds(5), random);
  EXPECT_FALSE(a == b);
  EXPECT_EQ(a.created(), absl::FromUnixSeconds(5));
  EXPECT_EQ(a.secret().size(), CryptoKey::kAesBytes);
}

TEST(CryptoKeyTest, FailsForTypesAndLengthsThatAreNotKnown) {
  const std::string whole(
      absl::HexStringToBytes("0100"
                             "8692026b"
                             "f200d218"
                             "1000"));
  for (const std::string& bytes : {whole, whole + std::string(15, 'k'), std::string(12, '\2')}) {
    Decoder d(bytes);
    EXPECT_TRUE(CryptoKey::Decode(d).empty());
    EXPECT_FALSE(d.ok());
  }
  const std::string good = whole + std::string(16, 'k');
  Decoder d(good);
  EXPECT_FALSE(CryptoKey::Decode(d).empty());
  EXPECT_TRUE(d.ok());
}

}  // namespace
}  // namespace siphon::cephx
