#include "net/network_stack.h"

#include <cstddef>

#include "event/event_center.h"
#include "glog/logging.h"

namespace siphon {

Worker* NetworkStack::AcquireLeastLoaded() {
  MutexLock lock(acquire_mutex_);
  Worker* least = nullptr;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (least == nullptr || worker->refs() < least->refs()) least = worker.get();
  }
  CHECK(least != nullptr) << name() << ": a stack without workers";
  least->AddRef();
  return least;
}

void NetworkStack::Drain() {
  CHECK(EventCenter::Current() == nullptr) << "a worker that drains the stack waits for itself";
  std::vector<Notification> passed(workers_.size());
  for (size_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->center()->Post([&passed, i] { passed[i].Notify(); });
  }
  for (Notification& one : passed) one.WaitForNotification();
}

}  // namespace siphon
