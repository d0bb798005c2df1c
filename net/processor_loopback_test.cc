// The Processor with real sockets and threads.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "event/event_center.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "net/make_network_stack.h"
#include "net/network_stack.h"
#include "net/processor.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {
namespace {

// A loopback address of this process alone, so that tests side by side do not meet on the ports.
EntityAddr OwnLoopback() {
  const int pid = getpid();
  auto addr = EntityAddr::Parse(absl::StrCat("v1:127.", 100 + (pid >> 16 & 63), ".", pid >> 8 & 255,
                                             ".", 1 + pid % 254, ":0/0"));
  EXPECT_TRUE(addr.ok()) << addr.status();
  return addr.value_or(EntityAddr());
}

class ProcessorLoopbackTest : public testing::Test {
 protected:
  ProcessorLoopbackTest() : stack_(*MakeNetworkStack("posix", {})) {
    EXPECT_TRUE(stack_->Start().ok());
    options_.port_min = 6800;
    options_.port_max = 6803;
    options_.retry_count = 1;
  }
  ~ProcessorLoopbackTest() override {
    MutexLock lock(mutex_);
    accepted_.clear();
  }
  std::unique_ptr<Processor> MakeProcessor(int worker = 0) {
    return std::make_unique<Processor>(
        stack_.get(), stack_->worker(worker),
        [this](std::unique_ptr<ConnectedSocket> socket, Worker* chosen) {
          MutexLock lock(mutex_);
          accepted_.emplace_back(std::move(socket), chosen->index());
          changed_.SignalAll();
        });
  }
  // Waits until that many connections were accepted; false when they do not come.
  bool AwaitAccepted(size_t count) {
    MutexLock lock(mutex_);
    while (accepted_.size() < count) {
      if (!changed_.WaitFor(mutex_, absl::Seconds(20))) return false;
    }
    return accepted_.size() == count;
  }
  // A blocking client. -1 and errno when it is refused.
  static int Connect(const EntityAddr& addr) {
    const int fd = socket(addr.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, addr.sockaddr_ptr(), addr.sockaddr_len()) == 0) return fd;
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
  }

  std::unique_ptr<NetworkStack> stack_;
  Processor::BindOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::pair<std::unique_ptr<ConnectedSocket>, int>> accepted_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(ProcessorLoopbackTest, FourListenersShareARangeAndAFifthFindsItFull) {
  std::vector<std::unique_ptr<Processor>> processors;
  for (int i = 0; i < 4; ++i) {
    processors.push_back(MakeProcessor(i % 3));
    const absl::Status status = processors.back()->Bind(OwnLoopback(), options_);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(processors.back()->addr().port(), 6800 + i);
  }
  auto fifth = MakeProcessor();
  EXPECT_TRUE(absl::IsAlreadyExists(fifth->Bind(OwnLoopback(), options_)));
  processors[2]->Stop();
  ASSERT_TRUE(fifth->Bind(OwnLoopback(), options_).ok());
  EXPECT_EQ(fifth->addr().port(), 6802);
}

TEST_F(ProcessorLoopbackTest, SpreadsConnectionsOverTheWorkers) {
  auto processor = MakeProcessor(1);
  ASSERT_TRUE(processor->Bind(OwnLoopback(), options_).ok());
  processor->Start();
  std::vector<int> clients;
  for (int i = 0; i < 9; ++i) clients.push_back(Connect(processor->addr()));
  ASSERT_TRUE(AwaitAccepted(9));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stack_->worker(i)->refs(), 3);
  for (int fd : clients) close(fd);
}

TEST_F(ProcessorLoopbackTest, AcceptsOverIpv6) {
  auto processor = MakeProcessor();
  options_.port_max = 0;
  ASSERT_TRUE(processor->Bind(*EntityAddr::Parse("v2:[::1]:0/7"), options_).ok());
  EXPECT_EQ(processor->addr().ToString(),
            absl::StrCat("v2:[::1]:", processor->addr().port(), "/7"));
  processor->Start();
  const int client = Connect(processor->addr());
  ASSERT_GE(client, 0);
  ASSERT_TRUE(AwaitAccepted(1));
  close(client);
}

TEST_F(ProcessorLoopbackTest, SurvivesAProcessWithoutDescriptors) {
  auto processor = MakeProcessor();
  ASSERT_TRUE(processor->Bind(OwnLoopback(), options_).ok());
  processor->Start();
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // The limit becomes the first free number: no descriptor can be made from here on.
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int first_free = dup(client);
  close(first_free);
  rlimit lowered = before;
  lowered.rlim_cur = static_cast<rlim_t>(first_free);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lowered), 0);

  ASSERT_EQ(connect(client, processor->addr().sockaddr_ptr(), processor->addr().sockaddr_len()), 0);
  // A whole round lies between the two, and in it the listener was readable; the loop lives on.
  stack_->worker(0)->center()->SubmitAndWait([] {});
  stack_->worker(0)->center()->SubmitAndWait([] {});
  {
    MutexLock lock(mutex_);
    EXPECT_TRUE(accepted_.empty());
  }
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(AwaitAccepted(1));
  const int second = Connect(processor->addr());
  EXPECT_TRUE(AwaitAccepted(2));
  close(client);
  close(second);
}

TEST_F(ProcessorLoopbackTest, StopCutsTheWaitForTheNextTry) {
  auto holder = MakeProcessor();
  options_.port_max = options_.port_min;
  ASSERT_TRUE(holder->Bind(OwnLoopback(), options_).ok());
  auto processor = MakeProcessor();
  options_.retry_count = 2;
  options_.retry_delay = absl::Hours(10);
  absl::Status status;
  Notification done;
  std::thread binder([&] {
    status = processor->Bind(OwnLoopback(), options_);
    done.Notify();
  });
  // Again and again, for a stop that comes before Bind() began does not count.
  while (!done.WaitForNotificationWithTimeout(absl::Milliseconds(1))) processor->Stop();
  binder.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
}

TEST_F(ProcessorLoopbackTest, StopWhileClientsConnectRefusesThemFromThenOn) {
  for (int round = 0; round < 10; ++round) {
    auto processor = MakeProcessor(round % 3);
    ASSERT_TRUE(processor->Bind(OwnLoopback(), options_).ok());
    const EntityAddr addr = processor->addr();
    processor->Start();
    std::atomic<bool> refused{false};
    Notification connected;
    std::thread clients([&] {
      std::vector<int> fds;
      bool told = false;
      for (int fd = Connect(addr); fd >= 0; fd = Connect(addr)) {
        // A hundred is enough to be in the middle; the oldest make room.
        fds.push_back(fd);
        if (!std::exchange(told, true)) connected.Notify();
        if (fds.size() == 100) {
          for (int old : fds) close(old);
          fds.clear();
        }
      }
      refused = errno == ECONNREFUSED || errno == ECONNRESET;
      for (int fd : fds) close(fd);
    });
    connected.WaitForNotification();
    processor->Stop();
    size_t count;
    {
      MutexLock lock(mutex_);
      count = accepted_.size();
    }
    clients.join();
    EXPECT_TRUE(refused);
    MutexLock lock(mutex_);
    EXPECT_EQ(accepted_.size(), count);  // nothing is accepted after Stop()
    accepted_.clear();
  }
}

TEST_F(ProcessorLoopbackTest, MayBeDestroyedAfterTheStackWhenItWasStopped) {
  auto processor = MakeProcessor();
  ASSERT_TRUE(processor->Bind(OwnLoopback(), options_).ok());
  processor->Start();
  processor->Stop();
  stack_->Stop();
  processor.reset();
}

}  // namespace
}  // namespace siphon
