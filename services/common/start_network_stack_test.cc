#include "services/common/start_network_stack.h"

#include <gtest/gtest.h>

namespace siphon {
namespace {

TEST(StartNetworkStackTest, StartsAsManyWorkersAsTheOptionsSay) {
  Config config;
  ASSERT_TRUE(config.Set("ms_async_op_threads", "2", Config::Source::kFile).ok());
  ASSERT_TRUE(config.Set("ms_async_driver", "poll", Config::Source::kFile).ok());
  const auto stack = StartNetworkStack(config);
  ASSERT_TRUE(stack.ok()) << stack.status();
  EXPECT_EQ((*stack)->num_workers(), 2);
  (*stack)->Drain();  // returns, so the workers run
  (*stack)->Stop();
}

TEST(StartNetworkStackTest, RefusesATransportThatIsNone) {
  Config config;
  ASSERT_TRUE(config.Set("ms_type", "pigeon", Config::Source::kFile).ok());
  EXPECT_EQ(StartNetworkStack(config).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace siphon
