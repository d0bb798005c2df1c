#include "services/osd/classes/class_registry.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "services/osd/classes/hello_class.h"
#include "services/osd/classes/lock_class.h"
#include "services/osd/classes/log_class.h"
#include "services/osd/classes/numops_class.h"
#include "services/osd/classes/refcount_class.h"
#include "services/osd/classes/version_class.h"

namespace siphon::osd {
namespace {

// osd_class_load_list of Ceph 16.2.
constexpr std::array<std::string_view, 19> kLoadedByCeph = {
    "2pc_queue", "cas",    "cephfs",    "cmpomap", "fifo",   "hello", "journal",
    "lock",      "log",    "numops",    "otp",     "queue",  "rbd",   "refcount",
    "rgw",       "rgw_gc", "timeindex", "user",    "version"};

}  // namespace

ClassRegistry::ClassRegistry(std::vector<ObjectClass> classes) {
  for (ObjectClass& c : classes) {
    std::string name(c.name);
    classes_.emplace(std::move(name), std::move(c));
  }
}

const ClassRegistry& ClassRegistry::Standard() {
  static const auto* registry = new ClassRegistry(
      {HelloClass(), LockClass(), LogClass(), NumopsClass(), RefcountClass(), VersionClass()});
  return *registry;
}

int32_t ClassRegistry::Find(std::string_view class_name, std::string_view method,
                            const ObjectClass::Method** found) const {
  const auto it = classes_.find(class_name);
  if (it == classes_.end()) {
    const bool loaded = std::ranges::find(kLoadedByCeph, class_name) != kLoadedByCeph.end();
    return loaded ? -EOPNOTSUPP : -EPERM;
  }
  *found = it->second.Find(method);
  return *found == nullptr ? -EOPNOTSUPP : 0;
}

}  // namespace siphon::osd
