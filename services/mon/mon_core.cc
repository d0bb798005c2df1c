#include "services/mon/mon_core.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/entity_type.h"
#include "msg/ping.h"
#include "services/mon/commands/all_commands.h"
#include "services/mon/commands/auth_commands.h"
#include "services/mon/commands/cluster_status.h"
#include "services/mon/commands/mgr_map.h"
#include "services/rados/crush_builder.h"
#include "services/rados/messages/mgr_map.h"
#include "services/rados/messages/mon_get_map.h"
#include "services/rados/messages/mon_map.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/osd_pg_create.h"

namespace siphon::mon {
namespace {

constexpr char kNewest[] = "newest";
constexpr char kPgCreates[] = "osd_pg_creates";
// Further behind than this, a full map is cheaper than incrementals.
constexpr uint32_t kMaxIncrementals = 100;
// As many as Ceph puts into one message (osd_map_message_max).
constexpr uint32_t kMapsInMessage = 40;

}  // namespace

MonCore::MonCore(Options options) : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<MonCore>> MonCore::Open(Options options) {
  if (!options.clock) options.clock = &Clock::Real();
  if (!options.random) options.random = &RandomSource::Real();
  std::unique_ptr<MonCore> core(new MonCore(std::move(options)));
  if (absl::Status status = core->Load(); !status.ok()) return status;
  return core;
}

absl::Status MonCore::Load() {
  absl::StatusOr<std::unique_ptr<MonStore>> store = MonStore::Open(options_.folder);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  maps_ = std::make_unique<OsdMapHistory>(store_.get());
  if (absl::Status status = maps_->Load(); !status.ok()) return status;
  auth_ = std::make_unique<AuthService>(AuthService::Options{.store = store_.get(),
                                                             .config = options_.config,
                                                             .clock = options_.clock,
                                                             .random = options_.random});
  if (absl::Status status = auth_->Load(); !status.ok()) return status;
  osds_ = std::make_unique<OsdMonitor>(options_.config, options_.clock, maps_.get());
  creating_ = std::make_unique<CreatingGroups>(store_.get());
  if (absl::Status status = creating_->Load(); !status.ok()) return status;
  pools_ =
      std::make_unique<PoolMonitor>(options_.config, options_.clock, maps_.get(), creating_.get());

  MutexLock lock(mutex_);
  const auto stored = store_->Get(MonStore::kMonMap, kNewest);
  if (!stored.ok()) return stored.status();
  if (*stored) {
    absl::StatusOr<rados::MonMap> map = rados::MonMap::Decode(BufferList::CopyOf(**stored));
    if (!map.ok()) return absl::DataLossError(map.status().message());
    monmap_ = *std::move(map);
    if (!options_.fsid.is_zero() && options_.fsid != monmap_.fsid)
      return absl::InvalidArgumentError(absl::StrCat("fsid is ", options_.fsid.ToString(), ", but ",
                                                     options_.folder, " holds the cluster ",
                                                     monmap_.fsid.ToString()));
  } else {
    monmap_.fsid = options_.fsid.is_zero() ? rados::Uuid::Random(*options_.random) : options_.fsid;
    monmap_.created = options_.clock->Now();
    monmap_.persistent_features = rados::MonMap::kPersistentFeaturesPacific;
    monmap_.min_mon_release = rados::MonMap::kReleasePacific;
  }
  stats_ = std::make_unique<ClusterStats>(options_.clock);
  mutes_ = std::make_unique<HealthMutes>(store_.get());
  if (absl::Status status = mutes_->Load(); !status.ok()) return status;
  central_ = std::make_unique<ConfigMonitor>(store_.get());
  if (absl::Status status = central_->Load(); !status.ok()) return status;
  own_options_ = std::make_unique<CentralConfig>(options_.config);
  log_ = std::make_unique<ClusterLog>(options_.clock, options_.name);
  state_.config = options_.config;
  state_.clock = options_.clock;
  state_.store = store_.get();
  state_.maps = maps_.get();
  state_.osds = osds_.get();
  state_.pools = pools_.get();
  state_.stats = stats_.get();
  state_.mutes = mutes_.get();
  state_.options = central_.get();
  state_.log = log_.get();
  state_.count_clients = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return CountClients(); };
  state_.monmap = &monmap_;
  state_.name = options_.name;
  state_.started = options_.clock->Now();
  AddAllCommands(state_, &commands_);
  AddAuthCommands(&auth_->entities(), &commands_);
  AddTellCommands();
  PublishOptions();
  return absl::OkStatus();
}

absl::Status MonCore::SetAddrs(const EntityAddrVec& addrs) {
  MutexLock lock(mutex_);
  const rados::MonInfo* known = monmap_.FindRank(0);
  if (!known || known->addrs != addrs || known->name != options_.name) {
    monmap_.monitors.clear();
    monmap_.ranks.clear();
    monmap_.Add(options_.name, addrs);
    ++monmap_.epoch;
    monmap_.last_changed = options_.clock->Now();
    if (absl::Status status = StoreMonMap(); !status.ok()) return status;
  }
  if (maps_->epoch() == 0) return BeginOsdMap();
  published_osdmap_ = maps_->epoch();
  return absl::OkStatus();
}

absl::Status MonCore::StoreMonMap() {
  MonStore::Batch batch;
  batch.Put(MonStore::kMonMap, kNewest, monmap_.Encode().ToString());
  return store_->Commit(batch);
}

absl::Status MonCore::BeginOsdMap() {
  rados::OsdMap first;
  first.fsid = monmap_.fsid;
  first.created = first.modified = options_.clock->Now();
  first.crush = std::make_shared<rados::CrushMap>(rados::CrushBuilder::Fresh(
      static_cast<int32_t>(options_.config->GetInt("osd_crush_chooseleaf_type"))));
  // What Ceph has in a new cluster; scripts list it.
  first.erasure_code_profiles["default"] = {
      {"k", "2"}, {"m", "2"}, {"plugin", "jerasure"}, {"technique", "reed_sol_van"}};
  absl::Status status = maps_->Begin(std::move(first));
  published_osdmap_ = maps_->epoch();
  if (status.ok()) LOG(INFO) << "mon: new cluster " << monmap_.fsid.ToString();
  return status;
}

rados::Uuid MonCore::fsid() const {
  MutexLock lock(mutex_);
  return monmap_.fsid;
}

uint32_t MonCore::osdmap_epoch() const {
  MutexLock lock(mutex_);
  return maps_->epoch();
}

void MonCore::Tick() {
  MutexLock lock(mutex_);
  for (const absl::Status& status : {osds_->Tick(), auth_->Tick(), creating_->Flush()})
    if (!status.ok()) LOG(ERROR) << "mon: " << status;
  CheckSpace();
  WatchHealth();
  Publish();
}

bool MonCore::Dispatch(MessagePtr& message) {
  MutexLock lock(mutex_);
  const ConnectionPtr connection = message->connection();
  Session& session = sessions_[connection->id()];
  if (!session.connection) session.connection = connection;
  if (!session.auth.identity()) {
    const auto peer = connection->peer_identity();
    if (peer && auth_->Adopt(*peer, &session.auth)) OnAuthenticated(session);
  }
  bool known = HandleAnyone(session, *message);
  if (!known && !session.auth.identity()) {
    LOG_EVERY_N(WARNING, 100) << "mon: " << message->type_name() << " from "
                              << connection->peer_addrs().ToString()
                              << " before it authenticated; dropped (each 100th is logged)";
    message.reset();
    return true;
  }
  known = known || HandleClient(session, *message) || HandleOsd(session, *message);
  Publish();
  if (!known) return false;
  message.reset();
  return true;
}

bool MonCore::HandleReset(const ConnectionPtr& connection) {
  MutexLock lock(mutex_);
  sessions_.erase(connection->id());
  subscriptions_.Remove(connection->id());
  return true;
}

bool MonCore::HandleAnyone(Session& s, Message& m) {
  switch (m.type()) {
    case rados::MAuth::kType:
      OnAuth(s, m);
      return true;
    case rados::MMonGetMap::kType:
      SendMonMap(s);
      return true;
    case MPing::kType:
      s.connection->Send(std::make_unique<MPing>());
      return true;
    default:
      return false;
  }
}

void MonCore::SendDue(Session& s) {
  const uint64_t id = s.connection->id();
  if (subscriptions_.TakeDue(id, "config", central_->version() + 1)) SendOptions(s);
  SendLog(s);
  if (subscriptions_.TakeDue(id, "monmap", monmap_.epoch)) SendMonMap(s);
  if (subscriptions_.TakeDue(id, "mgrmap", kMgrMapEpoch)) {
    auto message = std::make_unique<rados::MMgrMap>();
    message->map = EncodeMgrMapWithoutManager();
    s.connection->Send(std::move(message));
  }
  if (const auto start = subscriptions_.TakeDue(id, "osdmap", maps_->epoch()))
    SendOsdMaps(s, *start);
  if (subscriptions_.TakeDue(id, kPgCreates, maps_->epoch())) SendPgCreates(s);
}

void MonCore::Publish() {
  PublishOptions();
  PublishLog();
  if (published_osdmap_ == maps_->epoch()) return;
  creating_->Prune(maps_->current());
  MarkCreatingPools();
  published_osdmap_ = maps_->epoch();
  stats_->Prune(maps_->current());
  log_->Tell(rados::LogEntry::kDebug,
             absl::StrCat("osdmap e", maps_->epoch(), ": ", ClusterStatus(state_).OsdCountsText()));
  for (const uint64_t id : subscriptions_.Subscribers("osdmap")) {
    const auto session = sessions_.find(id);
    if (session == sessions_.end()) continue;
    const auto start = subscriptions_.TakeDue(id, "osdmap", maps_->epoch());
    if (start) SendOsdMaps(session->second, *start);
  }
  for (const uint64_t id : subscriptions_.Subscribers(kPgCreates)) {
    const auto session = sessions_.find(id);
    if (session == sessions_.end()) continue;
    if (subscriptions_.TakeDue(id, kPgCreates, maps_->epoch())) SendPgCreates(session->second);
  }
}

void MonCore::MarkCreatingPools() {
  std::set<int32_t> waiting;
  for (const uint64_t id : subscriptions_.Subscribers(kPgCreates)) {
    const auto session = sessions_.find(id);
    if (session != sessions_.end()) waiting.insert(session->second.osd);
  }
  const rados::OsdMap& map = maps_->current();
  std::map<int64_t, bool> wanted;
  for (const auto& [id, pool] : map.pools) {
    const auto creating = creating_->pools().find(id);
    const bool is = pool.HasFlag(rados::PgPool::kCreating);
    bool wants = is && creating != creating_->pools().end();
    if (!is && !waiting.empty() && creating != creating_->pools().end()) {
      for (const uint32_t ps : creating->second.groups) {
        wants = wants ||
                waiting.contains(map.PgToUpActing({static_cast<uint64_t>(id), ps}).acting_primary);
      }
    }
    if (wants != is) wanted[id] = wants;
  }
  for (const auto& [id, creating] : wanted) {
    constexpr uint64_t kBit = rados::PgPool::kCreating;
    const absl::Status status = pools_->SetFlags(id, creating ? kBit : 0, creating ? 0 : kBit);
    LOG_IF(ERROR, !status.ok()) << "mon: flags of pool " << id << ": " << status;
  }
}

void MonCore::SendPgCreates(Session& s) {
  const rados::OsdMap& map = maps_->current();
  auto message = std::make_unique<rados::MOsdPgCreate>();
  message->epoch = map.epoch;
  for (const auto& [id, pool] : creating_->pools()) {
    if (map.FindPool(id) == nullptr) continue;
    for (const uint32_t ps : pool.groups) {
      const rados::PgId pg{static_cast<uint64_t>(id), ps};
      if (map.PgToUpActing(pg).acting_primary != s.osd) continue;
      message->pgs[{pg, rados::ShardedPgId::kNoShard}] = {pool.epoch, pool.when};
    }
  }
  if (s.osd >= 0 && !message->pgs.empty()) s.connection->Send(std::move(message));
}

void MonCore::SendMonMap(Session& s) {
  auto message = std::make_unique<rados::MMonMap>();
  message->map = monmap_.Encode();
  s.connection->Send(std::move(message));
}

void MonCore::SendOsdMaps(Session& s, uint64_t start) {
  const uint64_t first = maps_->first_epoch();
  const uint64_t newest = maps_->epoch();
  // A change is of use to someone who has the epoch before it. Clients who miss many have the
  // newest map sooner; OSDs want every epoch, from the first one kept if theirs is older.
  const bool changes = s.osd >= 0
                           ? start > 0 && start <= newest
                           : start > first && start <= newest && newest - start < kMaxIncrementals;
  uint64_t epoch = changes ? std::max(start, first) : newest;
  do {
    auto message = std::make_unique<rados::MOsdMap>();
    message->fsid = monmap_.fsid;
    message->oldest_map = static_cast<uint32_t>(first);
    message->newest_map = static_cast<uint32_t>(newest);
    for (uint32_t n = 0; n < kMapsInMessage && epoch <= newest; ++n, ++epoch) {
      const absl::Status added =
          AddMap(static_cast<uint32_t>(epoch), !changes || epoch == first, message.get());
      if (added.ok()) continue;
      LOG(ERROR) << "mon: " << added;
      return;
    }
    s.connection->Send(std::move(message));
  } while (epoch <= newest);
}

absl::Status MonCore::AddMap(uint32_t epoch, bool whole, rados::MOsdMap* message) const {
  absl::StatusOr<BufferList> bytes = whole ? maps_->Full(epoch) : maps_->Incremental(epoch);
  if (!bytes.ok()) return bytes.status();
  (whole ? message->full_maps : message->incrementals)[epoch] = *std::move(bytes);
  return absl::OkStatus();
}

}  // namespace siphon::mon
