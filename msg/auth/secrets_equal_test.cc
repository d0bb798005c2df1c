#include "msg/auth/secrets_equal.h"

#include <gtest/gtest.h>

#include <string>

namespace siphon {
namespace {

TEST(SecretsEqualTest, SeesEveryDifference) {
  const std::string secret(32, 's');
  EXPECT_TRUE(SecretsEqual(secret, std::string(32, 's')));
  EXPECT_TRUE(SecretsEqual("", ""));
  EXPECT_FALSE(SecretsEqual(secret, secret.substr(1)));
  for (size_t i = 0; i < secret.size(); ++i) {
    std::string other = secret;
    other[i] = 'S';
    EXPECT_FALSE(SecretsEqual(secret, other)) << i;
  }
  for (int bit = 0; bit < 64; ++bit) EXPECT_FALSE(SecretsEqual(uint64_t{0}, uint64_t{1} << bit));
  EXPECT_TRUE(SecretsEqual(uint64_t{7}, uint64_t{7}));
}

}  // namespace
}  // namespace siphon
