// HealthMutes: the health checks that a person does not want to hear of, for a time or for good.
//
// Kept in the store. Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_STATE_HEALTH_MUTES_H_
#define SIPHON_SERVICES_MON_STATE_HEALTH_MUTES_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/mon/state/mon_store.h"

namespace siphon::mon {

class HealthMutes {
 public:
  // `store` is borrowed.
  explicit HealthMutes(MonStore* store) : store_(store) {}

  absl::Status Load();
  absl::Status Mute(const std::string& code, absl::Time until);
  // An empty code: all.
  absl::Status Unmute(const std::string& code);
  bool IsMuted(const std::string& code, absl::Time now) const {
    const auto it = until_.find(code);
    return it != until_.end() && now < it->second;
  }

 private:
  MonStore* const store_;
  std::map<std::string, absl::Time> until_;  // by code
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_HEALTH_MUTES_H_
