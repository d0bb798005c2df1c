#include "net/make_network_stack.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

TEST(MakeNetworkStackTest, MakesPosixByEachOfItsNamesWithThreeWorkers) {
  for (const char* transport : {"posix", "async+posix", "async"}) {
    auto stack = MakeNetworkStack(transport, {});
    ASSERT_TRUE(stack.ok()) << stack.status();
    EXPECT_EQ((*stack)->name(), "posix");
    EXPECT_EQ((*stack)->num_workers(), 3);
  }
}

TEST(MakeNetworkStackTest, UsesTheEventDriverThatIsAskedFor) {
  NetworkStackOptions options;
  options.event_driver = "poll";
  auto stack = MakeNetworkStack("posix", options);
  ASSERT_TRUE(stack.ok());
  EXPECT_EQ((*stack)->worker(0)->center()->driver()->name(), "poll");
}

TEST(MakeNetworkStackTest, SaysWhatItKnowsWhenItIsAskedForSomethingElse) {
  const auto rdma = MakeNetworkStack("async+rdma", {});
  EXPECT_TRUE(absl::IsNotFound(rdma.status()));
  EXPECT_THAT(std::string(rdma.status().message()), HasSubstr("async+posix"));
  NetworkStackOptions options;
  options.event_driver = "select";
  EXPECT_TRUE(absl::IsNotFound(MakeNetworkStack("posix", options).status()));
}

TEST(MakeNetworkStackTest, TakesOneToTwentyFourWorkers) {
  for (const int workers : {-1, 0, 25}) {
    NetworkStackOptions options;
    options.workers = workers;
    EXPECT_TRUE(absl::IsInvalidArgument(MakeNetworkStack("posix", options).status())) << workers;
  }
  for (const int workers : {1, 24}) {
    NetworkStackOptions options;
    options.workers = workers;
    EXPECT_TRUE(MakeNetworkStack("posix", options).ok()) << workers;
  }
}

}  // namespace
}  // namespace siphon
