#include "msg/auth/cephx/rotating_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "msg/auth/cephx/seeded_random.h"

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;

TEST(RotatingKeysTest, KnowsTheSecretsOfItsOwnServiceUntilTheCurrentOneIsOver) {
  SeededRandom random(1);
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  RotatingSecrets secrets;
  secrets.Rotate(start, absl::Hours(1), random);
  RotatingKeys keys(kEntityOsd);
  EXPECT_TRUE(keys.NeedFetch(start));
  EXPECT_THAT(keys.FindServiceKey(kEntityOsd, 2).status().ToString(),
              HasSubstr("no rotating keys from the monitors yet"));
  keys.Set(secrets);
  EXPECT_FALSE(keys.NeedFetch(start + absl::Hours(2) - absl::Seconds(1)));
  EXPECT_TRUE(keys.NeedFetch(start + absl::Hours(2)));
  EXPECT_EQ(*keys.FindServiceKey(kEntityOsd, 2), secrets.secrets.at(2).key);
  EXPECT_THAT(keys.FindServiceKey(kEntityOsd, 4).status().ToString(),
              HasSubstr("rotating key 4 is not kept here, but 1 to 3"));
  EXPECT_THAT(keys.FindServiceKey(kEntityMgr, 2).status().ToString(), HasSubstr("type mgr"));
}

TEST(RotatingKeysTest, AnAnswerThatWasOvertakenChangesNothing) {
  SeededRandom random(1);
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  RotatingSecrets old;
  old.Rotate(start, absl::Hours(1), random);
  RotatingSecrets fresh = old;
  fresh.Rotate(start + absl::Hours(2), absl::Hours(1), random);
  RotatingKeys keys(kEntityOsd);
  keys.Set(fresh);
  keys.Set(old);
  EXPECT_TRUE(keys.FindServiceKey(kEntityOsd, 4).ok());
}

}  // namespace
}  // namespace siphon::cephx
