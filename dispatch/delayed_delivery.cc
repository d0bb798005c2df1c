#include "dispatch/delayed_delivery.h"

#include <memory>
#include <utility>

namespace siphon {

DelayedDelivery::DelayedDelivery(EventCenter* center, std::function<void(MessagePtr)> deliver)
    : center_(center), deliver_(std::move(deliver)) {}

void DelayedDelivery::Queue(MessagePtr message, absl::Duration delay) {
  messages_.push_back(std::move(message));
  // The timer has to know its own name, which it gets after it was made.
  auto id = std::make_unique<TimerId>(0);
  TimerId* const id_place = id.get();
  *id_place = center_->CreateTimeEvent(delay, [this, id = std::move(id)] { OnTimer(*id); });
  timers_.insert(*id_place);
}

void DelayedDelivery::OnTimer(TimerId timer) {
  timers_.erase(timer);
  DeliverFirst();
}

void DelayedDelivery::DeliverFirst() {
  if (messages_.empty()) return;
  MessagePtr message = std::move(messages_.front());
  messages_.pop_front();
  deliver_(std::move(message));
}

void DelayedDelivery::Flush() {
  CancelTimers();
  // What is queued by a delivery has its own timer, and its turn then.
  for (size_t left = messages_.size(); left > 0; --left) DeliverFirst();
}

void DelayedDelivery::Discard() {
  CancelTimers();
  std::deque<MessagePtr> dropped;
  dropped.swap(messages_);  // so that what their ends set off finds nothing half done
}

void DelayedDelivery::CancelTimers() {
  for (const TimerId timer : timers_) center_->DeleteTimeEvent(timer);
  timers_.clear();
}

}  // namespace siphon
