#include "net/network_stack.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "net/make_network_stack.h"
#include "net/worker.h"

namespace siphon {
namespace {

std::unique_ptr<NetworkStack> MakeStack(int workers) {
  NetworkStackOptions options;
  options.workers = workers;
  auto stack = MakeNetworkStack("posix", options);
  EXPECT_TRUE(stack.ok()) << stack.status();
  return *std::move(stack);
}

TEST(NetworkStackTest, TakesTheWorkerWithTheFewestReferencesTheFirstOfEquals) {
  auto stack = MakeStack(3);
  for (int i : {0, 1, 2, 0, 1, 2}) EXPECT_EQ(stack->AcquireLeastLoaded(), stack->worker(i));
  stack->worker(1)->ReleaseRef();
  EXPECT_EQ(stack->AcquireLeastLoaded(), stack->worker(1));
  stack->worker(0)->AddRef();
  stack->worker(1)->AddRef();
  EXPECT_EQ(stack->AcquireLeastLoaded(), stack->worker(2));
}

TEST(NetworkStackTest, ManyThreadsThatAcquireLoadTheWorkersEvenly) {
  auto stack = MakeStack(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) stack->AcquireLeastLoaded();
    });
  }
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(stack->worker(i)->refs(), 1000);
}

TEST(NetworkStackTest, DrainReturnsWhenAllThatWasPostedHasRun) {
  auto stack = MakeStack(3);
  ASSERT_TRUE(stack->Start().ok());
  std::atomic<int> ran{0};
  for (int round = 1; round <= 20; ++round) {
    for (int w = 0; w < 3; ++w) {
      for (int i = 0; i < 100; ++i) stack->worker(w)->center()->Post([&] { ++ran; });
    }
    stack->Drain();
    EXPECT_EQ(ran, round * 300);
  }
}

}  // namespace
}  // namespace siphon
