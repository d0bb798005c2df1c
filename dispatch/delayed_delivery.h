// DelayedDelivery: holds the received messages of one connection back, for tests of what slow
// networks do (ms_inject_delay_*, messenger model section 4).
//
// Each message brings a timer, and each timer delivers the oldest message: delays vary, the order
// does not.
//
// Threads: the center's, for everything. Time is the center's clock.
#ifndef SIPHON_DISPATCH_DELAYED_DELIVERY_H_
#define SIPHON_DISPATCH_DELAYED_DELIVERY_H_

#include <cstddef>
#include <deque>
#include <functional>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "event/event_center.h"
#include "msg/message.h"

namespace siphon {

class DelayedDelivery {
 public:
  // `center` outlives this. `deliver` may call Queue(), Flush() and Discard(), but not destroy
  // this.
  DelayedDelivery(EventCenter* center, std::function<void(MessagePtr)> deliver);
  DelayedDelivery(const DelayedDelivery&) = delete;
  DelayedDelivery& operator=(const DelayedDelivery&) = delete;
  ~DelayedDelivery() { Discard(); }

  // Delivers `message` in a later round, not before `delay` has passed unless Flush() is called or
  // the timer of one queued behind it is due sooner.
  void Queue(MessagePtr message, absl::Duration delay);
  // Delivers everything now, in order.
  void Flush();
  // Drops everything; the messages give their throttle shares back.
  void Discard();

  bool empty() const { return messages_.empty(); }
  size_t size() const { return messages_.size(); }

 private:
  void OnTimer(TimerId timer);
  void DeliverFirst();
  void CancelTimers();

  EventCenter* const center_;
  const std::function<void(MessagePtr)> deliver_;
  std::deque<MessagePtr> messages_;
  absl::flat_hash_set<TimerId> timers_;  // one a message that was not flushed
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_DELAYED_DELIVERY_H_
