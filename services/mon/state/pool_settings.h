// The settings of one pool by the names that `ceph osd pool get` and `ceph osd pool set` know.
//
// Errors: InvalidArgument for a value that cannot be, PermissionDenied where a person must say that
// they mean it, Unauthenticated (EACCES) for what only tiers and erasure-coded pools have,
// Unimplemented for what this cluster's OSDs cannot do, NotFound for an unknown name.
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_STATE_POOL_SETTINGS_H_
#define SIPHON_SERVICES_MON_STATE_POOL_SETTINGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "services/rados/osd_map.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {

// The names, in the order of `ceph osd pool get POOL all`.
const std::vector<std::string>& PoolSettingNames();
// Those names, and "all", as the choices of a command.
std::string PoolSettingChoices(bool with_all);

// NotFound: the pool has no such setting now.
absl::StatusOr<nlohmann::ordered_json> GetPoolSetting(const rados::OsdMap& map,
                                                      const rados::PgPool& pool,
                                                      std::string_view name);

// Changes `pool`, which is of `map`. `sure`: the person said --yes-i-really-mean-it. `min_size` is
// what a size that changes brings with it (osd_pool_default_min_size; 0: Ceph's own rule).
absl::Status SetPoolSetting(const rados::OsdMap& map, std::string_view name, std::string_view value,
                            bool sure, int64_t min_size, rados::PgPool* pool);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_POOL_SETTINGS_H_
