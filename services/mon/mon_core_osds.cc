// MonCore: what OSDs tell.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "nlohmann/json.hpp"
#include "services/common/caps/mon_caps.h"
#include "services/mon/mon_core.h"
#include "services/rados/crush_map.h"
#include "services/rados/messages/osd_alive.h"
#include "services/rados/messages/osd_beacon.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/messages/osd_full.h"
#include "services/rados/messages/osd_mark_me_down.h"
#include "services/rados/messages/osd_pg_created.h"
#include "services/rados/messages/osd_pg_temp.h"
#include "services/rados/messages/pg_stats.h"

namespace siphon::mon {
namespace {

constexpr size_t kMaxMetadata = 256;        // entries kept of one OSD
constexpr size_t kMaxMetadataBytes = 4096;  // of one value

// Changes nothing but the log: what an OSD says may be stale, and it will see so in the map.
void LogRefusal(const Message& m, int32_t osd, const absl::Status& status) {
  if (!status.ok()) LOG(INFO) << "mon: " << m.type_name() << " of osd." << osd << ": " << status;
}

std::string MetadataJson(const rados::MOsdBoot& boot) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [key, value] : boot.metadata)
    if (json.size() < kMaxMetadata) json[key] = value.substr(0, kMaxMetadataBytes);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

bool MonCore::HandleOsd(Session& s, Message& m) {
  switch (m.type()) {
    case rados::MOsdBoot::kType:
    case rados::MOsdFailure::kType:
    case rados::MOsdFull::kType:
    case rados::MOsdAlive::kType:
    case rados::MOsdBeacon::kType:
    case rados::MOsdMarkMeDown::kType:
    case rados::MOsdPgTemp::kType:
    case rados::MOsdPgCreated::kType:
    case rados::MPgStats::kType:
      break;
    default:
      return false;
  }
  if (s.osd < 0) {
    LOG_EVERY_N(WARNING, 100) << "mon: " << m.type_name() << " from "
                              << s.auth.identity()->name.ToString()
                              << ", which is no OSD; dropped (each 100th is logged)";
    return true;
  }
  if (!May(s, "osd", MonCaps::kExec)) return Deny(s, m);
  switch (m.type()) {
    case rados::MOsdBoot::kType:
      OnOsdBoot(s, m);
      break;
    case rados::MOsdFailure::kType:
      OnOsdFailure(s, m);
      break;
    case rados::MOsdFull::kType:
      OnOsdFull(s, m);
      break;
    case rados::MOsdMarkMeDown::kType:
      OnMarkMeDown(s, m);
      break;
    case rados::MPgStats::kType:
      OnPgStats(s, m);
      break;
    case rados::MOsdAlive::kType: {
      const auto& alive = MessageAs<rados::MOsdAlive>(m);
      LogRefusal(
          m, s.osd,
          osds_->Alive(s.osd, alive.want_up_thru, static_cast<uint32_t>(alive.paxos.version)));
      ReplyMap(s, alive.paxos.version);
      break;
    }
    case rados::MOsdBeacon::kType:
      if (maps_->current().IsUp(s.osd)) osds_->Beacon(s.osd);
      break;
    case rados::MOsdPgTemp::kType:
      LogRefusal(m, s.osd, osds_->PgTemp(s.osd, MessageAs<rados::MOsdPgTemp>(m)));
      ReplyMap(s, MessageAs<rados::MOsdPgTemp>(m).map_epoch);
      break;
    case rados::MOsdPgCreated::kType: {
      const rados::PgId& pg = MessageAs<rados::MOsdPgCreated>(m).pg;
      if (maps_->current().PgToUpActing(pg).acting_primary != s.osd) break;
      creating_->Created(pg);
      MarkCreatingPools();
      break;
    }
    default:
      break;
  }
  return true;
}

void MonCore::ReplyMap(Session& s, uint64_t have) {
  if (have >= maps_->epoch()) return;
  const std::vector<uint64_t> told = subscriptions_.Subscribers("osdmap");
  if (std::find(told.begin(), told.end(), s.connection->id()) != told.end()) return;
  SendOsdMaps(s, have + 1);
}

void MonCore::OnOsdBoot(Session& s, Message& m) {
  const auto& boot = MessageAs<rados::MOsdBoot>(m);
  const uint32_t before = maps_->epoch();
  const absl::Status status = osds_->Boot(s.osd, s.connection->peer_addrs(), boot);
  if (!status.ok()) {
    LOG(WARNING) << "mon: osd." << s.osd << " does not come up: " << status;
    return;
  }
  MonStore::Batch batch;
  batch.Put(MonStore::kOsdMetadata, absl::StrCat(s.osd), MetadataJson(boot));
  const absl::Status stored = store_->Commit(batch);
  if (!stored.ok()) LOG(ERROR) << "mon: " << stored;
  if (maps_->epoch() != before)
    log_->Tell(rados::LogEntry::kInfo,
               absl::StrCat("osd.", s.osd, " ", s.connection->peer_addrs().ToString(), " boot"));
  GiveClass(s.osd, boot);
  if (maps_->epoch() == before) SendOsdMaps(s, 0);  // it is up already and does not know
}

// As real OSDs do by a command: the class that it says, unless it has one.
void MonCore::GiveClass(int32_t osd, const rados::MOsdBoot& boot) {
  const auto own = boot.metadata.find("default_device_class");
  const rados::CrushMap& crush = *maps_->current().crush;
  if (own == boot.metadata.end()) return;
  if (!crush.DeviceClass(osd).empty() || crush.ParentOf(osd) == nullptr) return;
  const absl::Status status = osds_->SetDeviceClass(osd, own->second).status();
  LOG_IF(WARNING, !status.ok()) << "mon: class of osd." << osd << ": " << status;
}

void MonCore::OnOsdFailure(Session& s, Message& m) {
  const auto& failure = MessageAs<rados::MOsdFailure>(m);
  const absl::Status status = osds_->Failure(s.osd, failure);
  LogRefusal(m, s.osd, status);
  // A report about what is no more: the reporter's map is old.
  if (!status.ok() && failure.epoch < maps_->epoch()) SendOsdMaps(s, failure.epoch + 1);
}

void MonCore::OnMarkMeDown(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MOsdMarkMeDown>(m);
  const rados::OsdMap& map = maps_->current();
  const bool own = request.fsid == monmap_.fsid && request.target_osd == s.osd &&
                   request.target_addrs == map.ClientAddrs(s.osd);
  if (own) LogRefusal(m, s.osd, osds_->MarkDown(s.osd, request.down_and_dead));
  if (!request.request_ack) return;
  auto ack = std::make_unique<rados::MOsdMarkMeDown>();
  ack->set_tid(m.tid());
  ack->fsid = monmap_.fsid;
  ack->target_osd = request.target_osd;
  ack->target_addrs = request.target_addrs;
  ack->epoch = maps_->epoch();
  s.connection->Send(std::move(ack));
}

void MonCore::OnPgStats(Session& s, Message& m) {
  LogRefusal(m, s.osd, stats_->Report(s.osd, MessageAs<rados::MPgStats>(m), maps_->current()));
  for (const auto& item : MessageAs<rados::MPgStats>(m).pgs) {
    if (maps_->current().PgToUpActing(item.first).acting_primary == s.osd)
      creating_->Created(item.first);
  }
  MarkCreatingPools();
  auto purged = stats_->PurgedSnaps(maps_->current());
  if (purged.empty()) return;
  LogRefusal(m, s.osd, osds_->Change([&purged](rados::OsdMapIncremental* change) {
    change->new_purged_snaps = std::move(purged);
  }));
}

}  // namespace siphon::mon
