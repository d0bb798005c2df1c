// MonSubscriptions: what a process wants from the monitors, and what of it they were asked for.
//
// A monitor forgets subscriptions with the session; then Restart() and Take() give all of them
// again. Threads: one at a time.
#ifndef SIPHON_SERVICES_COMMON_MON_SUBSCRIPTIONS_H_
#define SIPHON_SERVICES_COMMON_MON_SUBSCRIPTIONS_H_

#include <cstdint>
#include <map>
#include <string>

#include "services/rados/messages/mon_subscribe.h"

namespace siphon {

class MonSubscriptions {
 public:
  using Items = std::map<std::string, rados::MMonSubscribe::Item>;

  // Wants `what` ("osdmap", ...) from epoch `start` (0: the current one) on; once, or at each
  // change. A wish that goes on is not replaced by one for the same or an earlier epoch, nor by a
  // single one. True when there is something new to ask for.
  bool Want(const std::string& what, uint64_t start, bool one_time);
  // Epoch `epoch` of `what` came: a single wish is fulfilled, one that goes on wants the next.
  void Got(const std::string& what, uint64_t epoch);
  void Forget(const std::string& what);

  // A new session: nothing was asked for.
  void Restart() { unasked_ = wanted_; }
  // What to ask for now; it counts as asked for.
  Items Take();

 private:
  Items wanted_;
  Items unasked_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_MON_SUBSCRIPTIONS_H_
