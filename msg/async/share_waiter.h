// ShareWaiter: a connection's wait for a share of a throttle.
//
// The share may be granted on any thread, at any moment, even when the connection is being closed:
// the waiter keeps itself alive until then, brings the share to the connection's event center, and
// gives it back if nobody there wants it any more.
//
// Threads: Wait() and Cancel() on the connection's center; OnGranted() on any.
#ifndef SIPHON_MSG_ASYNC_SHARE_WAITER_H_
#define SIPHON_MSG_ASYNC_SHARE_WAITER_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "event/event_center.h"
#include "msg/protocol/machine_host.h"
#include "msg/throttle.h"

namespace siphon {

class AsyncConnection;

class ShareWaiter final : public Throttle::Waiter {
 public:
  ShareWaiter(std::weak_ptr<AsyncConnection> connection, EventCenter* center,
              std::shared_ptr<Throttle> throttle, ThrottleStage stage, uint64_t amount)
      : connection_(std::move(connection)),
        center_(center),
        throttle_(std::move(throttle)),
        stage_(stage),
        amount_(amount) {}

  // True: the share is there at once. False: `waiter` waits for it.
  static bool Wait(const std::shared_ptr<ShareWaiter>& waiter);
  // Nobody wants the share any more.
  void Cancel();

 private:
  void OnGranted() override;

  const std::weak_ptr<AsyncConnection> connection_;
  EventCenter* const center_;
  const std::shared_ptr<Throttle> throttle_;
  const ThrottleStage stage_;
  const uint64_t amount_;
  std::shared_ptr<ShareWaiter> self_;  // while waiting
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_SHARE_WAITER_H_
