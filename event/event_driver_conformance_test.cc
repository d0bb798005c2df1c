// Holds every driver to the promises of event_driver.h, alone and under an EventCenter.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "event/epoll_driver.h"
#include "event/event_center.h"
#include "event/event_driver.h"
#include "event/poll_driver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr EventMask kBoth = kEventReadable | kEventWritable;
// Far longer than anything here takes: a wait of this length that ends was ended by an event.
constexpr absl::Duration kLong = absl::Minutes(5);

MATCHER_P2(Fired, fd, mask, "") { return arg.fd == fd && arg.mask == mask; }

// Two connected descriptors, closed at the end.
struct FdPair {
  static FdPair Pipe() {
    FdPair pair;
    EXPECT_EQ(pipe2(pair.fd, O_NONBLOCK | O_CLOEXEC), 0);
    return pair;
  }
  static FdPair Sockets() {
    FdPair pair;
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.fd), 0);
    return pair;
  }
  FdPair() = default;
  FdPair(FdPair&& other) noexcept { std::swap(fd, other.fd); }
  ~FdPair() {
    Close(0);
    Close(1);
  }
  void Close(int end) {
    if (fd[end] >= 0) close(fd[end]);
    fd[end] = -1;
  }
  int fd[2] = {-1, -1};
};

void WriteByte(int fd) { ASSERT_EQ(write(fd, "x", 1), 1); }
void ReadByte(int fd) {
  char byte;
  ASSERT_EQ(read(fd, &byte, 1), 1);
}

struct Param {
  std::string name;
  std::unique_ptr<EventDriver> (*make)();
};

class EventDriverConformanceTest : public testing::TestWithParam<Param> {
 protected:
  EventDriverConformanceTest() : driver_(GetParam().make()) {
    EXPECT_TRUE(driver_->Init(/*expected=*/4).ok());
  }

  void Watch(int fd, EventMask from, EventMask to) {
    ASSERT_TRUE(driver_->Update(fd, from, to).ok());
  }
  const std::vector<FiredEvent>& Wait(absl::Duration timeout = absl::ZeroDuration()) {
    driver_->Wait(timeout, &fired_);
    return fired_;
  }

  std::unique_ptr<EventDriver> driver_;
  std::vector<FiredEvent> fired_;
};

TEST_P(EventDriverConformanceTest, ReportsAPipeFromTheFirstByteUntilItIsReadAway) {
  FdPair pipe = FdPair::Pipe();
  Watch(pipe.fd[0], kEventNone, kEventReadable);
  EXPECT_THAT(Wait(), IsEmpty());
  WriteByte(pipe.fd[1]);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(pipe.fd[0], kEventReadable)));
  // Level-like: unread bytes are reported again.
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(pipe.fd[0], kEventReadable)));
  ReadByte(pipe.fd[0]);
  EXPECT_THAT(Wait(), IsEmpty());
  WriteByte(pipe.fd[1]);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(pipe.fd[0], kEventReadable)));
  Watch(pipe.fd[0], kEventReadable, kEventNone);
  EXPECT_THAT(Wait(), IsEmpty());
}

TEST_P(EventDriverConformanceTest, ReportsOnlyWhatIsWatchedFor) {
  FdPair pair = FdPair::Sockets();
  WriteByte(pair.fd[1]);
  Watch(pair.fd[0], kEventNone, kEventReadable);
  EXPECT_THAT(Wait(), ElementsAre(Fired(pair.fd[0], kEventReadable)));
  Watch(pair.fd[0], kEventReadable, kBoth);
  EXPECT_THAT(Wait(), ElementsAre(Fired(pair.fd[0], kBoth)));
  Watch(pair.fd[0], kBoth, kEventWritable);
  EXPECT_THAT(Wait(), ElementsAre(Fired(pair.fd[0], kEventWritable)));
  Watch(pair.fd[0], kEventWritable, kEventNone);
  EXPECT_THAT(Wait(), IsEmpty());
}

TEST_P(EventDriverConformanceTest, ReportsAListeningSocketWhenAClientConnects) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in addr{};
  addr.sin_family = AF_INET;
  addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const sa = reinterpret_cast<sockaddr*>(&addr);
  socklen_t length = sizeof(addr);
  ASSERT_EQ(bind(listener, sa, length), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  ASSERT_EQ(getsockname(listener, sa, &length), 0);
  Watch(listener, kEventNone, kEventReadable);
  EXPECT_THAT(Wait(), IsEmpty());

  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(client, sa, length), 0);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(listener, kEventReadable)));
  const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  ASSERT_GE(accepted, 0);

  // The client speaks, the server echoes, and is writable only while that is asked for.
  Watch(accepted, kEventNone, kEventReadable);
  WriteByte(client);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(accepted, kEventReadable)));
  ReadByte(accepted);
  EXPECT_THAT(Wait(), IsEmpty());
  Watch(accepted, kEventReadable, kBoth);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(accepted, kEventWritable)));
  WriteByte(accepted);
  ReadByte(client);
  Watch(accepted, kBoth, kEventNone);
  Watch(listener, kEventReadable, kEventNone);
  WriteByte(client);
  EXPECT_THAT(Wait(), IsEmpty());
  for (int fd : {client, accepted, listener}) close(fd);
}

TEST_P(EventDriverConformanceTest, ReportsAHangUpAsReadableAndWritable) {
  FdPair pair = FdPair::Sockets();
  Watch(pair.fd[0], kEventNone, kEventReadable);
  pair.Close(1);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(pair.fd[0], kBoth)));
  FdPair pipe = FdPair::Pipe();
  Watch(pair.fd[0], kEventReadable, kEventNone);
  // A pipe without a reader is an error for its writer.
  Watch(pipe.fd[1], kEventNone, kEventWritable);
  pipe.Close(0);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(pipe.fd[1], kBoth)));
}

TEST_P(EventDriverConformanceTest, TakesManyMoreDescriptorsThanWereExpected) {
  constexpr size_t kPairs = 300;
  std::vector<FdPair> pairs;
  std::vector<int> expected;
  for (size_t i = 0; i < kPairs; ++i) {
    pairs.push_back(FdPair::Sockets());
    Watch(pairs.back().fd[0], kEventNone, kEventReadable);
    WriteByte(pairs.back().fd[1]);
    expected.push_back(pairs.back().fd[0]);
  }
  // One wait may report a part, but what it leaves out comes in the next ones.
  std::vector<int> seen;
  for (int round = 0; round < 100 && seen.size() < kPairs; ++round) {
    for (const FiredEvent& fired : Wait()) {
      seen.push_back(fired.fd);
      ReadByte(fired.fd);
    }
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAreArray(expected));
  for (const FdPair& pair : pairs) Watch(pair.fd[0], kEventReadable, kEventNone);
  for (const FdPair& pair : pairs) WriteByte(pair.fd[1]);
  EXPECT_THAT(Wait(), IsEmpty());
}

TEST_P(EventDriverConformanceTest, ForgetsADescriptorInTheMiddleAndKeepsTheOthers) {
  FdPair a = FdPair::Sockets(), b = FdPair::Sockets(), c = FdPair::Sockets();
  for (const FdPair* pair : {&a, &b, &c}) {
    Watch(pair->fd[0], kEventNone, kEventReadable);
    WriteByte(pair->fd[1]);
  }
  Watch(b.fd[0], kEventReadable, kEventNone);
  EXPECT_THAT(Wait(),
              UnorderedElementsAre(Fired(a.fd[0], kEventReadable), Fired(c.fd[0], kEventReadable)));
  Watch(b.fd[0], kEventNone, kEventReadable);
  Watch(a.fd[0], kEventReadable, kEventNone);
  EXPECT_THAT(Wait(),
              UnorderedElementsAre(Fired(b.fd[0], kEventReadable), Fired(c.fd[0], kEventReadable)));
}

TEST_P(EventDriverConformanceTest, WatchesANewSocketUnderTheNumberOfAClosedOne) {
  FdPair first = FdPair::Sockets();
  const int number = first.fd[0];
  Watch(number, kEventNone, kEventReadable);
  Watch(number, kEventReadable, kEventNone);
  FdPair second = FdPair::Sockets();
  ASSERT_EQ(dup2(second.fd[0], number), number);
  Watch(number, kEventNone, kEventReadable);
  WriteByte(second.fd[1]);
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(number, kEventReadable)));
}

TEST_P(EventDriverConformanceTest, AWakeBeforeTheWaitEndsItOnceHoweverOftenItWasCalled) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5; ++i) driver_->Wake();
    EXPECT_THAT(Wait(kLong), IsEmpty());
    // The wake is used up: the next wait lasts its time.
    const MonoNanos before = Clock::Real().Monotonic();
    EXPECT_THAT(Wait(absl::Milliseconds(2)), IsEmpty());
    EXPECT_GE(Clock::Real().Monotonic() - before, 2'000'000);
  }
}

TEST_P(EventDriverConformanceTest, AWakeFromAnotherThreadEndsAnEndlessWait) {
  for (int round = 0; round < 50; ++round) {
    bool written_before_wake = false;
    std::thread waker([&] {
      written_before_wake = true;
      driver_->Wake();
    });
    EXPECT_THAT(Wait(absl::Nanoseconds(-1)), IsEmpty());
    EXPECT_TRUE(written_before_wake);  // and seen without another lock
    waker.join();
  }
}

TEST_P(EventDriverConformanceTest, AWakeDoesNotHideReadyDescriptors) {
  FdPair pair = FdPair::Sockets();
  Watch(pair.fd[0], kEventNone, kEventReadable);
  WriteByte(pair.fd[1]);
  driver_->Wake();
  EXPECT_THAT(Wait(kLong), ElementsAre(Fired(pair.fd[0], kEventReadable)));
}

TEST_P(EventDriverConformanceTest, NeverEndsAWaitBeforeItsTime) {
  for (const absl::Duration timeout :
       {absl::Nanoseconds(1), absl::Microseconds(1), absl::Microseconds(999),
        absl::Microseconds(1001), absl::Microseconds(2500)}) {
    const MonoNanos before = Clock::Real().Monotonic();
    EXPECT_THAT(Wait(timeout), IsEmpty());
    EXPECT_GE(absl::Nanoseconds(Clock::Real().Monotonic() - before), timeout);
  }
}

TEST_P(EventDriverConformanceTest, ReplacesWhatWasFiredBefore) {
  fired_.assign(3, {.fd = 99, .mask = kBoth});
  EXPECT_THAT(Wait(), IsEmpty());
}

// Ends another's watch (and, in its place, begins one) when it is called.
class Remover : public FileEventHandler {
 public:
  void OnReadable(int fd) override {
    ++readable;
    if (on_readable) on_readable(fd);
  }
  void OnWritable(int /*fd*/) override { ++writable; }
  int readable = 0;
  int writable = 0;
  std::function<void(int)> on_readable;
};

class EventDriverInCenterTest : public testing::TestWithParam<Param> {
 protected:
  EventDriverInCenterTest() {
    auto driver = GetParam().make();
    EXPECT_TRUE(driver->Init(4).ok());
    center_ = std::make_unique<EventCenter>("test", std::move(driver), &Clock::Real());
    center_->SetOwner();
  }
  std::unique_ptr<EventCenter> center_;
};

TEST_P(EventDriverInCenterTest, ADescriptorRemovedInARoundIsNotReportedLaterInIt) {
  FdPair a = FdPair::Sockets(), b = FdPair::Sockets();
  Remover first, second;
  first.on_readable = [&](int) { center_->DeleteFileEvent(b.fd[0], kBoth); };
  second.on_readable = [&](int) { center_->DeleteFileEvent(a.fd[0], kBoth); };
  ASSERT_TRUE(center_->CreateFileEvent(a.fd[0], kBoth, &first).ok());
  ASSERT_TRUE(center_->CreateFileEvent(b.fd[0], kBoth, &second).ok());
  WriteByte(a.fd[1]);
  WriteByte(b.fd[1]);
  // Whichever comes first removes the other.
  EXPECT_EQ(center_->ProcessEvents(kLong), 2);
  EXPECT_EQ(first.readable + second.readable, 1);
  EXPECT_EQ(first.writable + second.writable, 1);
}

TEST_P(EventDriverInCenterTest, ANewDescriptorUnderARemovedNumberGetsNoEventOfTheOldOne) {
  FdPair a = FdPair::Sockets(), b = FdPair::Sockets(), fresh = FdPair::Sockets();
  Remover first, second, newcomer;
  const auto replace = [&](int removed) {
    center_->DeleteFileEvent(removed, kBoth);
    ASSERT_EQ(dup2(fresh.fd[0], removed), removed);
    ASSERT_TRUE(center_->CreateFileEvent(removed, kEventReadable, &newcomer).ok());
  };
  first.on_readable = [&](int) { replace(b.fd[0]); };
  second.on_readable = [&](int) { replace(a.fd[0]); };
  ASSERT_TRUE(center_->CreateFileEvent(a.fd[0], kEventReadable, &first).ok());
  ASSERT_TRUE(center_->CreateFileEvent(b.fd[0], kEventReadable, &second).ok());
  WriteByte(a.fd[1]);
  WriteByte(b.fd[1]);
  EXPECT_EQ(center_->ProcessEvents(kLong), 1);
  EXPECT_EQ(newcomer.readable, 0);
  first.on_readable = second.on_readable = nullptr;
  WriteByte(fresh.fd[1]);
  center_->ProcessEvents(kLong);
  EXPECT_EQ(newcomer.readable, 1);
}

const Param kDrivers[] = {
    {"epoll", [] { return std::unique_ptr<EventDriver>(new EpollDriver()); }},
    {"epoll_in_milliseconds", [] { return std::unique_ptr<EventDriver>(new EpollDriver(false)); }},
    {"poll", [] { return std::unique_ptr<EventDriver>(new PollDriver()); }},
};

std::string NameOf(const testing::TestParamInfo<Param>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Drivers, EventDriverConformanceTest, testing::ValuesIn(kDrivers), NameOf);
INSTANTIATE_TEST_SUITE_P(Drivers, EventDriverInCenterTest, testing::ValuesIn(kDrivers), NameOf);

}  // namespace
}  // namespace siphon
