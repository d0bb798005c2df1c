#include "services/common/caps/osd_caps.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;
using Question = OsdCaps::Question;

OsdCaps Caps(const std::string& text) {
  absl::StatusOr<OsdCaps> caps = OsdCaps::Parse(text);
  EXPECT_TRUE(caps.ok()) << caps.status();
  return caps.ok() ? *caps : OsdCaps();
}

bool May(const std::string& text, const Question& question) {
  return Caps(text).IsAllowed(question);
}

Question Read(std::string_view pool, std::string_view name_space = "",
              std::string_view object = "o") {
  return {.pool = pool, .name_space = name_space, .object = object, .reads = true, .calls = {}};
}

Question Write(std::string_view pool, std::string_view name_space = "",
               std::string_view object = "o") {
  return {.pool = pool, .name_space = name_space, .object = object, .writes = true, .calls = {}};
}

Question Calls(OsdCaps::Call call) {
  return {.pool = "p", .name_space = "", .object = "o", .calls = {call}};
}

constexpr OsdCaps::Call kLock = {
    .class_name = "lock", .method = "lock", .reads = true, .writes = true};
constexpr OsdCaps::Call kInfo = {.class_name = "lock", .method = "get_info", .reads = true};

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<OsdCaps> caps = OsdCaps::Parse(text);
  return caps.ok() ? "" : std::string(caps.status().message());
}

TEST(OsdCapsTest, GivesTheLettersEverywhere) {
  EXPECT_TRUE(May("allow r", Read("p", "n")));
  EXPECT_FALSE(May("allow r", Write("p")));
  EXPECT_TRUE(May("allow rw", Write("p")));
  EXPECT_FALSE(May("allow w", Read("p")));
  EXPECT_FALSE(OsdCaps().IsAllowed(Read("p")));
  EXPECT_TRUE(Caps("allow *").allows_all());
  EXPECT_TRUE(Caps("allow all").allows_all());
  EXPECT_FALSE(Caps("allow rwx").allows_all());
}

TEST(OsdCapsTest, LimitsAGrantToItsPoolOnEitherSideOfTheRights) {
  for (const char* text : {"allow rw pool=data", "allow rw pool data", "allow pool=data rw",
                           "allow pool \"data\" rw"}) {
    EXPECT_TRUE(May(text, Write("data"))) << text;
    EXPECT_FALSE(May(text, Read("other"))) << text;
    EXPECT_FALSE(Caps(text).allows_all()) << text;
  }
  EXPECT_FALSE(Caps("allow * pool=data").allows_all());
  EXPECT_FALSE(May("allow * pool=data", Calls(kLock)));
}

TEST(OsdCapsTest, LimitsAGrantToItsNamespace) {
  EXPECT_TRUE(May("allow rw pool=p namespace=n", Write("p", "n")));
  EXPECT_FALSE(May("allow rw pool=p namespace=n", Write("p", "")));
  EXPECT_FALSE(May("allow rw pool=p namespace=n", Write("p", "nn")));
  EXPECT_TRUE(May("allow rw namespace=n*", Write("p", "nn")));
  EXPECT_FALSE(May("allow rw namespace=n*", Write("p", "m")));
  EXPECT_TRUE(May("allow rw namespace=\"\"", Write("p", "")));
  EXPECT_FALSE(May("allow rw namespace=\"\"", Write("p", "n")));
  // Listing all namespaces at once takes the right to all.
  EXPECT_FALSE(May("allow r namespace=n", Read("p", "\001")));
}

TEST(OsdCapsTest, LimitsAGrantToAPrefixOfNames) {
  EXPECT_TRUE(May("allow r object_prefix rbd_", Read("p", "", "rbd_x")));
  EXPECT_FALSE(May("allow r object_prefix rbd_", Read("p", "", "x")));
  EXPECT_TRUE(May("allow pool p namespace n object_prefix a r", Read("p", "n", "ab")));
}

TEST(OsdCapsTest, LimitsAGrantToPoolsOfAnApplication) {
  const OsdCaps::Applications fs = {{"cephfs", {{"data", "home"}}}};
  const auto on = [&](const std::string& text) {
    Question question = Read("p");
    question.applications = &fs;
    return May(text, question);
  };
  EXPECT_TRUE(on("allow r tag cephfs data=home"));
  EXPECT_TRUE(on("allow r tag cephfs * = *"));
  EXPECT_TRUE(on("allow r tag cephfs data=*"));
  EXPECT_TRUE(on("allow tag cephfs *=home r"));
  EXPECT_FALSE(on("allow r tag cephfs data=work"));
  EXPECT_FALSE(on("allow r tag cephfs metadata=*"));
  EXPECT_FALSE(on("allow r tag rbd *=*"));
  EXPECT_FALSE(May("allow r tag cephfs *=*", Read("p")));
}

TEST(OsdCapsTest, OneGrantHasToGiveAllOfIt) {
  Question both = Read("p");
  both.writes = true;
  EXPECT_FALSE(May("allow r, allow w", both));
  EXPECT_TRUE(May("allow r, allow rw pool=p", both));
}

TEST(OsdCapsTest, CallingAMethodTakesX) {
  EXPECT_FALSE(May("allow rw", Calls(kLock)));
  EXPECT_TRUE(May("allow rwx", Calls(kLock)));
  EXPECT_TRUE(May("allow x", Calls(kLock)));
  EXPECT_TRUE(May("allow class-read", Calls(kInfo)));
  EXPECT_FALSE(May("allow class-read", Calls(kLock)));
  EXPECT_TRUE(May("allow rw class-read class-write", Calls(kLock)));
  EXPECT_TRUE(May("allow *", Calls(kLock)));
}

TEST(OsdCapsTest, AClassOutsideTheListHasToBeNamed) {
  OsdCaps::Call odd = {.class_name = "odd", .method = "do", .reads = true, .listed = false};
  EXPECT_FALSE(May("allow rwx", Calls(odd)));
  EXPECT_TRUE(May("allow class odd", Calls(odd)));
  EXPECT_TRUE(May("allow class odd do pool=p", Calls(odd)));
  EXPECT_FALSE(May("allow class odd undo", Calls(odd)));
  EXPECT_TRUE(May("allow *", Calls(odd)));
}

TEST(OsdCapsTest, SeveralGrantsMayAllowTheCallsOfOneRequest) {
  Question two = Calls(kLock);
  two.calls.push_back({.class_name = "rbd", .method = "m", .reads = true});
  EXPECT_TRUE(May("allow class lock, allow class rbd", two));
  EXPECT_FALSE(May("allow class lock", two));
}

TEST(OsdCapsTest, KnowsTheProfiles) {
  EXPECT_TRUE(May("profile rbd pool=images", Write("images")));
  EXPECT_FALSE(May("profile rbd pool=images", Write("other")));
  EXPECT_TRUE(May("profile rbd-read-only pool images namespace n", Read("images", "n")));
  EXPECT_FALSE(May("profile rbd-read-only", Write("images")));
  EXPECT_TRUE(May("profile read-only", Read("p")));
  EXPECT_TRUE(May("profile read-write", Write("p")));
  EXPECT_FALSE(May("profile nobody", Read("p")));
  EXPECT_TRUE(May("profile rbd", Calls(kLock)));
}

TEST(OsdCapsTest, LimitsAGrantToItsNetwork) {
  Question question = Read("p");
  question.from = *EntityAddr::Parse("v2:[fd00::5]:0/1");
  EXPECT_TRUE(May("allow r network fd00::/8", question));
  EXPECT_FALSE(May("allow r pool=p network 10.0.0.0/8", question));
}

TEST(OsdCapsTest, KnowsWhetherAPoolIsWritable) {
  const OsdCaps caps = Caps("allow rw pool=a namespace=n, profile rbd pool=b, allow r");
  EXPECT_TRUE(caps.AllowsSomeWrite("a", nullptr));
  EXPECT_TRUE(caps.AllowsSomeWrite("b", nullptr));
  EXPECT_FALSE(caps.AllowsSomeWrite("c", nullptr));
}

TEST(OsdCapsTest, SaysWhereATextGoesWrong) {
  EXPECT_THAT(
      ErrorOf("allow rwx foo=bar"),
      HasSubstr("osd capability parse failed, stopped at 'foo=bar' of 'allow rwx foo=bar'"));
  for (const char* text :
       {"", "allow", "allow pool=p", "allow xr", "allow rw pool", "allow r tag a b", "allow r tag",
        "profile", "r", "allow r,", "allow class"}) {
    EXPECT_NE(ErrorOf(text), "") << text;
  }
}

}  // namespace
}  // namespace siphon
