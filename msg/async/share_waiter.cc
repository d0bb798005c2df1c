#include "msg/async/share_waiter.h"

#include "msg/async/async_connection.h"

namespace siphon {

bool ShareWaiter::Wait(const std::shared_ptr<ShareWaiter>& waiter) {
  // Before the throttle knows it: the grant may come at once, on another thread.
  waiter->self_ = waiter;
  if (!waiter->throttle_->TakeOrWait(waiter->amount_, waiter.get())) return false;
  waiter->self_.reset();
  return true;
}

void ShareWaiter::Cancel() {
  if (throttle_->Cancel(this)) self_.reset();
}

void ShareWaiter::OnGranted() {
  std::shared_ptr<ShareWaiter> self = std::move(self_);
  center_->Post([self, share = ThrottleShare(throttle_, amount_)]() mutable {
    const std::shared_ptr<AsyncConnection> connection = self->connection_.lock();
    if (connection == nullptr || connection->waiter_ != self) return;  // gives the share back
    connection->waiter_.reset();
    connection->OnShareGranted(self->stage_, std::move(share));
  });
}

}  // namespace siphon
