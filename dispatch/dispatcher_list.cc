#include "dispatch/dispatcher_list.h"

#include <utility>

namespace siphon {

DispatcherList::DispatcherList() {
  MutexLock lock(mutex_);
  versions_.push_back(std::make_unique<const Version>());
  current_.store(versions_.back().get(), std::memory_order_release);
}

void DispatcherList::AddHead(Dispatcher* dispatcher) { Add(dispatcher, /*at_head=*/true); }

void DispatcherList::AddTail(Dispatcher* dispatcher) { Add(dispatcher, /*at_head=*/false); }

void DispatcherList::Add(Dispatcher* dispatcher, bool at_head) {
  const bool is_fast = dispatcher->CanFastDispatchAny();
  MutexLock lock(mutex_);
  auto next = std::make_unique<Version>(*versions_.back());
  next->all.insert(at_head ? next->all.begin() : next->all.end(), dispatcher);
  if (is_fast) next->fast.insert(at_head ? next->fast.begin() : next->fast.end(), dispatcher);
  versions_.push_back(std::move(next));
  current_.store(versions_.back().get(), std::memory_order_release);
}

}  // namespace siphon
