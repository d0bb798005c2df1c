#include "services/common/caps/mon_caps.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;
using Arguments = std::map<std::string, std::string>;

constexpr uint8_t kR = MonCaps::kRead;
constexpr uint8_t kW = MonCaps::kWrite;
constexpr uint8_t kX = MonCaps::kExec;

MonCaps Caps(const std::string& text) {
  absl::StatusOr<MonCaps> caps = MonCaps::Parse(text);
  EXPECT_TRUE(caps.ok()) << caps.status();
  return caps.ok() ? *caps : MonCaps();
}

bool May(const std::string& text, const std::string& service, uint8_t rights) {
  return Caps(text).IsAllowed({.entity = "client.x", .service = service, .rights = rights});
}

bool MayRun(const std::string& text, const std::string& command, const Arguments& arguments = {},
            const std::string& service = "osd") {
  return Caps(text).IsAllowed({.entity = "osd.3",
                               .service = service,
                               .rights = MonCaps::kRwx,
                               .command = command,
                               .arguments = &arguments});
}

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<MonCaps> caps = MonCaps::Parse(text);
  return caps.ok() ? "" : std::string(caps.status().message());
}

TEST(MonCapsTest, GivesTheLettersOnEveryService) {
  EXPECT_TRUE(May("allow r", "osd", kR));
  EXPECT_FALSE(May("allow r", "osd", kW));
  EXPECT_FALSE(May("allow r", "auth", kR | kX));
  EXPECT_TRUE(May("allow rw", "mon", kR | kW));
  EXPECT_TRUE(May("allow rwx", "auth", kR | kX));
  EXPECT_FALSE(MonCaps().IsAllowed({.service = "osd", .rights = kR}));
}

TEST(MonCapsTest, OnlyTheAsteriskOpensConfigurationKeys) {
  EXPECT_FALSE(May("allow rwx", "config-key", kR));
  EXPECT_TRUE(May("allow *", "config-key", kR));
  EXPECT_TRUE(May("allow all", "config-key", kR));
  EXPECT_TRUE(Caps("allow *").allows_all());
  EXPECT_FALSE(Caps("allow rwx").allows_all());
}

TEST(MonCapsTest, LimitsAGrantToItsService) {
  EXPECT_TRUE(May("allow service osd rw", "osd", kR | kW));
  EXPECT_FALSE(May("allow service=osd rw", "mon", kR));
  EXPECT_FALSE(Caps("allow service osd *").allows_all());
  EXPECT_TRUE(May("allow service osd *", "osd", kR | kW | kX));
  EXPECT_FALSE(May("allow service osd *", "mon", kR));
}

TEST(MonCapsTest, AddsUpWhatGrantsGive) {
  EXPECT_TRUE(May("allow r, allow service osd w", "osd", kR | kW));
  EXPECT_FALSE(May("allow r; allow service osd w", "mon", kR | kW));
}

TEST(MonCapsTest, AllowsOneCommandWhateverItTakes) {
  EXPECT_TRUE(MayRun("allow command \"osd pool ls\"", "osd pool ls"));
  EXPECT_FALSE(MayRun("allow command \"osd pool ls\"", "osd pool create"));
  EXPECT_TRUE(MayRun("allow command=version", "version"));
}

TEST(MonCapsTest, HoldsTheArgumentsOfACommandToItsConstraints) {
  const std::string equal = "allow command 'osd pool create' with pool=data pg_num=8";
  EXPECT_TRUE(MayRun(equal, "osd pool create", {{"pool", "data"}, {"pg_num", "8"}}));
  EXPECT_FALSE(MayRun(equal, "osd pool create", {{"pool", "data"}, {"pg_num", "9"}}));
  EXPECT_FALSE(MayRun(equal, "osd pool create", {{"pool", "data"}}));
  const std::string prefix = "allow command 'config-key get' with key prefix rbd/";
  EXPECT_TRUE(MayRun(prefix, "config-key get", {{"key", "rbd/a"}}, "config-key"));
  EXPECT_FALSE(MayRun(prefix, "config-key get", {{"key", "mds/a"}}, "config-key"));
  const std::string regex = "allow command x with who regex \"client\\.[ab]+\" network 10.0.0.0/8";
  EXPECT_FALSE(MayRun(regex, "x", {{"who", "client.ab"}}));  // from no address at all
  const std::string anywhere = "allow command x with who regex \"client\\.[ab]+\"";
  EXPECT_TRUE(MayRun(anywhere, "x", {{"who", "client.ab"}}));
  EXPECT_FALSE(MayRun(anywhere, "x", {{"who", "client.abc"}}));
}

TEST(MonCapsTest, LimitsAGrantToItsNetwork) {
  const MonCaps caps = Caps("allow * network 10.1.0.0/16");
  const auto from = [&](const char* addr) {
    return caps.IsAllowed({.service = "osd", .rights = kR, .from = *EntityAddr::Parse(addr)});
  };
  EXPECT_TRUE(from("v1:10.1.2.3:0/1"));
  EXPECT_FALSE(from("v1:10.2.2.3:0/1"));
  EXPECT_FALSE(from("v1:[::1]:0/1"));
  EXPECT_FALSE(caps.allows_all());
}

TEST(MonCapsTest, AnOsdsProfileLetsItLiveButNotRule) {
  for (const char* text : {"allow profile osd", "profile osd", "profile=osd"}) {
    EXPECT_TRUE(May(text, "osd", kR | kW | kX)) << text;
    EXPECT_TRUE(May(text, "pg", kR | kW)) << text;
    EXPECT_TRUE(May(text, "log", kW)) << text;
    EXPECT_TRUE(May(text, "mon", kR)) << text;
    EXPECT_FALSE(May(text, "mon", kW)) << text;
    EXPECT_FALSE(May(text, "auth", kR)) << text;
  }
  EXPECT_TRUE(
      MayRun("profile osd", "config-key set", {{"key", "daemon-private/osd.3/a"}}, "config-key"));
  EXPECT_FALSE(
      MayRun("profile osd", "config-key set", {{"key", "daemon-private/osd.4/a"}}, "config-key"));
}

TEST(MonCapsTest, BootstrapProfilesMakeKeysOfTheirKindOnly) {
  EXPECT_TRUE(MayRun("profile bootstrap-osd", "osd new"));
  EXPECT_FALSE(MayRun("profile bootstrap-osd", "osd pool create"));
  const std::string rgw = "allow profile bootstrap-rgw";
  Arguments arguments = {
      {"entity", "client.rgw.a"}, {"caps_mon", "allow rw"}, {"caps_osd", "allow rwx"}};
  EXPECT_TRUE(MayRun(rgw, "auth get-or-create", arguments, "auth"));
  arguments["caps_mon"] = "allow *";
  EXPECT_FALSE(MayRun(rgw, "auth get-or-create", arguments, "auth"));
  const std::string rbd = "profile bootstrap-rbd";
  EXPECT_TRUE(MayRun(rbd, "auth get-or-create",
                     {{"entity", "client.a"},
                      {"caps_mon", "profile rbd"},
                      {"caps_osd", "profile rbd pool=images, profile rbd-read-only"}},
                     "auth"));
  EXPECT_FALSE(MayRun(
      rbd, "auth get-or-create",
      {{"entity", "client.a"}, {"caps_mon", "profile rbd"}, {"caps_osd", "allow *"}}, "auth"));
}

TEST(MonCapsTest, AnImageClientMayKeepADeadOneOffOnly) {
  EXPECT_TRUE(
      MayRun("profile rbd", "osd blocklist", {{"blocklistop", "add"}, {"addr", "10.0.0.1:0/77"}}));
  EXPECT_FALSE(
      MayRun("profile rbd", "osd blocklist", {{"blocklistop", "add"}, {"addr", "10.0.0.1"}}));
  EXPECT_FALSE(
      MayRun("profile rbd", "osd blocklist", {{"blocklistop", "rm"}, {"addr", "10.0.0.1:0/77"}}));
}

TEST(MonCapsTest, AProfileThatIsNotKnownGivesNothing) {
  EXPECT_FALSE(May("profile nobody", "mon", kR));
}

TEST(MonCapsTest, SaysWhereATextGoesWrong) {
  EXPECT_EQ(ErrorOf("allow bogus"),
            "mon capability parse failed, stopped at 'bogus' of 'allow bogus': expected rwx, *, "
            "profile, service or command");
  EXPECT_THAT(ErrorOf("allow rw foo"), HasSubstr("stopped at 'foo' of"));
  EXPECT_THAT(ErrorOf("allow r,"), HasSubstr("stopped at end of"));
  EXPECT_THAT(ErrorOf("permit r"), HasSubstr("expected allow or profile"));
  for (const char* text :
       {"", "allow", "allow wr", "allow service osd", "allow command", "allow command a with",
        "allow command a with k", "allow command a with k~v", "profile", "allow r allow w",
        "allow command a with k regex 'a{9}'", "allow command \"a"}) {
    EXPECT_NE(ErrorOf(text), "") << text;
  }
}

}  // namespace
}  // namespace siphon
