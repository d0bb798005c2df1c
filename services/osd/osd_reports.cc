// What an OSD tells the monitor of itself and of its peers.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/common/commands/daemon_commands.h"
#include "services/osd/osd.h"
#include "services/osd/osd_tell_commands.h"
#include "services/rados/messages/osd_alive.h"
#include "services/rados/messages/osd_beacon.h"
#include "services/rados/messages/osd_failure.h"

namespace siphon::osd {

using rados::MOsdFailure;
using rados::OsdMap;

void Osd::AddCommands() {
  AddDaemonCommands(absl::StrCat("osd.", options_.identity.whoami), options_.config, &commands_);
  OsdTellFacts facts;
  facts.whoami = options_.identity.whoami;
  facts.maps = &maps_;
  facts.pgs = &pgs_;
  facts.store = options_.store;
  facts.tracker = &tracker_;
  facts.ops = &ops_;
  facts.stats = &stats_;
  facts.fullness = &fullness_;
  facts.store_uuid = [this] {
    MutexLock lock(mutex_);
    return identity_.uuid.ToString();
  };
  facts.state = [this] { return std::string(state() == State::kActive ? "active" : "booting"); };
  facts.send_beacon = [this] { SendBeacon(); };
  AddOsdTellCommands(facts, &commands_);
}

void Osd::ArmBeacon() {
  beacon_timer_ = options_.timer->After(options_.config->GetDuration("osd_beacon_report_interval"),
                                        [this] { SendBeacon(); });
}

void Osd::SendBeacon() {
  const MapPtr map = maps_.current();
  Timer::Id old = 0;
  {
    MutexLock lock(mutex_);
    if (stopped_ || state_ == State::kStopping) return;
    old = beacon_timer_;
    ArmBeacon();
    if (state_ != State::kActive) return;
  }
  options_.timer->Cancel(old);
  auto beacon = std::make_unique<rados::MOsdBeacon>();
  beacon->paxos.version = map->epoch;
  beacon->min_last_epoch_clean = map->epoch;
  beacon->report_interval_seconds = static_cast<uint32_t>(
      absl::ToInt64Seconds(options_.config->GetDuration("osd_beacon_report_interval")));
  options_.mon_client->Send(std::move(beacon));
}

void Osd::MaybeSendAlive(const OsdMap& map) {
  const int32_t whoami = options_.identity.whoami;
  // Groups are served from the epoch that the map says the OSD lived through.
  if (map.pools.empty() || !map.IsUp(whoami)) return;
  const rados::OsdInfo& info = map.osd_info[whoami];
  if (info.up_thru >= info.up_from) return;
  {
    MutexLock lock(mutex_);
    if (state_ != State::kActive || alive_sent_for_ == info.up_from) return;
    alive_sent_for_ = info.up_from;
  }
  auto alive = std::make_unique<rados::MOsdAlive>();
  alive->paxos.version = map.epoch;
  alive->want_up_thru = map.epoch;
  options_.mon_client->Send(std::move(alive));
}

void Osd::SendFailure(const HeartbeatService::Failure& failure, uint8_t flags) {
  const MapPtr map = maps_.current();
  if (map == nullptr) return;
  auto report = std::make_unique<MOsdFailure>();
  report->paxos.version = map->epoch;
  report->fsid = map->fsid;
  report->target = failure.osd;
  report->target_addrs = failure.addrs;
  report->epoch = failure.epoch;
  report->flags = flags;
  report->failed_for_seconds = static_cast<int32_t>(absl::ToInt64Seconds(failure.failed_for));
  options_.mon_client->Send(std::move(report));
}

void Osd::OnPeerFailed(const HeartbeatService::Failure& failure) {
  const uint8_t immediate = failure.immediate ? MOsdFailure::kImmediate : 0;
  SendFailure(failure, static_cast<uint8_t>(MOsdFailure::kFailed | immediate));
}

void Osd::OnPeerAlive(const HeartbeatService::Failure& earlier) {
  LOG(INFO) << "osd." << options_.identity.whoami << ": osd." << earlier.osd << " answers again";
  SendFailure(earlier, MOsdFailure::kStillAlive);
}

void Osd::OnToldDead(uint32_t peer_epoch) {
  // The subscription brings the map that says so.
  VLOG(1) << "osd." << options_.identity.whoami << ": a peer has it down in map " << peer_epoch;
}

}  // namespace siphon::osd
