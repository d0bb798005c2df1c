// OsdMonitor: what people change.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/mon/state/osd_monitor.h"
#include "services/mon/state/placement_keeper.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

// Entries of the block list: each is in every map.
constexpr size_t kMaxBlocked = 100'000;

absl::Status NoSuchOsd(int32_t osd) {
  return absl::NotFoundError(absl::StrCat("osd.", osd, " does not exist"));
}

}  // namespace

absl::Status OsdMonitor::CommitMove(rados::OsdMapIncremental change) {
  if (config_->GetBool("mon_keep_placement"))
    if (absl::Status status = KeepPlacement(map(), &change); !status.ok()) return status;
  return maps_->Commit(std::move(change));
}

absl::Status OsdMonitor::Change(absl::FunctionRef<void(rados::OsdMapIncremental*)> fill) {
  rados::OsdMapIncremental change = NewChange();
  fill(&change);
  return maps_->Commit(std::move(change));
}

absl::Status OsdMonitor::Move(absl::FunctionRef<void(rados::OsdMapIncremental*)> fill) {
  rados::OsdMapIncremental change = NewChange();
  fill(&change);
  return CommitMove(std::move(change));
}

absl::StatusOr<bool> OsdMonitor::SetWeight(int32_t osd, uint32_t weight) {
  if (!map().Exists(osd)) return NoSuchOsd(osd);
  if (map().Weight(osd) == weight) return false;
  rados::OsdMapIncremental change = NewChange();
  change.new_weight[osd] = weight;
  if ((weight == 0) != map().IsOut(osd)) change.new_last_in_change = change.modified;
  // A person's word replaces the monitor's own.
  const uint32_t own = map().State(osd) & (rados::kOsdAutoOut | rados::kOsdNew);
  if (own != 0) change.ToggleState(osd, own);
  if (absl::Status status = CommitMove(std::move(change)); !status.ok()) return status;
  return true;
}

absl::StatusOr<bool> OsdMonitor::SetFlags(uint32_t flags, bool on) {
  const uint32_t next = on ? map().flags | flags : map().flags & ~flags;
  if (next == map().flags) return false;
  const absl::Status status =
      Change([next](auto* change) { change->new_flags = static_cast<int32_t>(next); });
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<bool> OsdMonitor::SetOsdFlags(int32_t osd, uint32_t bits, bool on) {
  if (!map().Exists(osd)) return NoSuchOsd(osd);
  const uint32_t toggled = on ? bits & ~map().State(osd) : bits & map().State(osd);
  if (toggled == 0) return false;
  const absl::Status status = Change([&](auto* change) { change->ToggleState(osd, toggled); });
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<bool> OsdMonitor::ChangeCrush(CrushEdit edit) {
  rados::CrushMap crush = *map().crush;
  const absl::StatusOr<bool> changed = edit(&crush);
  if (!changed.ok() || !*changed) return changed;
  rados::OsdMapIncremental change = NewChange();
  Encoder e(&change.crush);
  crush.Encode(e);
  if (absl::Status status = CommitMove(std::move(change)); !status.ok()) return status;
  return true;
}

absl::StatusOr<bool> OsdMonitor::CreateOrMove(int32_t osd, uint32_t weight,
                                              const rados::CrushLocation& location) {
  if (!map().Exists(osd)) return NoSuchOsd(osd);
  return ChangeCrush([&](rados::CrushMap* crush) {
    return rados::CrushBuilder(crush).CreateOrMove(osd, weight, location);
  });
}

absl::StatusOr<bool> OsdMonitor::SetDeviceClass(int32_t osd, std::string_view device_class) {
  if (!map().Exists(osd)) return NoSuchOsd(osd);
  return ChangeCrush([&](rados::CrushMap* crush) {
    return rados::CrushBuilder(crush).SetDeviceClass(osd, device_class);
  });
}

absl::StatusOr<bool> OsdMonitor::AddReplicatedRule(std::string_view name, std::string_view root,
                                                   std::string_view type,
                                                   std::string_view device_class) {
  return ChangeCrush([&](rados::CrushMap* crush) -> absl::StatusOr<bool> {
    const absl::StatusOr<int32_t> rule =
        rados::CrushBuilder(crush).AddReplicatedRule(name, root, type, device_class);
    if (absl::IsAlreadyExists(rule.status())) return false;
    if (!rule.ok()) return rule.status();
    return true;
  });
}

absl::Status OsdMonitor::AddToBlocklist(const EntityAddr& addr, absl::Time until) {
  if (map().blocklist.size() >= kMaxBlocked && !map().blocklist.contains(addr))
    return absl::OutOfRangeError(
        absl::StrCat("the block list has ", kMaxBlocked, " entries; clear it first"));
  LOG(INFO) << "mon: " << addr.ToString() << " is blocked until " << until;
  return Change([&](auto* change) { change->new_blocklist[addr] = until; });
}

absl::StatusOr<bool> OsdMonitor::RemoveFromBlocklist(const EntityAddr& addr) {
  if (!map().blocklist.contains(addr)) return false;
  const absl::Status status = Change([&](auto* change) { change->old_blocklist = {addr}; });
  if (!status.ok()) return status;
  return true;
}

absl::Status OsdMonitor::ClearBlocklist() {
  if (map().blocklist.empty()) return absl::OkStatus();
  return Change([this](auto* change) {
    for (const auto& item : map().blocklist) change->old_blocklist.push_back(item.first);
  });
}

absl::Status OsdMonitor::DropExpiredBlocks() {
  std::vector<EntityAddr> expired;
  const absl::Time now = clock_->Now();
  for (const auto& [addr, until] : map().blocklist)
    if (until < now) expired.push_back(addr);
  if (expired.empty()) return absl::OkStatus();
  return Change([&](auto* change) { change->old_blocklist = std::move(expired); });
}

absl::StatusOr<int32_t> OsdMonitor::NewOsd(const rados::Uuid& uuid, int32_t wanted) {
  if (uuid.is_zero()) return absl::InvalidArgumentError("the uuid of an OSD must not be zero");
  for (int32_t osd = 0; osd < map().max_osd; ++osd) {
    if (!map().Exists(osd) || map().osd_uuid[osd] != uuid) continue;
    if (wanted < 0 || wanted == osd) return osd;
    return absl::AlreadyExistsError(
        absl::StrCat("uuid ", uuid.ToString(), " is that of osd.", osd, " already"));
  }
  int32_t id = wanted;
  if (wanted < 0) {
    id = 0;
    while (map().Exists(id)) ++id;
  } else if (map().Exists(wanted) && (map().State(wanted) & rados::kOsdDestroyed) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat("osd.", wanted, " exists already, with another uuid"));
  }
  const int64_t most = std::min<int64_t>(config_->GetInt("mon_max_osd"), rados::OsdMap::kMaxOsds);
  if (id >= most)
    return absl::OutOfRangeError(
        absl::StrCat("osd.", id, " is beyond mon_max_osd, which is ", most));
  rados::OsdMapIncremental change = NewChange();
  if (id >= map().max_osd) change.new_max_osd = id + 1;
  if (map().Exists(id)) {
    change.ToggleState(id, rados::kOsdDestroyed);  // another store takes its place
  } else {
    // A weight is what makes it exist.
    change.new_weight[id] = rados::OsdMap::kWeightIn;
    change.ToggleState(id, rados::kOsdNew);
  }
  change.new_uuid[id] = uuid;
  absl::Status status = maps_->Commit(std::move(change));
  if (!status.ok()) return status;
  return id;
}

absl::StatusOr<bool> OsdMonitor::RemoveOsd(int32_t osd, bool from_crush) {
  if (!map().Exists(osd) && !(from_crush && map().crush->ParentOf(osd) != nullptr)) return false;
  if (map().IsUp(osd))
    return absl::FailedPreconditionError(
        absl::StrCat("osd.", osd, " is still up; must be down before removal"));
  rados::OsdMapIncremental change = NewChange();
  if (map().Exists(osd)) {
    change.ToggleState(osd, map().State(osd));  // all bits go
    change.new_weight[osd] = 0;
  }
  // What it held is lost: groups go to where CRUSH wants them.
  for (const auto& [pg, osds] : map().pg_upmap)
    if (std::find(osds.begin(), osds.end(), osd) != osds.end()) change.old_pg_upmap.insert(pg);
  if (from_crush && map().crush->ParentOf(osd) != nullptr) {
    rados::CrushMap crush = *map().crush;
    rados::CrushBuilder(&crush).RemoveDevice(osd);
    Encoder e(&change.crush);
    crush.Encode(e);
  }
  MonStore::Batch batch;
  batch.Delete(MonStore::kOsdMetadata, absl::StrCat(osd));
  if (absl::Status status = maps_->Commit(std::move(change), std::move(batch)); !status.ok())
    return status;
  return true;
}

absl::StatusOr<bool> OsdMonitor::DestroyOsd(int32_t osd) {
  if (!map().Exists(osd)) return NoSuchOsd(osd);
  if (map().IsUp(osd))
    return absl::FailedPreconditionError(absl::StrCat("osd.", osd, " is not `down`."));
  if ((map().State(osd) & rados::kOsdDestroyed) != 0) return false;
  const absl::Status status = Change([osd](auto* change) {
    change->ToggleState(osd, rados::kOsdDestroyed);
    change->new_uuid[osd] = rados::Uuid();
  });
  if (!status.ok()) return status;
  return true;
}

}  // namespace siphon::mon
