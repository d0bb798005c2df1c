// PoolMonitor: what pools are used for.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/mon/state/pool_monitor.h"
#include "services/rados/osd_map.h"

namespace siphon::mon {
namespace {

// As Ceph limits them.
constexpr size_t kMaxApplications = 4;
constexpr size_t kMaxKeys = 64;
constexpr size_t kMaxBytes = 128;  // of a name, key or value

absl::Status NotEnabled(const std::string& application, const std::string& pool) {
  return absl::NotFoundError(
      absl::StrCat("application '", application, "' is not enabled on pool '", pool, "'"));
}

}  // namespace

absl::Status PoolMonitor::EnableApplication(int64_t pool, const std::string& application,
                                            bool force) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (application.empty() || application.size() > kMaxBytes)
    return absl::InvalidArgumentError(
        absl::StrCat("an application's name has 1 to ", kMaxBytes, " bytes"));
  if (found->applications.contains(application)) return absl::OkStatus();
  if (!found->applications.empty() && !force)
    return absl::PermissionDeniedError(
        absl::StrCat("Are you SURE? Pool '", map().pool_names.at(pool),
                     "' already has an enabled application; pass --yes-i-really-mean-it to "
                     "proceed anyway"));
  if (found->applications.size() >= kMaxApplications)
    return absl::InvalidArgumentError(absl::StrCat("too many enabled applications on pool '",
                                                   map().pool_names.at(pool), "'; max ",
                                                   kMaxApplications));
  found->applications[application];
  return Commit(pool, *std::move(found));
}

absl::Status PoolMonitor::DisableApplication(int64_t pool, const std::string& application) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  if (found->applications.erase(application) == 0)
    return NotEnabled(application, map().pool_names.at(pool));
  return Commit(pool, *std::move(found));
}

absl::Status PoolMonitor::SetApplicationValue(int64_t pool, const std::string& application,
                                              const std::string& key,
                                              const std::optional<std::string>& value) {
  absl::StatusOr<rados::PgPool> found = Find(pool);
  if (!found.ok()) return found.status();
  const auto values = found->applications.find(application);
  if (values == found->applications.end())
    return NotEnabled(application, map().pool_names.at(pool));
  if (!value) {
    if (values->second.erase(key) == 0) return absl::OkStatus();
    return Commit(pool, *std::move(found));
  }
  if (key.empty()) return absl::InvalidArgumentError("key cannot be empty");
  if (key.size() > kMaxBytes || value->size() > kMaxBytes)
    return absl::InvalidArgumentError(
        absl::StrCat("key and value of an application have at most ", kMaxBytes, " bytes"));
  if (values->second.size() >= kMaxKeys && !values->second.contains(key))
    return absl::InvalidArgumentError(absl::StrCat("too many keys set for application '",
                                                   application, "' on pool '",
                                                   map().pool_names.at(pool), "'; max ", kMaxKeys));
  values->second[key] = *value;
  return Commit(pool, *std::move(found));
}

}  // namespace siphon::mon
