// The Processor on the test's own thread, with listeners that fail as told and a clock that stands.
#include "net/processor.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "event/event_center.h"
#include "event/poll_driver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "net/network_stack.h"
#include "net/socket.h"
#include "net/worker.h"

namespace siphon {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FakeClock : public Clock {
 public:
  absl::Time Now() override { return absl::UnixEpoch() + absl::Nanoseconds(now_); }
  MonoNanos Monotonic() override { return now_; }
  void Advance(absl::Duration by) { now_ += absl::ToInt64Nanoseconds(by); }

 private:
  MonoNanos now_ = 0;
};

class FakeConnection : public ConnectedSocket {
 public:
  int fd() const override { return -1; }
  int ConnectProgress() override { return 0; }
  IoResult Read(absl::Span<const iovec> /*pieces*/) override { return {}; }
  IoResult Write(absl::Span<const iovec> /*pieces*/, bool /*more*/) override { return {}; }
  void Shutdown() override {}
  EntityAddr PeerAddr() const override { return EntityAddr(); }
  EntityAddr LocalAddr() const override { return EntityAddr(); }
};

// What the fake listeners of one test do.
struct Script {
  std::deque<int> accepts;           // an errno each, 0 for a connection; EAGAIN when used up
  std::deque<absl::Status> listens;  // of each Listen(); success when used up
  std::vector<int> listened_ports;
  std::vector<int> chosen_ports;  // what the "system" chooses for port 0, in turn
  size_t chosen = 0;
  int open_listeners = 0;
};

// Always readable, so that only the processor's restraint keeps it from being asked.
class FakeListener : public ServerSocket {
 public:
  FakeListener(Script* script, EntityAddr addr) : script_(script), addr_(addr) {
    EXPECT_EQ(pipe(pipe_), 0);
    EXPECT_EQ(write(pipe_[1], "x", 1), 1);
    ++script_->open_listeners;
  }
  ~FakeListener() override {
    for (int fd : pipe_) close(fd);
    --script_->open_listeners;
  }
  int fd() const override { return pipe_[0]; }
  EntityAddr LocalAddr() const override { return addr_; }
  int Accept(const SocketOptions& /*options*/, std::unique_ptr<ConnectedSocket>* socket) override {
    if (script_->accepts.empty()) return EAGAIN;
    const int error = script_->accepts.front();
    script_->accepts.pop_front();
    if (error == 0) *socket = std::make_unique<FakeConnection>();
    return error;
  }

 private:
  Script* const script_;
  const EntityAddr addr_;
  int pipe_[2];
};

class FakeWorker : public Worker {
 public:
  FakeWorker(int index, std::unique_ptr<EventCenter> center, Script* script)
      : Worker(index, std::move(center)), script_(script) {}
  absl::StatusOr<std::unique_ptr<ServerSocket>> Listen(const EntityAddr& addr,
                                                       const SocketOptions&) override {
    script_->listened_ports.push_back(addr.port());
    if (!script_->listens.empty()) {
      const absl::Status status = script_->listens.front();
      script_->listens.pop_front();
      if (!status.ok()) return status;
    }
    EntityAddr bound = addr;
    if (addr.port() == 0) bound.set_port(script_->chosen_ports.at(script_->chosen++));
    return std::make_unique<FakeListener>(script_, bound);
  }
  absl::StatusOr<std::unique_ptr<ConnectedSocket>> Connect(const EntityAddr&, const SocketOptions&,
                                                           const EntityAddr*) override {
    return absl::UnimplementedError("not here");
  }

 private:
  Script* const script_;
};

class FakeStack : public NetworkStack {
 public:
  FakeStack(int workers, FakeClock* clock, Script* script) {
    for (int i = 0; i < workers; ++i) {
      auto driver = std::make_unique<PollDriver>();
      EXPECT_TRUE(driver->Init(8).ok());
      auto center = std::make_unique<EventCenter>("fake", std::move(driver), clock);
      center->SetOwner();
      workers_.push_back(std::make_unique<FakeWorker>(i, std::move(center), script));
    }
  }
  std::string_view name() const override { return "fake"; }
  absl::Status Start() override { return absl::OkStatus(); }
  void Stop() override {}
};

class ProcessorTest : public testing::Test {
 protected:
  ProcessorTest() {
    options_.port_min = 6800;
    options_.port_max = 6804;
    options_.retry_count = 1;
    options_.retry_delay = absl::Milliseconds(1);
  }
  absl::Status Bind(const std::string& text = "v2:127.0.0.1:0/42") {
    return processor_.Bind(*EntityAddr::Parse(text), options_);
  }
  void BindAndStart() {
    const absl::Status status = Bind();
    ASSERT_TRUE(status.ok()) << status;
    processor_.Start();
  }
  int Round() { return stack_.worker(0)->center()->ProcessEvents(absl::ZeroDuration()); }
  void SetAccepts(std::deque<int> errors) { script_.accepts = std::move(errors); }

  Script script_;
  FakeClock clock_;
  FakeStack stack_{3, &clock_, &script_};
  Processor::BindOptions options_;
  std::vector<int> accepted_;  // the index of each connection's worker
  std::function<void()> on_accept_;
  Processor processor_{&stack_, stack_.worker(0),
                       [this](std::unique_ptr<ConnectedSocket> socket, Worker* worker) {
                         EXPECT_NE(socket, nullptr);
                         accepted_.push_back(worker->index());
                         if (on_accept_) on_accept_();
                       }};
};

const absl::Status kTaken = absl::AlreadyExistsError("taken");

TEST_F(ProcessorTest, BindsTheFirstFreePortOfTheRange) {
  script_.listens = {kTaken, kTaken};
  ASSERT_TRUE(Bind().ok());
  EXPECT_THAT(script_.listened_ports, ElementsAre(6800, 6801, 6802));
  EXPECT_EQ(processor_.addr().ToString(), "v2:127.0.0.1:6802/42");
}

TEST_F(ProcessorTest, SkipsThePortsToAvoid) {
  options_.avoid_ports = {6800, 6802};
  script_.listens = {kTaken};
  ASSERT_TRUE(Bind().ok());
  EXPECT_THAT(script_.listened_ports, ElementsAre(6801, 6803));
}

TEST_F(ProcessorTest, TriesAGivenPortOnlyThereEvenIfItIsToBeAvoided) {
  options_.avoid_ports = {7000};
  ASSERT_TRUE(Bind("127.0.0.1:7000").ok());
  EXPECT_THAT(script_.listened_ports, ElementsAre(7000));
}

TEST_F(ProcessorTest, LetsTheSystemChooseAPortThatIsNotToBeAvoided) {
  options_.port_max = 0;
  options_.avoid_ports = {20001, 20002};
  script_.chosen_ports = {20001, 20002, 20003};
  ASSERT_TRUE(Bind().ok());
  EXPECT_EQ(processor_.addr().port(), 20003);
  EXPECT_EQ(script_.open_listeners, 1);
}

TEST_F(ProcessorTest, NamesThePortsWhenAllAreTaken) {
  options_.avoid_ports = {6803};
  script_.listens.assign(4, kTaken);
  const absl::Status status = Bind();
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("6800"), HasSubstr("6804"), HasSubstr("avoided: 6803")));
}

TEST_F(ProcessorTest, TriesAsOftenAsToldAndSucceedsWhenAPortBecomesFree) {
  options_.retry_count = 3;
  script_.listens.assign(12, kTaken);
  ASSERT_TRUE(Bind().ok());
  EXPECT_THAT(script_.listened_ports, SizeIs(13));
  EXPECT_EQ(processor_.addr().port(), 6802);
  processor_.Stop();
  script_.listens.assign(100, kTaken);
  script_.listened_ports.clear();
  EXPECT_TRUE(absl::IsAlreadyExists(Bind()));
  EXPECT_THAT(script_.listened_ports, SizeIs(15));
}

TEST_F(ProcessorTest, DoesNotTryAgainWhatNoTimeMends) {
  options_.retry_count = 3;
  script_.listens = {absl::PermissionDeniedError("no")};
  EXPECT_TRUE(absl::IsPermissionDenied(Bind()));
  EXPECT_THAT(script_.listened_ports, SizeIs(1));
}

TEST_F(ProcessorTest, BindsOnceUntilItIsStopped) {
  ASSERT_TRUE(Bind().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Bind()));
  processor_.Stop();
  EXPECT_EQ(script_.open_listeners, 0);
  options_.avoid_ports = {6800};
  ASSERT_TRUE(Bind().ok());
  EXPECT_EQ(processor_.addr().port(), 6801);
}

TEST_F(ProcessorTest, AcceptsOnlyAfterStart) {
  ASSERT_TRUE(Bind().ok());
  SetAccepts({0});
  EXPECT_EQ(Round(), 0);
  processor_.Start();
  EXPECT_EQ(Round(), 1);
  EXPECT_THAT(accepted_, SizeIs(1));
}

TEST_F(ProcessorTest, GivesEachConnectionToTheLeastLoadedWorker) {
  BindAndStart();
  stack_.worker(0)->AddRef();
  stack_.worker(0)->AddRef();
  SetAccepts({0, 0, 0, 0, 0});
  Round();
  EXPECT_THAT(accepted_, ElementsAre(1, 2, 1, 2, 0));
}

TEST_F(ProcessorTest, GoesOnWhenAPeerWentAwayOrACallWasInterrupted) {
  BindAndStart();
  SetAccepts({ECONNABORTED, 0, EINTR, ECONNABORTED, 0});
  Round();
  EXPECT_THAT(accepted_, SizeIs(2));
}

TEST_F(ProcessorTest, LeavesTimeForOthersInALongQueue) {
  BindAndStart();
  SetAccepts(std::deque<int>(200, 0));
  Round();
  EXPECT_GT(accepted_.size(), 0u);
  EXPECT_LT(accepted_.size(), 200u);
  for (int i = 0; i < 10; ++i) Round();
  EXPECT_THAT(accepted_, SizeIs(200));
}

TEST_F(ProcessorTest, PausesWithoutDescriptorsAndGoesOnAfterwards) {
  for (const int error : {EMFILE, ENFILE}) {
    accepted_.clear();
    ASSERT_NO_FATAL_FAILURE(BindAndStart());
    SetAccepts({error, error, 0});
    EXPECT_EQ(Round(), 1);
    EXPECT_EQ(Round(), 0);  // readable all the time, but not watched
    clock_.Advance(absl::Milliseconds(99));
    EXPECT_EQ(Round(), 0);
    clock_.Advance(absl::Milliseconds(1));
    Round();  // the pause ends
    EXPECT_EQ(Round(), 1);
    EXPECT_EQ(Round(), 0);  // it failed again
    clock_.Advance(absl::Milliseconds(100));
    Round();
    Round();
    EXPECT_THAT(accepted_, SizeIs(1));
    processor_.Stop();
  }
}

TEST_F(ProcessorTest, PausesAfterTooManyOtherFailuresInARow) {
  options_.max_accept_failures = 3;
  BindAndStart();
  SetAccepts({EINVAL, EINVAL, 0, EINVAL, EINVAL, EINVAL, 0});
  for (int i = 0; i < 3; ++i) Round();
  EXPECT_THAT(accepted_, SizeIs(1));  // and the count starts anew, with one failure since
  for (int i = 0; i < 5; ++i) Round();
  EXPECT_THAT(script_.accepts, ElementsAre(0));  // the third in a row made it pause
  clock_.Advance(absl::Milliseconds(100));
  Round();
  Round();
  EXPECT_THAT(accepted_, SizeIs(2));
}

TEST_F(ProcessorTest, StopDuringAPauseEndsIt) {
  BindAndStart();
  SetAccepts({EMFILE, 0});
  Round();
  processor_.Stop();
  processor_.Stop();
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Round(), 0);
  EXPECT_EQ(script_.open_listeners, 0);
  EXPECT_THAT(accepted_, SizeIs(0));
}

TEST_F(ProcessorTest, TheCallbackMayStopIt) {
  BindAndStart();
  on_accept_ = [&] { processor_.Stop(); };
  SetAccepts({0, 0, 0});
  Round();
  EXPECT_THAT(accepted_, SizeIs(1));
  EXPECT_EQ(script_.open_listeners, 0);
}

}  // namespace
}  // namespace siphon
