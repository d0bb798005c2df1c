#include "services/common/mon_subscriptions.h"

#include <utility>

namespace siphon {

bool MonSubscriptions::Want(const std::string& what, uint64_t start, bool one_time) {
  const auto found = wanted_.find(what);
  if (found != wanted_.end()) {
    const rados::MMonSubscribe::Item& have = found->second;
    const bool covered = have.one_time ? one_time && start <= have.start : start <= have.start;
    if (covered) return false;
    if (!have.one_time) one_time = false;
  }
  const rados::MMonSubscribe::Item item{start, one_time};
  wanted_[what] = item;
  unasked_[what] = item;
  return true;
}

void MonSubscriptions::Got(const std::string& what, uint64_t epoch) {
  const auto found = wanted_.find(what);
  if (found == wanted_.end() || epoch < found->second.start) return;
  if (found->second.one_time) {
    wanted_.erase(found);
    unasked_.erase(what);
    return;
  }
  found->second.start = epoch + 1;
  if (const auto unasked = unasked_.find(what); unasked != unasked_.end()) {
    unasked->second.start = epoch + 1;
  }
}

void MonSubscriptions::Forget(const std::string& what) {
  wanted_.erase(what);
  unasked_.erase(what);
}

MonSubscriptions::Items MonSubscriptions::Take() { return std::exchange(unasked_, {}); }

}  // namespace siphon
