#include "services/common/signal_loop.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace siphon {
namespace {

bool IsBlocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

TEST(SignalLoopTest, CallsBackForEachHangupAndReturnsTheSignalThatEndsIt) {
  const auto loop = SignalLoop::Create();
  ASSERT_TRUE(loop.ok()) << loop.status();
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGTERM);
  int hangups = 0;
  EXPECT_EQ((*loop)->Run([&] { ++hangups; }), SIGTERM);
  EXPECT_EQ(hangups, 1);
}

TEST(SignalLoopTest, ASecondSignalIsFatalOnlyAfterTheFirst) {
  const auto loop = SignalLoop::Create();
  EXPECT_TRUE(IsBlocked(SIGTERM));
  EXPECT_TRUE(IsBlocked(SIGINT));
  kill(getpid(), SIGTERM);
  kill(getpid(), SIGTERM);  // sent in one breath: still one request
  EXPECT_EQ((*loop)->Run(nullptr), SIGTERM);
  EXPECT_FALSE(IsBlocked(SIGTERM));
  EXPECT_FALSE(IsBlocked(SIGINT));
  EXPECT_TRUE(IsBlocked(SIGHUP));
}

TEST(SignalLoopTest, StopsBeforeItRanAndFromAnotherThread) {
  const auto early = SignalLoop::Create();
  (*early)->Stop();
  (*early)->Stop();
  EXPECT_EQ((*early)->Run(nullptr), 0);

  const auto late = SignalLoop::Create();
  std::thread other([&] { (*late)->Stop(); });
  EXPECT_EQ((*late)->Run(nullptr), 0);
  other.join();
}

TEST(SignalLoopTest, AWriteToAClosedPipeIsAnErrorInsteadOfTheEnd) {
  const auto loop = SignalLoop::Create();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_EQ(write(ends[1], "x", 1), -1);
  close(ends[1]);
}

}  // namespace
}  // namespace siphon
