// KeepPlacement: keeps objects where they are when a change of the map would move them.
//
// The OSDs of this project do not copy objects to where CRUSH wants them next. So when weights,
// the hierarchy or a pool's rule change, each placement group that would be led by another OSD
// stays with the one that leads it: by an "upmap" if that OSD is in, by a temporary mapping if it
// is out but up. What pins a group is taken away when CRUSH agrees with it again. To clients and
// tools it looks like a cluster that has not yet begun to move its data.
//
// Threads: any; a pure function.
#ifndef SIPHON_SERVICES_MON_STATE_PLACEMENT_KEEPER_H_
#define SIPHON_SERVICES_MON_STATE_PLACEMENT_KEEPER_H_

#include "absl/status/status.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_map_incremental.h"

namespace siphon::mon {

// Adds to `change`, which is to be applied to `before`, what keeps the groups of pools that stay.
// Errors: as OsdMap::Apply().
absl::Status KeepPlacement(const rados::OsdMap& before, rados::OsdMapIncremental* change);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_PLACEMENT_KEEPER_H_
