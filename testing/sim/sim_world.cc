#include "testing/sim/sim_world.h"

#include <algorithm>

namespace siphon {

SimWorld::SimWorld(const Options& options)
    : options_(options),
      random_(options.seed),
      trace_(&clock_, options.live_trace),
      network_(&clock_, &random_, &trace_, options.weather),
      user_("user", std::make_unique<SimEventDriver>(&no_descriptors_, &clock_, &random_),
            &clock_) {
  user_.SetOwner();
}

void SimWorld::After(absl::Duration delay, std::function<void()> task) {
  const MonoNanos due = clock_.now() + absl::ToInt64Nanoseconds(delay);
  tasks_.emplace(std::make_pair(due, next_task_++), std::move(task));
}

void SimWorld::AsUserThread(const std::function<void()>& task) {
  user_.Post([&task] { task(); });
  user_.ProcessEvents(absl::ZeroDuration());
}

bool SimWorld::Step(MonoNanos until) {
  ++steps_;
  network_.Advance();
  runnable_.clear();
  MonoNanos next = std::min(NextTask(), network_.NextArrival());
  const MonoNanos now = clock_.now();
  for (size_t i = 0; i < actors_.size(); ++i) {
    const MonoNanos at = actors_[i]->RunnableAt();
    next = std::min(next, at);
    if (at > now) continue;
    const bool starved =
        options_.starved >= 0 && static_cast<size_t>(options_.starved) % actors_.size() == i;
    if (!starved || random_.OneIn(10)) runnable_.push_back(actors_[i]);
  }
  if (next > now) {
    clock_.AdvanceTo(std::min(next, until));
    return next <= until;
  }
  // Who is starved alone keeps time moving.
  clock_.Advance(static_cast<MonoNanos>(1 + random_.Below(options_.step_nanos)));
  const bool task_due = NextTask() <= now;
  const size_t choices = runnable_.size() + (task_due ? 1 : 0);
  if (choices == 0) return true;
  const size_t chosen = random_.Below(choices);
  if (chosen < runnable_.size()) {
    runnable_[chosen]->Run();
    return true;
  }
  auto task = tasks_.extract(tasks_.begin());
  task.mapped()();
  return true;
}

}  // namespace siphon
