#include "event/make_event_driver.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(MakeEventDriverTest, MakesEachDriverByItsName) {
  for (const char* name : {"epoll", "poll"}) {
    auto driver = MakeEventDriver(name);
    ASSERT_TRUE(driver.ok()) << driver.status();
    EXPECT_EQ((*driver)->name(), name);
  }
}

TEST(MakeEventDriverTest, ListsTheNamesWhenItKnowsNone) {
  const auto driver = MakeEventDriver("kqueue");
  EXPECT_TRUE(absl::IsNotFound(driver.status()));
  EXPECT_THAT(
      std::string(driver.status().message()),
      testing::AllOf(testing::HasSubstr("\"kqueue\""), testing::HasSubstr("epoll or poll")));
}

}  // namespace
}  // namespace siphon
