// ConfigMonitor: the options that are set centrally for daemons and clients ("ceph config set").
//
// An option is set for a section: "global", a type ("osd"), or one entity ("osd.3"); a type or
// "global" may be narrowed by a mask: "osd/class:ssd", "osd/rack:r1". Of several values for one
// entity the one with a mask wins, then the one for the entity, its type, all.
//
// Kept in the store, each change as one batch with its entry in the history.
// Threads: one at a time. Errors: InvalidArgument for sections, names and values that cannot be.
#ifndef SIPHON_SERVICES_MON_STATE_CONFIG_MONITOR_H_
#define SIPHON_SERVICES_MON_STATE_CONFIG_MONITOR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/mon/state/mon_store.h"

namespace siphon::mon {

class ConfigMonitor {
 public:
  static constexpr size_t kMaxOptions = 10'000;
  static constexpr size_t kMaxValueBytes = 64 << 10;
  static constexpr size_t kHistoryKept = 200;

  struct Section {
    std::string type;           // "global", "osd"
    std::string id;             // "3"; empty: all of the type
    std::string location_type;  // "host" of a mask "host:a"
    std::string location;       // "a"
    std::string device_class;   // of a mask "class:ssd"

    // InvalidArgument: not a section.
    static absl::StatusOr<Section> Parse(std::string_view text);
    std::string Who() const;   // "osd.3"
    std::string Mask() const;  // "host:a"
    std::string ToString() const;
  };
  struct Option {
    Section section;
    std::string name;
    std::string value;
  };
  // An entity, and where it is.
  struct Target {
    std::string type;
    std::string id;                                    // empty: any of the type
    std::map<std::string, std::string> location = {};  // "host" -> "a"
    std::string device_class = {};
  };
  struct Change {
    uint64_t version = 0;
    absl::Time when;
    std::string key;                           // "osd.3/debug_ms"
    std::optional<std::string> before, after;  // nothing: not set
  };

  // `store` is borrowed.
  explicit ConfigMonitor(MonStore* store) : store_(store) {}

  absl::Status Load();
  // Sets, or with nothing takes away. `force`: whatever the name. The same again changes nothing.
  absl::Status Set(std::string_view section, const std::string& name,
                   const std::optional<std::string>& value, bool force, absl::Time now);
  // Everything as it was at `version`. NotFound: no longer known.
  absl::Status Reset(uint64_t version, absl::Time now);

  uint64_t version() const { return version_; }
  // In the order in which people read them: all, monitors, OSDs, clients.
  std::vector<Option> All() const;
  // What an entity gets; each option once, by name.
  std::vector<Option> Effective(const Target& target) const;
  std::vector<Change> History(size_t most) const;  // the newest first

 private:
  absl::Status Commit(const std::map<std::string, std::optional<std::string>>& changes,
                      absl::Time now);

  MonStore* const store_;
  uint64_t version_ = 0;
  std::map<std::string, Option> options_;  // by key: "osd/class:ssd/debug_ms"
  std::map<uint64_t, std::vector<Change>> history_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_CONFIG_MONITOR_H_
