#include "services/common/event_center_timer.h"

#include <utility>

namespace siphon {

EventCenterTimer::~EventCenterTimer() {
  absl::flat_hash_map<Id, Task> forgotten;
  {
    MutexLock lock(state_->mutex);
    forgotten.swap(state_->tasks);
  }
  center_->SubmitAndWait([this] {
    for (const auto& [id, event] : state_->events) center_->DeleteTimeEvent(event);
    state_->events.clear();
  });
}

Timer::Id EventCenterTimer::After(absl::Duration delay, Task task) {
  Id id;
  {
    MutexLock lock(state_->mutex);
    id = state_->next_id++;
    state_->tasks.emplace(id, std::move(task));
  }
  center_->Submit([center = center_, state = state_, id, delay] {
    {
      MutexLock lock(state->mutex);
      if (!state->tasks.contains(id)) return;  // cancelled meanwhile
    }
    state->events[id] = center->CreateTimeEvent(delay, [state, id] { Run(*state, id); });
  });
  return id;
}

void EventCenterTimer::Run(State& state, Id id) {
  state.events.erase(id);
  Task task;
  {
    MutexLock lock(state.mutex);
    const auto found = state.tasks.find(id);
    if (found == state.tasks.end()) return;
    task = std::move(found->second);
    state.tasks.erase(found);
  }
  task();
}

void EventCenterTimer::Cancel(Id id) {
  if (id == 0) return;
  Task forgotten;
  {
    MutexLock lock(state_->mutex);
    const auto found = state_->tasks.find(id);
    if (found == state_->tasks.end()) return;
    forgotten = std::move(found->second);
    state_->tasks.erase(found);
  }
  center_->Submit([center = center_, state = state_, id] {
    const auto event = state->events.find(id);
    if (event == state->events.end()) return;
    center->DeleteTimeEvent(event->second);
    state->events.erase(event);
  });
}

void EventCenterTimer::Drain() {
  center_->SubmitAndWait([] {});
}

}  // namespace siphon
