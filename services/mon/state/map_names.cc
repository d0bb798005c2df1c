#include "services/mon/state/map_names.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

using rados::OsdMap;

struct BitName {
  uint64_t bit;
  const char* name;
};

constexpr BitName kMapFlags[] = {
    {OsdMap::kNearFull, "nearfull"},
    {OsdMap::kFull, "full"},
    {OsdMap::kPauseRead, "pauserd"},
    {OsdMap::kPauseWrite, "pausewr"},
    {OsdMap::kPauseRecovery, "pauserec"},
    {OsdMap::kNoUp, "noup"},
    {OsdMap::kNoDown, "nodown"},
    {OsdMap::kNoOut, "noout"},
    {OsdMap::kNoIn, "noin"},
    {OsdMap::kNoBackfill, "nobackfill"},
    {OsdMap::kNoRebalance, "norebalance"},
    {OsdMap::kNoRecover, "norecover"},
    {OsdMap::kNoScrub, "noscrub"},
    {OsdMap::kNoDeepScrub, "nodeep-scrub"},
    {OsdMap::kNoTierAgent, "notieragent"},
    {OsdMap::kNoSnapTrim, "nosnaptrim"},
    {OsdMap::kSortBitwise, "sortbitwise"},
    {OsdMap::kRecoveryDeletes, "recovery_deletes"},
    {OsdMap::kPurgedSnapDirs, "purged_snapdirs"},
    {OsdMap::kPgLogHardLimit, "pglog_hardlimit"},
};

constexpr BitName kPoolFlags[] = {
    {1 << 0, "hashpspool"},    {1 << 1, "full"},
    {1 << 2, "ec_overwrites"}, {1 << 3, "incomplete_clones"},
    {1 << 4, "nodelete"},      {1 << 5, "nopgchange"},
    {1 << 6, "nosizechange"},  {1 << 7, "write_fadvise_dontneed"},
    {1 << 8, "noscrub"},       {1 << 9, "nodeep-scrub"},
    {1 << 10, "full_quota"},   {1 << 11, "nearfull"},
    {1 << 12, "backfillfull"}, {1 << 13, "selfmanaged_snaps"},
    {1 << 14, "pool_snaps"},   {1 << 15, "creating"},
    {1 << 16, "eio"},          {1 << 17, "bulk"},
};

constexpr BitName kOsdStates[] = {
    {rados::kOsdExists, "exists"},
    {rados::kOsdUp, "up"},
    {rados::kOsdAutoOut, "autoout"},
    {rados::kOsdNew, "new"},
    {rados::kOsdFull, "full"},
    {rados::kOsdNearFull, "nearfull"},
    {rados::kOsdBackfillFull, "backfillfull"},
    {rados::kOsdDestroyed, "destroyed"},
    {rados::kOsdNoUp, "noup"},
    {rados::kOsdNoDown, "nodown"},
    {rados::kOsdNoIn, "noin"},
    {rados::kOsdNoOut, "noout"},
    {rados::kOsdStop, "stop"},
};

constexpr BitName kMonFeatures[] = {
    {1, "kraken"},    {2, "luminous"}, {4, "mimic"},    {8, "osdmap-prune"},
    {16, "nautilus"}, {32, "octopus"}, {64, "pacific"}, {128, "elector-pinging"},
};

template <size_t N>
std::vector<std::string> Names(const BitName (&table)[N], uint64_t bits) {
  std::vector<std::string> names;
  for (const BitName& known : table)
    if ((bits & known.bit) != 0) names.push_back(known.name);
  return names;
}

}  // namespace

std::string TimeText(absl::Time time) {
  if (time <= absl::UnixEpoch()) return "0.000000";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6S%z", time, absl::UTCTimeZone());
}

std::string IntervalText(const rados::IntervalSet& set) {
  std::vector<std::string> parts;
  for (const auto& [start, length] : set)
    parts.push_back(absl::StrCat(absl::Hex(start), "~", absl::Hex(length)));
  return absl::StrCat("[", absl::StrJoin(parts, ","), "]");
}

std::string OsdMapFlagNames(uint32_t flags) { return absl::StrJoin(Names(kMapFlags, flags), ","); }
std::string PoolFlagNames(uint64_t flags) { return absl::StrJoin(Names(kPoolFlags, flags), ","); }
std::vector<std::string> OsdStateNames(uint32_t state) {
  std::vector<std::string> names = Names(kOsdStates, state);
  std::sort(names.begin(), names.end());  // as Ceph prints them
  return names;
}
std::vector<std::string> MonFeatureNames(uint64_t features) {
  return Names(kMonFeatures, features);
}

std::string ReleaseName(uint8_t release) {
  constexpr const char* kNames[] = {"unknown", "argonaut", "bobtail",  "cuttlefish", "dumpling",
                                    "emperor", "firefly",  "giant",    "hammer",     "infernalis",
                                    "jewel",   "kraken",   "luminous", "mimic",      "nautilus",
                                    "octopus", "pacific",  "quincy",   "reef"};
  return release < std::size(kNames) ? kNames[release] : "unknown";
}

std::string MinCompatClient(const OsdMap& map) {
  const bool luminous =
      !map.pg_upmap.empty() || !map.pg_upmap_items.empty() || !map.crush->choose_args.empty();
  return luminous ? "luminous" : "jewel";
}

}  // namespace siphon::mon
