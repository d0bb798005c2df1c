#include "net/posix_stack.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "event/event_center.h"
#include "event/event_driver.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {
namespace {

std::unique_ptr<PosixStack> MakeStack(int workers, const char* driver = "epoll") {
  auto stack = PosixStack::Create(workers, driver, &Clock::Real());
  EXPECT_TRUE(stack.ok()) << stack.status();
  return *std::move(stack);
}

TEST(PosixStackTest, EachWorkerRunsOnItsOwnNamedThread) {
  auto stack = MakeStack(3);
  ASSERT_TRUE(stack->Start().ok());
  std::set<std::thread::id> threads{std::this_thread::get_id()};
  for (int i = 0; i < 3; ++i) {
    char name[16] = {};
    stack->worker(i)->center()->SubmitAndWait([&] {
      threads.insert(std::this_thread::get_id());
      pthread_getname_np(pthread_self(), name, sizeof(name));
      EXPECT_TRUE(stack->worker(i)->center()->InCenter());
    });
    EXPECT_EQ(name, "msgr-worker-" + std::to_string(i));
  }
  EXPECT_EQ(threads.size(), 4u);
}

TEST(PosixStackTest, StopsAndStartsAgainAsOftenAsAsked) {
  auto stack = MakeStack(2);
  stack->Stop();
  int ran = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(stack->Start().ok());
    ASSERT_TRUE(stack->Start().ok());
    stack->worker(1)->center()->SubmitAndWait([&] { ++ran; });
    stack->Stop();
    stack->Stop();
  }
  EXPECT_EQ(ran, 20);
}

TEST(PosixStackTest, WhatIsPostedToAStoppedWorkerRunsWhenItStarts) {
  auto stack = MakeStack(1);
  Notification ran;
  stack->worker(0)->center()->Post([&] { ran.Notify(); });
  EXPECT_FALSE(ran.HasBeenNotified());
  ASSERT_TRUE(stack->Start().ok());
  EXPECT_TRUE(ran.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

TEST(PosixStackTest, CountsTheTimeThatAWorkerWorks) {
  auto stack = MakeStack(1);
  const MonoNanos before = Clock::Real().Monotonic();
  ASSERT_TRUE(stack->Start().ok());
  EventCenter* const center = stack->worker(0)->center();
  center->SubmitAndWait([] {
    const MonoNanos begin = Clock::Real().Monotonic();
    while (Clock::Real().Monotonic() - begin < 3'000'000) {
    }
  });
  // The round is counted when it has ended; the next task runs in a later one.
  center->SubmitAndWait([] {});
  const uint64_t running = stack->worker(0)->counters().running_nanos.load();
  EXPECT_GE(running, 3'000'000u);
  EXPECT_LE(running, static_cast<uint64_t>(Clock::Real().Monotonic() - before));
}

// Sends back what it reads, until the end of the stream. Lives on one worker.
class Echo : public FileEventHandler {
 public:
  Echo(EventCenter* center, std::unique_ptr<ConnectedSocket> socket)
      : center_(center), socket_(std::move(socket)) {
    EXPECT_TRUE(center_->CreateFileEvent(socket_->fd(), kEventReadable, this).ok());
  }
  ~Echo() override { center_->DeleteFileEvent(socket_->fd(), kEventReadable | kEventWritable); }

  void OnReadable(int fd) override {
    char buffer[4096];
    const iovec piece{buffer, sizeof(buffer)};
    const IoResult result = socket_->Read({&piece, 1});
    if (result.would_block()) return;
    if (result.bytes == 0) {
      center_->DeleteFileEvent(fd, kEventReadable | kEventWritable);
      return;
    }
    out_.append(buffer, result.bytes);
    OnWritable(fd);
  }
  void OnWritable(int fd) override {
    const iovec piece{out_.data(), out_.size()};
    const IoResult result = socket_->Write({&piece, 1}, false);
    out_.erase(0, result.bytes);
    if (out_.empty()) {
      center_->DeleteFileEvent(fd, kEventWritable);
    } else {
      EXPECT_TRUE(center_->CreateFileEvent(fd, kEventWritable, this).ok());
    }
  }

 private:
  EventCenter* const center_;
  const std::unique_ptr<ConnectedSocket> socket_;
  std::string out_;
};

// Accepts on one worker and echoes there.
class EchoServer : public FileEventHandler {
 public:
  explicit EchoServer(Worker* worker) : worker_(worker) {
    auto listener = worker->Listen(*EntityAddr::Parse("127.0.0.1:0"), {});
    EXPECT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
    EXPECT_TRUE(worker->center()->CreateFileEvent(listener_->fd(), kEventReadable, this).ok());
  }
  ~EchoServer() override { worker_->center()->DeleteFileEvent(listener_->fd(), kEventReadable); }
  EntityAddr addr() const { return listener_->LocalAddr(); }

  void OnReadable(int /*fd*/) override {
    std::unique_ptr<ConnectedSocket> socket;
    while (listener_->Accept({}, &socket) == 0) {
      echoes_.push_back(std::make_unique<Echo>(worker_->center(), std::move(socket)));
    }
  }
  void OnWritable(int /*fd*/) override {}

 private:
  Worker* const worker_;
  std::unique_ptr<ServerSocket> listener_;
  std::vector<std::unique_ptr<Echo>> echoes_;
};

// Sends messages of random sizes, all at its own pace, and checks every byte that comes back.
class Client : public FileEventHandler {
 public:
  Client(Worker* worker, const EntityAddr& to, uint32_t seed, Notification* done)
      : center_(worker->center()), random_(seed), done_(done) {
    const int messages = std::uniform_int_distribution<int>(100, 300)(random_);
    for (int i = 0; i < messages; ++i) {
      total_ += std::uniform_int_distribution<size_t>(1, 3000)(random_);
    }
    auto socket = worker->Connect(to, {}, nullptr);
    EXPECT_TRUE(socket.ok()) << socket.status();
    socket_ = *std::move(socket);
    EXPECT_TRUE(
        center_->CreateFileEvent(socket_->fd(), kEventReadable | kEventWritable, this).ok());
  }
  ~Client() override { center_->DeleteFileEvent(socket_->fd(), kEventReadable | kEventWritable); }

  void OnWritable(int fd) override {
    if (const int progress = socket_->ConnectProgress(); progress != 0) {
      EXPECT_EQ(progress, EINPROGRESS);
      return;
    }
    std::string part(std::uniform_int_distribution<size_t>(1, 20'000)(random_), '\0');
    part.resize(std::min(part.size(), total_ - sent_));
    for (size_t i = 0; i < part.size(); ++i) part[i] = ByteAt(sent_ + i);
    const iovec piece{part.data(), part.size()};
    sent_ += socket_->Write({&piece, 1}, false).bytes;
    if (sent_ == total_) center_->DeleteFileEvent(fd, kEventWritable);
  }
  void OnReadable(int fd) override {
    if (socket_->ConnectProgress() != 0) return;
    char buffer[7000];
    const iovec piece{buffer, sizeof(buffer)};
    const IoResult result = socket_->Read({&piece, 1});
    for (size_t i = 0; i < result.bytes; ++i) {
      wrong_ += buffer[i] == ByteAt(received_ + i) ? 0 : 1;
    }
    received_ += result.bytes;
    const bool failed = !result.would_block() && (result.error != 0 || result.bytes == 0);
    if (received_ < total_ && !failed) return;
    center_->DeleteFileEvent(fd, kEventReadable | kEventWritable);
    done_->Notify();
  }
  bool AllCameBack() const { return received_ == total_ && wrong_ == 0; }

 private:
  static char ByteAt(size_t at) { return static_cast<char>(at * 40503u >> 7); }

  EventCenter* const center_;
  std::mt19937 random_;
  Notification* const done_;
  std::unique_ptr<ConnectedSocket> socket_;
  size_t total_ = 0, sent_ = 0, received_ = 0, wrong_ = 0;
};

class PosixStackStressTest : public testing::TestWithParam<const char*> {};

TEST_P(PosixStackStressTest, ManyClientsAndServersOnEveryWorkerGetAllTheirBytesBack) {
  constexpr size_t kWorkers = 3;
  constexpr size_t kClients = 24;
  auto stack = MakeStack(kWorkers, GetParam());
  ASSERT_TRUE(stack->Start().ok());
  const auto worker = [&](size_t i) { return stack->worker(static_cast<int>(i % kWorkers)); };

  std::vector<std::unique_ptr<EchoServer>> servers(kWorkers);
  std::vector<EntityAddr> addrs(kWorkers);
  for (size_t i = 0; i < kWorkers; ++i) {
    worker(i)->center()->SubmitAndWait([&] {
      servers[i] = std::make_unique<EchoServer>(worker(i));
      addrs[i] = servers[i]->addr();
    });
  }
  std::vector<Notification> done(kClients);
  std::vector<std::unique_ptr<Client>> clients(kClients);
  for (size_t i = 0; i < kClients; ++i) {
    // Every pairing of a client's and a server's worker.
    const EntityAddr to = addrs[i / kWorkers % kWorkers];
    worker(i)->center()->SubmitAndWait([&] {
      clients[i] =
          std::make_unique<Client>(worker(i), to, static_cast<uint32_t>(1000 + i), &done[i]);
    });
  }
  for (Notification& one : done) {
    ASSERT_TRUE(one.WaitForNotificationWithTimeout(absl::Seconds(60)));
  }
  for (size_t i = 0; i < kClients; ++i) {
    worker(i)->center()->SubmitAndWait([&] {
      EXPECT_TRUE(clients[i]->AllCameBack()) << "client " << i;
      clients[i].reset();
    });
  }
  for (size_t i = 0; i < kWorkers; ++i) {
    worker(i)->center()->SubmitAndWait([&] { servers[i].reset(); });
  }
}

INSTANTIATE_TEST_SUITE_P(Drivers, PosixStackStressTest, testing::Values("epoll", "poll"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace siphon
