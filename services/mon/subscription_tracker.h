// SubscriptionTracker: who wants to hear of which maps, and from which epoch on.
//
// Sessions are numbers (a connection's id). A session may subscribe to names that the monitor never
// publishes; it just hears nothing.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_SUBSCRIPTION_TRACKER_H_
#define SIPHON_SERVICES_MON_SUBSCRIPTION_TRACKER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace siphon::mon {

class SubscriptionTracker {
 public:
  // Names that one session may subscribe to at once; more are ignored.
  static constexpr size_t kMaxPerSession = 64;

  // `start`: the first epoch wanted, 0 for the current one whatever it is. Replaces what the
  // session wanted of this name.
  void Subscribe(uint64_t session, const std::string& name, uint64_t start, bool one_time);
  void Remove(uint64_t session);

  // If the session waits for `name` and `epoch` is what it waits for: the epoch to send it from.
  // The subscription then moves on to the epoch after, or ends if it was for one time.
  std::optional<uint64_t> TakeDue(uint64_t session, const std::string& name, uint64_t epoch);
  std::vector<uint64_t> Subscribers(const std::string& name) const;

 private:
  struct Wanted {
    uint64_t start = 0;
    bool one_time = false;
  };
  std::map<uint64_t, std::map<std::string, Wanted>> sessions_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_SUBSCRIPTION_TRACKER_H_
