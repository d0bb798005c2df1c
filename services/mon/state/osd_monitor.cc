#include "services/mon/state/osd_monitor.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

// Addresses that the sender bound without knowing its own IP.
EntityAddrVec WithIpOf(EntityAddrVec addrs, const EntityAddrVec& known) {
  for (EntityAddr& addr : addrs.addrs())
    if (addr.is_blank_ip()) addr.set_ip_from(known.front());
  return addrs;
}

absl::Status NotUp(int32_t osd) {
  return absl::FailedPreconditionError(absl::StrCat("osd.", osd, " is not up"));
}

absl::Status NoSuchOsd(int32_t osd) {
  return absl::NotFoundError(absl::StrCat("osd.", osd, " does not exist"));
}

}  // namespace

absl::Status OsdMonitor::Boot(int32_t osd, const EntityAddrVec& public_addrs,
                              const rados::MOsdBoot& boot) {
  const rados::OsdSuperblock& superblock = boot.superblock;
  if (superblock.cluster_fsid != map().fsid)
    return absl::InvalidArgumentError(
        absl::StrCat("osd.", osd, " is of cluster ", superblock.cluster_fsid.ToString()));
  if (superblock.whoami != osd)
    return absl::InvalidArgumentError(
        absl::StrCat("osd.", osd, " boots with the store of osd.", superblock.whoami));
  if (!map().Exists(osd)) return NoSuchOsd(osd);
  const rados::Uuid known = map().osd_uuid[osd];  // a copy: commits below replace the map
  if (!known.is_zero() && known != superblock.osd_fsid)
    return absl::AlreadyExistsError(absl::StrCat("osd.", osd, " boots with the store ",
                                                 superblock.osd_fsid.ToString(), "; it is ",
                                                 known.ToString()));
  if (public_addrs.front().is_blank_ip())
    return absl::InvalidArgumentError(absl::StrCat("osd.", osd, " boots without an address"));
  if (map().HasFlag(rados::OsdMap::kNoUp) || (map().State(osd) & rados::kOsdNoUp) != 0)
    return absl::FailedPreconditionError(absl::StrCat("osd.", osd, " must not come up: noup"));

  if (map().IsUp(osd)) {
    if (map().ClientAddrs(osd) == public_addrs) {
      Beacon(osd);
      return absl::OkStatus();  // it boots again because the map has not reached it
    }
    if (absl::Status status = MarkDown(osd); !status.ok()) return status;
  }
  rados::OsdMapIncremental change = NewChange();
  change.new_up_client[osd] = public_addrs;
  change.new_up_cluster[osd] = WithIpOf(boot.cluster_addrs, public_addrs);
  change.new_hb_back_up[osd] = WithIpOf(boot.hb_back_addrs, public_addrs);
  change.new_hb_front_up[osd] = WithIpOf(boot.hb_front_addrs, public_addrs);
  change.new_last_up_change = change.modified;
  if (known.is_zero()) change.new_uuid[osd] = superblock.osd_fsid;
  rados::OsdXInfo info = map().osd_xinfo[osd];
  info.features = boot.osd_features;
  info.last_purged_snaps_scrub = std::max(absl::UnixEpoch(), superblock.last_purged_snaps_scrub);
  info.dead_epoch = 0;
  // Out by nobody's wish, or never in before.
  if ((map().State(osd) & (rados::kOsdAutoOut | rados::kOsdNew)) != 0 &&
      !map().HasFlag(rados::OsdMap::kNoIn) && (map().State(osd) & rados::kOsdNoIn) == 0)
    AddMarkIn(osd, &info, &change);
  change.new_xinfo[osd] = info;
  if (absl::Status status = CommitMove(std::move(change)); !status.ok()) return status;
  Beacon(osd);
  failures_.Forget(osd);
  LOG(INFO) << "mon: osd." << osd << " is up at " << public_addrs.ToString() << ", epoch "
            << maps_->epoch();
  return absl::OkStatus();
}

void OsdMonitor::AddMarkIn(int32_t osd, rados::OsdXInfo* info,
                           rados::OsdMapIncremental* change) const {
  change->new_weight[osd] = info->old_weight != 0 ? info->old_weight : rados::OsdMap::kWeightIn;
  change->new_last_in_change = change->modified;
  info->old_weight = 0;
}

size_t OsdMonitor::ReportersNeeded(int32_t target) const {
  size_t others = 0;
  for (int32_t osd = 0; osd < map().max_osd; ++osd)
    if (osd != target && map().IsUp(osd)) ++others;
  const size_t wanted = static_cast<size_t>(config_->GetInt("mon_osd_min_down_reporters"));
  return std::max<size_t>(1, std::min(wanted, others));
}

absl::Status OsdMonitor::Failure(int32_t reporter, const rados::MOsdFailure& failure) {
  const int32_t target = failure.target;
  if (failure.fsid != map().fsid)
    return absl::InvalidArgumentError("a failure report of another cluster");
  if (!map().IsUp(reporter)) return NotUp(reporter);
  if (!failure.failed()) {
    failures_.Withdraw(target, reporter);
    return absl::OkStatus();
  }
  if (target == reporter || !map().IsUp(target)) return NotUp(target);
  if (failure.target_addrs != map().ClientAddrs(target))
    return absl::FailedPreconditionError(
        absl::StrCat("osd.", target, " is not at ", failure.target_addrs.ToString(), " any more"));
  const size_t reporters = failures_.Report(target, reporter);
  if (!failure.immediate() && reporters < ReportersNeeded(target)) return absl::OkStatus();
  if (map().HasFlag(rados::OsdMap::kNoDown) || (map().State(target) & rados::kOsdNoDown) != 0)
    return absl::FailedPreconditionError(absl::StrCat("osd.", target, " stays up: nodown"));
  LOG(INFO) << "mon: osd." << target << " failed: " << reporters << " reporter(s), the last osd."
            << reporter << (failure.immediate() ? ", nobody listens there" : "");
  return MarkDown(target);
}

void OsdMonitor::AddMarkDown(int32_t osd, bool dead, rados::OsdMapIncremental* change) {
  change->ToggleState(osd, rados::kOsdUp);
  change->new_last_up_change = change->modified;
  if (!dead) return;
  rados::OsdXInfo info = map().osd_xinfo[osd];
  info.down_stamp = change->modified;
  info.dead_epoch = change->epoch;
  change->new_xinfo[osd] = info;
}

absl::Status OsdMonitor::MarkDown(int32_t osd, bool dead) {
  if (!map().IsUp(osd)) return absl::OkStatus();
  rados::OsdMapIncremental change = NewChange();
  AddMarkDown(osd, dead, &change);
  absl::Status status = maps_->Commit(std::move(change));
  if (!status.ok()) return status;
  failures_.Forget(osd);
  last_beacon_.erase(osd);
  LOG(INFO) << "mon: osd." << osd << " is down, epoch " << maps_->epoch();
  return absl::OkStatus();
}

absl::Status OsdMonitor::Alive(int32_t osd, uint32_t want_up_thru, uint32_t have_epoch) {
  if (!map().IsUp(osd)) return NotUp(osd);
  if (map().osd_info[osd].up_thru >= want_up_thru) return absl::OkStatus();
  rados::OsdMapIncremental change = NewChange();
  change.new_up_thru[osd] = std::max(want_up_thru, std::min(have_epoch, map().epoch));
  return maps_->Commit(std::move(change));
}

absl::Status OsdMonitor::PgTemp(int32_t osd, const rados::MOsdPgTemp& request) {
  if (!map().IsUp(osd)) return NotUp(osd);
  rados::OsdMapIncremental change = NewChange();
  for (const auto& [pg, osds] : request.pg_temp) {
    const rados::PgPool* pool = map().FindPool(static_cast<int64_t>(pg.pool));
    if (!pool || pg.ps >= pool->pg_num || osds.size() > pool->size) continue;
    if (!std::all_of(osds.begin(), osds.end(), [this](int32_t o) { return map().IsUp(o); }))
      continue;
    const auto it = map().pg_temp.find(pg);
    if (it == map().pg_temp.end() ? osds.empty() : it->second == osds) continue;
    change.new_pg_temp[pg] = osds;
  }
  return change.new_pg_temp.empty() ? absl::OkStatus() : maps_->Commit(std::move(change));
}

absl::Status OsdMonitor::Tick() {
  absl::Status status = MarkSilentDown();
  if (status.ok()) status = MarkLongDownOut();
  if (status.ok()) status = DropExpiredBlocks();
  return status;
}

absl::Status OsdMonitor::MarkSilentDown() {
  const absl::Duration timeout = config_->GetDuration("mon_osd_report_timeout");
  if (timeout == absl::ZeroDuration() || map().HasFlag(rados::OsdMap::kNoDown))
    return absl::OkStatus();
  const MonoNanos now = clock_->Monotonic();
  for (int32_t osd = 0; osd < map().max_osd; ++osd) {
    if (!map().IsUp(osd) || (map().State(osd) & rados::kOsdNoDown) != 0) continue;
    // One that was up when the monitor started has until now to be heard.
    const MonoNanos last = last_beacon_.try_emplace(osd, now).first->second;
    if (absl::Nanoseconds(now - last) < timeout) continue;
    LOG(INFO) << "mon: osd." << osd << " has sent no beacon for "
              << absl::FormatDuration(absl::Nanoseconds(now - last));
    if (absl::Status status = MarkDown(osd); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status OsdMonitor::MarkLongDownOut() {
  const absl::Duration interval = config_->GetDuration("mon_osd_down_out_interval");
  if (interval == absl::ZeroDuration() || map().HasFlag(rados::OsdMap::kNoOut))
    return absl::OkStatus();
  rados::OsdMapIncremental change = NewChange();
  for (int32_t osd = 0; osd < map().max_osd; ++osd) {
    rados::OsdXInfo info = map().osd_xinfo[osd];
    const bool was_up = info.down_stamp > absl::UnixEpoch();
    if (map().IsUp(osd) || !map().IsIn(osd) || !was_up) continue;
    if ((map().State(osd) & rados::kOsdNoOut) != 0) continue;
    if (change.modified - info.down_stamp < interval) continue;
    info.old_weight = map().Weight(osd);
    change.new_weight[osd] = 0;
    change.ToggleState(osd, rados::kOsdAutoOut & ~map().State(osd));
    change.new_xinfo[osd] = info;
    LOG(INFO) << "mon: osd." << osd << " is out: it was down for "
              << absl::FormatDuration(change.modified - info.down_stamp);
  }
  if (change.new_weight.empty()) return absl::OkStatus();
  change.new_last_in_change = change.modified;
  return CommitMove(std::move(change));
}

}  // namespace siphon::mon
