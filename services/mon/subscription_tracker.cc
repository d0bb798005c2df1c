#include "services/mon/subscription_tracker.h"

namespace siphon::mon {

void SubscriptionTracker::Subscribe(uint64_t session, const std::string& name, uint64_t start,
                                    bool one_time) {
  std::map<std::string, Wanted>& wanted = sessions_[session];
  if (wanted.size() >= kMaxPerSession && !wanted.contains(name)) return;
  wanted[name] = {start, one_time};
}

void SubscriptionTracker::Remove(uint64_t session) { sessions_.erase(session); }

std::optional<uint64_t> SubscriptionTracker::TakeDue(uint64_t session, const std::string& name,
                                                     uint64_t epoch) {
  const auto it = sessions_.find(session);
  if (it == sessions_.end()) return std::nullopt;
  const auto wanted = it->second.find(name);
  if (wanted == it->second.end() || wanted->second.start > epoch) return std::nullopt;
  const uint64_t start = wanted->second.start;
  if (wanted->second.one_time)
    it->second.erase(wanted);
  else
    wanted->second.start = epoch + 1;
  return start;
}

std::vector<uint64_t> SubscriptionTracker::Subscribers(const std::string& name) const {
  std::vector<uint64_t> sessions;
  for (const auto& [session, wanted] : sessions_)
    if (wanted.contains(name)) sessions.push_back(session);
  return sessions;
}

}  // namespace siphon::mon
