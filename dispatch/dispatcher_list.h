// DispatcherList: the dispatchers of a messenger, in the order in which they are asked.
//
// Readers take no lock: each change makes a new list, and the old ones are kept until the end, as
// there are only ever a handful.
//
// Threads: any.
#ifndef SIPHON_DISPATCH_DISPATCHER_LIST_H_
#define SIPHON_DISPATCH_DISPATCHER_LIST_H_

#include <atomic>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"

namespace siphon {

class DispatcherList {
 public:
  using Dispatchers = std::vector<Dispatcher*>;

  DispatcherList();
  DispatcherList(const DispatcherList&) = delete;
  DispatcherList& operator=(const DispatcherList&) = delete;

  // Asked before, or after, all that are there.
  void AddHead(Dispatcher* dispatcher);
  void AddTail(Dispatcher* dispatcher);

  // Valid as long as this object; they do not see later additions.
  const Dispatchers& all() const { return current_.load(std::memory_order_acquire)->all; }
  // Those that said CanFastDispatchAny().
  const Dispatchers& fast() const { return current_.load(std::memory_order_acquire)->fast; }

 private:
  struct Version {
    Dispatchers all;
    Dispatchers fast;
  };
  void Add(Dispatcher* dispatcher, bool at_head);

  Mutex mutex_;
  std::vector<std::unique_ptr<const Version>> versions_ ABSL_GUARDED_BY(mutex_);
  std::atomic<const Version*> current_;
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_DISPATCHER_LIST_H_
