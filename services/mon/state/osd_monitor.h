// OsdMonitor: decides which OSDs are up and in, and makes a new epoch of the OSD map when that
// changes.
//
// An OSD comes up when it boots and goes down when enough others report it, when one of them finds
// that nobody listens at its address, when it stops sending beacons, when it says so itself, or
// when a person does. After mon_osd_down_out_interval an OSD that is down is marked out; when it
// boots again, in.
//
// Enough reporters are mon_osd_min_down_reporters, or all other OSDs that are up if they are fewer,
// so that a cluster of two still notices. A reporter has waited osd_heartbeat_grace already.
//
// Errors: messages that are stale or make no sense change nothing and say why.
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_STATE_OSD_MONITOR_H_
#define SIPHON_SERVICES_MON_STATE_OSD_MONITOR_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/config.h"
#include "msg/entity_addr.h"
#include "services/mon/state/failure_tracker.h"
#include "services/mon/state/osd_map_history.h"
#include "services/rados/crush_builder.h"
#include "services/rados/crush_map.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/messages/osd_pg_temp.h"
#include "services/rados/uuid.h"

namespace siphon::mon {

class OsdMonitor {
 public:
  // All are borrowed.
  OsdMonitor(Config* config, Clock* clock, OsdMapHistory* maps)
      : config_(config), clock_(clock), maps_(maps) {}

  // --- From OSDs. `osd` is the sender, `public_addrs` what its connection says.
  absl::Status Boot(int32_t osd, const EntityAddrVec& public_addrs, const rados::MOsdBoot& boot);
  absl::Status Failure(int32_t reporter, const rados::MOsdFailure& failure);
  absl::Status MarkDown(int32_t osd, bool dead = false);
  absl::Status Alive(int32_t osd, uint32_t want_up_thru, uint32_t have_epoch);
  absl::Status PgTemp(int32_t osd, const rados::MOsdPgTemp& request);
  void Beacon(int32_t osd) { last_beacon_[osd] = clock_->Monotonic(); }

  // Time passed: beacons that stay away, OSDs that were down for long. Call it every few seconds.
  absl::Status Tick();

  // --- From people. Each returns whether something changed.
  absl::StatusOr<bool> SetWeight(int32_t osd, uint32_t weight);
  // Sets or clears flags of the whole map (OsdMap::Flag).
  absl::StatusOr<bool> SetFlags(uint32_t flags, bool on);
  // Sets or clears bits of one OSD's state (OsdState).
  absl::StatusOr<bool> SetOsdFlags(int32_t osd, uint32_t bits, bool on);
  absl::StatusOr<bool> CreateOrMove(int32_t osd, uint32_t weight,
                                    const rados::CrushLocation& location);
  absl::StatusOr<bool> SetDeviceClass(int32_t osd, std::string_view device_class);
  absl::StatusOr<bool> AddReplicatedRule(std::string_view name, std::string_view root,
                                         std::string_view type, std::string_view device_class);
  // Any other change of the CRUSH map: `edit` says whether it changed the map. What it makes is
  // checked, and placement groups stay where they are (placement_keeper.h).
  using CrushEdit = absl::FunctionRef<absl::StatusOr<bool>(rados::CrushMap*)>;
  absl::StatusOr<bool> ChangeCrush(CrushEdit edit);
  // Any other change of the map, as one epoch. Move(): one after which CRUSH would choose other
  // OSDs; groups stay where they are.
  absl::Status Change(absl::FunctionRef<void(rados::OsdMapIncremental*)> fill);
  absl::Status Move(absl::FunctionRef<void(rados::OsdMapIncremental*)> fill);
  // Refuses a client's instance, or all instances of a host (port and nonce 0), until `until`.
  absl::Status AddToBlocklist(const EntityAddr& addr, absl::Time until);
  absl::StatusOr<bool> RemoveFromBlocklist(const EntityAddr& addr);
  absl::Status ClearBlocklist();

  // The number of the OSD whose store is `uuid`, made if there is none yet: `wanted`, or if that is
  // negative the lowest that is free. AlreadyExists: the number or store is another's.
  absl::StatusOr<int32_t> NewOsd(const rados::Uuid& uuid, int32_t wanted);
  // Removes an OSD that is down; with `from_crush` from the hierarchy too. FailedPrecondition: it
  // is up.
  absl::StatusOr<bool> RemoveOsd(int32_t osd, bool from_crush = false);
  // Forgets whose store the number is, and keeps its place. FailedPrecondition: it is up.
  absl::StatusOr<bool> DestroyOsd(int32_t osd);

 private:
  const rados::OsdMap& map() const { return maps_->current(); }
  rados::OsdMapIncremental NewChange() const { return maps_->NewChange(clock_->Now()); }
  void AddMarkDown(int32_t osd, bool dead, rados::OsdMapIncremental* change);
  void AddMarkIn(int32_t osd, rados::OsdXInfo* info, rados::OsdMapIncremental* change) const;
  absl::Status MarkSilentDown();
  absl::Status MarkLongDownOut();
  size_t ReportersNeeded(int32_t target) const;
  absl::Status CommitMove(rados::OsdMapIncremental change);
  absl::Status DropExpiredBlocks();

  Config* const config_;
  Clock* const clock_;
  OsdMapHistory* const maps_;
  FailureTracker failures_;
  std::map<int32_t, MonoNanos> last_beacon_;  // of OSDs that are up
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_OSD_MONITOR_H_
