// OsdMap::Apply(): from one epoch to the next.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/rados/osd_map.h"

namespace siphon::rados {
namespace {

// Both sorted; the result is too, with neighbours joined.
// Every OSD that the incremental names must have a place in the map.
template <typename Map>
bool AllBelow(const Map& by_osd, int32_t max_osd) {
  return by_osd.empty() || (by_osd.begin()->first >= 0 && by_osd.rbegin()->first < max_osd);
}

bool NamesOnlyKnownOsds(const OsdMapIncremental& inc, int32_t max_osd) {
  return AllBelow(inc.new_up_client, max_osd) && AllBelow(inc.new_state, max_osd) &&
         AllBelow(inc.new_weight, max_osd) && AllBelow(inc.new_primary_affinity, max_osd) &&
         AllBelow(inc.new_hb_back_up, max_osd) && AllBelow(inc.new_hb_front_up, max_osd) &&
         AllBelow(inc.new_up_cluster, max_osd) && AllBelow(inc.new_up_thru, max_osd) &&
         AllBelow(inc.new_last_clean_interval, max_osd) && AllBelow(inc.new_lost, max_osd) &&
         AllBelow(inc.new_uuid, max_osd) && AllBelow(inc.new_xinfo, max_osd);
}

}  // namespace

absl::Status OsdMap::Apply(const OsdMapIncremental& inc) {
  if (inc.epoch != epoch + 1)
    return absl::FailedPreconditionError(absl::StrCat(
        "the OSD map is of epoch ", epoch, "; it cannot take the change to epoch ", inc.epoch));
  if (epoch != 0 && inc.fsid != fsid)
    return absl::FailedPreconditionError(absl::StrCat("a change to the OSD map of cluster ",
                                                      inc.fsid.ToString(), "; this is cluster ",
                                                      fsid.ToString()));
  if (!inc.full_map.empty()) {
    absl::StatusOr<OsdMap> full = Decode(inc.full_map);
    if (full.ok()) *this = *std::move(full);
    return full.status();
  }
  OsdMap next = *this;
  const int32_t next_max = inc.new_max_osd >= 0 ? inc.new_max_osd : max_osd;
  if (next_max > kMaxOsds || !NamesOnlyKnownOsds(inc, next_max))
    return absl::InvalidArgumentError(absl::StrCat("the change to OSD map epoch ", inc.epoch,
                                                   " names OSDs beyond max_osd ", next_max));
  next.fsid = inc.fsid;
  next.epoch = inc.epoch;
  next.modified = inc.modified;
  next.SetMaxOsd(next_max);
  next.ApplyPools(inc);
  next.ApplyOsds(inc);
  next.ApplyPlacement(inc);
  next.ApplySettings(inc);
  if (!inc.crush.empty()) {
    Decoder d(inc.crush);
    next.crush = std::make_shared<CrushMap>(CrushMap::Decode(d));
    if (!d.ok()) return d.status();
    ++next.crush_version;
  }
  if (inc.full_crc != 0) {
    uint32_t crc = 0;
    next.Encode(&crc);
    if (crc != inc.full_crc)
      return absl::DataLossError(
          absl::StrFormat("OSD map epoch %u has checksum 0x%08x after the change, expected 0x%08x; "
                          "fetch the full map",
                          inc.epoch, crc, inc.full_crc));
  }
  *this = std::move(next);
  return absl::OkStatus();
}

void OsdMap::ApplyPools(const OsdMapIncremental& inc) {
  if (inc.new_pool_max != -1) pool_max = static_cast<int32_t>(inc.new_pool_max);
  for (const auto& [id, pool] : inc.new_pools) {
    pools[id] = pool;
    pools[id].last_change = epoch;
  }
  for (const auto& [id, name] : inc.new_pool_names) pool_names[id] = name;
  for (const int64_t id : inc.old_pools) {
    pools.erase(id);
    pool_names.erase(id);
  }
  new_removed_snaps = inc.new_removed_snaps;
  new_purged_snaps = inc.new_purged_snaps;
  for (const auto& [id, snaps] : new_removed_snaps) {
    IntervalSet& queue = removed_snaps_queue[id];
    queue = Union(queue, snaps);
  }
  for (const auto& [id, snaps] : new_purged_snaps) {
    const auto queue = removed_snaps_queue.find(id);
    if (queue == removed_snaps_queue.end()) continue;
    queue->second = Subtract(queue->second, snaps);
    if (queue->second.empty()) removed_snaps_queue.erase(queue);
  }
}

void OsdMap::ApplyOsds(const OsdMapIncremental& inc) {
  for (const auto& [osd, weight] : inc.new_weight) {
    osd_weight[osd] = weight;
    if (weight == 0) continue;
    osd_state[osd] |= kOsdExists;  // so a new OSD begins
    osd_state[osd] &= ~(kOsdAutoOut | kOsdNew);
    osd_xinfo[osd].old_weight = 0;
  }
  for (const auto& [osd, affinity] : inc.new_primary_affinity) {
    if (primary_affinity.empty()) primary_affinity.resize(max_osd, kDefaultAffinity);
    primary_affinity[osd] = affinity;
  }
  ApplyStates(inc);
  for (const auto& [osd, addrs] : inc.new_up_client) {
    osd_state[osd] |= kOsdExists | kOsdUp;
    client_addrs[osd] = addrs;
    osd_info[osd].up_from = epoch;
  }
  for (const auto& [osd, addrs] : inc.new_hb_back_up) hb_back_addrs[osd] = addrs;
  for (const auto& [osd, addrs] : inc.new_hb_front_up) hb_front_addrs[osd] = addrs;
  for (const auto& [osd, addrs] : inc.new_up_cluster) cluster_addrs[osd] = addrs;
  for (const auto& [osd, thru] : inc.new_up_thru) osd_info[osd].up_thru = thru;
  for (const auto& [osd, interval] : inc.new_last_clean_interval) {
    osd_info[osd].last_clean_begin = interval.first;
    osd_info[osd].last_clean_end = interval.second;
  }
  for (const auto& [osd, lost] : inc.new_lost) osd_info[osd].lost_at = lost;
  for (const auto& [osd, info] : inc.new_xinfo) osd_xinfo[osd] = info;
  for (const auto& [osd, uuid] : inc.new_uuid) osd_uuid[osd] = uuid;
}

void OsdMap::ApplyStates(const OsdMapIncremental& inc) {
  for (const auto& [osd, bits] : inc.new_state) {
    const uint32_t toggled = bits != 0 ? bits : static_cast<uint32_t>(kOsdUp);
    uint32_t& state = osd_state[osd];
    if ((state & toggled & kOsdUp) != 0) {
      osd_info[osd].down_at = epoch;
      osd_xinfo[osd].down_stamp = modified;
    }
    if ((state & toggled & kOsdExists) == 0) {
      state ^= toggled;
      continue;
    }
    // It is gone: nothing of it stays.
    state = 0;
    osd_uuid[osd] = Uuid();
    osd_info[osd] = OsdInfo();
    osd_xinfo[osd] = OsdXInfo();
    if (!primary_affinity.empty()) primary_affinity[osd] = kDefaultAffinity;
    client_addrs[osd] = cluster_addrs[osd] = EntityAddrVec();
    hb_back_addrs[osd] = hb_front_addrs[osd] = EntityAddrVec();
  }
}

void OsdMap::ApplyPlacement(const OsdMapIncremental& inc) {
  for (const auto& [pg, osds] : inc.new_pg_temp) {
    if (osds.empty())
      pg_temp.erase(pg);
    else
      pg_temp[pg] = osds;
  }
  for (const auto& [pg, osd] : inc.new_primary_temp) {
    if (osd == -1)
      primary_temp.erase(pg);
    else
      primary_temp[pg] = osd;
  }
  for (const auto& [pg, osds] : inc.new_pg_upmap) pg_upmap[pg] = osds;
  for (const PgId& pg : inc.old_pg_upmap) pg_upmap.erase(pg);
  for (const auto& [pg, items] : inc.new_pg_upmap_items) pg_upmap_items[pg] = items;
  for (const PgId& pg : inc.old_pg_upmap_items) pg_upmap_items.erase(pg);
}

void OsdMap::ApplySettings(const OsdMapIncremental& inc) {
  if (inc.new_flags >= 0) flags = static_cast<uint32_t>(inc.new_flags);
  if (inc.new_last_up_change != absl::UnixEpoch()) last_up_change = inc.new_last_up_change;
  if (inc.new_last_in_change != absl::UnixEpoch()) last_in_change = inc.new_last_in_change;
  for (const std::string& name : inc.old_erasure_code_profiles) erasure_code_profiles.erase(name);
  for (const auto& [name, profile] : inc.new_erasure_code_profiles)
    erasure_code_profiles[name] = profile;
  for (const auto& [addr, until] : inc.new_blocklist) blocklist[addr] = until;
  for (const EntityAddr& addr : inc.old_blocklist) blocklist.erase(addr);
  for (const auto& [node, bits] : inc.new_crush_node_flags) {
    if (bits == 0)
      crush_node_flags.erase(node);
    else
      crush_node_flags[node] = bits;
  }
  for (const auto& [device_class, bits] : inc.new_device_class_flags) {
    if (bits == 0)
      device_class_flags.erase(device_class);
    else
      device_class_flags[device_class] = bits;
  }
  cluster_snapshot = inc.cluster_snapshot;
  cluster_snapshot_epoch = cluster_snapshot.empty() ? 0 : epoch;
  if (inc.new_nearfull_ratio >= 0) nearfull_ratio = inc.new_nearfull_ratio;
  if (inc.new_full_ratio >= 0) full_ratio = inc.new_full_ratio;
  if (inc.new_backfillfull_ratio >= 0) backfillfull_ratio = inc.new_backfillfull_ratio;
  if (inc.new_require_min_compat_client != OsdMapIncremental::kNoRelease)
    require_min_compat_client = inc.new_require_min_compat_client;
  if (inc.new_require_osd_release != OsdMapIncremental::kNoRelease) {
    require_osd_release = inc.new_require_osd_release;
    if (require_osd_release >= kReleaseLuminous) flags |= kRecoveryDeletes;
  }
}

}  // namespace siphon::rados
