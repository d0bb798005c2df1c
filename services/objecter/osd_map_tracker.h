// OsdMapTracker: the newest OSD map that can be made of what monitors and OSDs sent.
//
// Threads: Update() one at a time; the maps that map() hands out are never changed.
#ifndef SIPHON_SERVICES_CLIENT_OSD_MAP_TRACKER_H_
#define SIPHON_SERVICES_CLIENT_OSD_MAP_TRACKER_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/osd_map.h"

namespace siphon::client {

class OsdMapTracker {
 public:
  // Null before the first map.
  const std::shared_ptr<const rados::OsdMap>& map() const { return map_; }
  uint32_t epoch() const { return map_ ? map_->epoch : 0; }

  struct Outcome {
    bool changed = false;
    // The message is of newer epochs, but they do not follow ours or cannot be read: a full map is
    // to be asked for.
    bool needs_full = false;
    absl::Status error;  // why, for the log
  };
  // Takes over what `message` has beyond epoch(). Maps of another cluster are an error.
  Outcome Update(const rados::MOsdMap& message);

 private:
  absl::Status ApplyTo(const rados::MOsdMap& message, rados::OsdMap& map) const;

  std::shared_ptr<const rados::OsdMap> map_;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OSD_MAP_TRACKER_H_
