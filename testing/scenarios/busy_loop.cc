#include "testing/scenarios/busy_loop.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "testing/scenarios/scenario_message.h"

namespace siphon {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

std::optional<BusyLoop::Speed> BusyLoop::Run(const ConnectionPtr& connection,
                                             absl::Duration duration,
                                             std::function<void(absl::Duration)> turn,
                                             const std::function<void()>& meanwhile) {
  turn_ = std::move(turn);
  {
    MutexLock lock(mutex_);
    running_ = true;
    begun_ = window_begun_ = sent_ = absl::Now();
    end_ = begun_ + duration;
    window_ = std::min(kWindow, duration / 10);
    window_trips_ = trips_ = 0;
    speed_ = Speed();
    speed_.slowest = std::numeric_limits<double>::infinity();
  }
  SendPing(connection);
  while (true) {
    if (meanwhile) meanwhile();
    MutexLock lock(mutex_);
    if (running_) changed_.WaitFor(mutex_, absl::Milliseconds(10));
    if (!running_) return speed_;
    if (absl::Now() - sent_ > kPatience) return std::nullopt;
  }
}

void BusyLoop::SendPing(const ConnectionPtr& connection) {
  auto ping = std::make_unique<ScenarioMessage>();
  ping->mutable_data().Append(data_);
  connection->Send(std::move(ping));
}

void BusyLoop::EndWindow(absl::Time now) {
  const double seconds = absl::ToDoubleSeconds(now - window_begun_);
  speed_.slowest = std::min(speed_.slowest, static_cast<double>(window_trips_) / seconds);
  window_begun_ = now;
  window_trips_ = 0;
}

void BusyLoop::FastDispatch(MessagePtr message) {
  absl::Duration elapsed;
  bool last;
  {
    MutexLock lock(mutex_);
    const absl::Time now = absl::Now();
    ++trips_;
    ++window_trips_;
    speed_.longest = std::max(speed_.longest, now - sent_);
    last = now >= end_;
    if (last || now - window_begun_ >= window_) EndWindow(now);
    sent_ = now;
    elapsed = now - begun_;
    if (last) {
      speed_.per_second = static_cast<double>(trips_) / absl::ToDoubleSeconds(elapsed);
    }
  }
  if (turn_) turn_(elapsed);
  if (!last) {
    SendPing(message->connection());
    return;
  }
  MutexLock lock(mutex_);
  running_ = false;
  changed_.SignalAll();
}

bool BusyLoop::Dispatch(MessagePtr&) { return false; }

}  // namespace siphon
