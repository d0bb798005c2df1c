#include "services/osd/stats_reporter.h"

#include <sys/statvfs.h>

#include <string>
#include <utility>

#include "services/rados/interval_set.h"

namespace siphon::osd {
namespace {

using rados::ObjectStatSum;
using rados::OsdMap;
using rados::PgStat;

// A report without news is sent after this.
constexpr absl::Duration kLongest = absl::Seconds(60);

bool Same(const PgReport& a, const PgReport& b) {
  return a.id == b.id && a.version == b.version && a.log_size == b.log_size &&
         a.trimming == b.trimming && a.purged == b.purged && a.sum == b.sum;
}

bool Same(const std::vector<PgReport>& a, const std::vector<PgReport>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!Same(a[i], b[i])) return false;
  return true;
}

PgStat StatOf(const PgReport& report, const OsdMap& map, uint64_t seq, absl::Time now) {
  PgStat stat;
  OsdMap::Placement place = map.PgToUpActing(report.id);
  const rados::PgPool* pool = map.FindPool(static_cast<int64_t>(report.id.pool));
  stat.version = report.version;
  stat.reported_seq = seq;
  stat.reported_epoch = map.epoch;
  stat.state = PgStat::kActive | PgStat::kClean;
  if (report.trimming) stat.state |= PgStat::kSnapTrim;
  stat.last_epoch_clean = map.epoch;
  stat.mapping_epoch = map.epoch;
  stat.sum = report.sum;
  stat.sum[ObjectStatSum::kCopies] =
      report.sum[ObjectStatSum::kObjects] * static_cast<int64_t>(place.acting.size());
  stat.sum[ObjectStatSum::kDirty] = report.sum[ObjectStatSum::kObjects];
  stat.log_size = stat.ondisk_log_size = static_cast<int64_t>(report.log_size);
  const auto removed = map.removed_snaps_queue.find(static_cast<int64_t>(report.id.pool));
  if (removed != map.removed_snaps_queue.end()) {
    stat.purged_snaps = rados::Intersect(report.purged, removed->second);
  }
  stat.up = std::move(place.up);
  stat.acting = std::move(place.acting);
  stat.up_primary = place.up_primary;
  stat.acting_primary = place.acting_primary;
  for (absl::Time* when :
       {&stat.last_fresh, &stat.last_active, &stat.last_clean, &stat.last_unstale,
        &stat.last_undegraded, &stat.last_fullsized, &stat.last_peered})
    *when = now;
  for (absl::Time* since :
       {&stat.last_change, &stat.last_became_active, &stat.last_became_peered,
        &stat.last_scrub_stamp, &stat.last_deep_scrub_stamp, &stat.last_clean_scrub_stamp})
    *since = pool != nullptr ? pool->create_time : now;
  return stat;
}

bool SaysMorePurged(const std::vector<PgReport>& reports, const std::vector<PgReport>& sent) {
  for (size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].purged.empty()) continue;
    if (i >= sent.size() || sent[i].id != reports[i].id || sent[i].purged != reports[i].purged) {
      return true;
    }
  }
  return false;
}

}  // namespace

StatsReporter::StatsReporter(const Options& options) : options_(options) {}

StatsReporter::~StatsReporter() { Stop(); }

void StatsReporter::Start() {
  thread_ = std::thread([this] { Run(); });
}

void StatsReporter::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    changed_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void StatsReporter::ForgetSent() {
  MutexLock lock(mutex_);
  forget_ = true;
}

void StatsReporter::Run() {
  for (;;) {
    bool always = false;
    {
      MutexLock lock(mutex_);
      const absl::Time until = absl::Now() + options_.config->GetDuration("mgr_stats_period");
      while (!stopped_ && absl::Now() < until) changed_.WaitFor(mutex_, until - absl::Now());
      if (stopped_) return;
      always = std::exchange(forget_, false);
    }
    Look(always);
  }
}

uint64_t StatsReporter::SendNow() { return Look(/*always=*/true); }

uint64_t StatsReporter::Look(bool always) {
  MutexLock lock(look_mutex_);
  const auto map = options_.maps->current();
  if (map == nullptr || !map->IsUp(options_.whoami)) return 0;
  bool changed = false;
  std::unique_ptr<rados::MPgStats> report = Make(*map, &changed);
  const absl::Time now = options_.clock->Now();
  if (!always && !changed && now - sent_when_ < kLongest) return seq_;
  // As Ceph numbers them: the epoch in which the OSD came up, and a count.
  report->osd_stat.up_from = map->osd_info[options_.whoami].up_from;
  report->osd_stat.seq = seq_ =
      (uint64_t{report->osd_stat.up_from} << 32) | ((seq_ + 1) & 0xffffffff);
  sent_when_ = now;
  options_.mon_client->Send(std::move(report));
  return seq_;
}

std::unique_ptr<rados::MPgStats> StatsReporter::Make(const OsdMap& map, bool* changed) {
  std::vector<PgReport> reports = options_.pgs->Reports(map);
  // The monitor forgets a snapshot when all have said that it is purged.
  if (SaysMorePurged(reports, sent_) && !WaitUntilDurable()) {
    for (PgReport& report : reports) report.purged.clear();
  }
  auto message = std::make_unique<rados::MPgStats>();
  message->fsid = map.fsid;
  message->epoch = map.epoch;
  const absl::Time now = options_.clock->Now();
  for (const PgReport& report : reports)
    message->pgs[report.id] = StatOf(report, map, (seq_ + 1) & 0xffffffff, now);
  FillOsdStat(map, reports.size(), &message->osd_stat);
  *changed = map.epoch != sent_epoch_ || !Same(reports, sent_);
  sent_epoch_ = map.epoch;
  sent_ = std::move(reports);
  return message;
}

bool StatsReporter::WaitUntilDurable() {
  Notification asked;
  absl::Status durable;
  options_.store->WhenDurable([&](const absl::Status& status) {
    durable = status;
    asked.Notify();
  });
  asked.WaitForNotification();
  return durable.ok();
}

rados::OsdStat StatsReporter::Stat(const OsdMap& map) const {
  rados::OsdStat stat;
  FillOsdStat(map, options_.pgs->size(), &stat);
  return stat;
}

double StatsReporter::Used(const OsdMap& map) const {
  const rados::OsdStat stat = Stat(map);
  return stat.kb > 0 ? static_cast<double>(stat.kb_used) / static_cast<double>(stat.kb) : 0;
}

void StatsReporter::FillOsdStat(const OsdMap& map, size_t groups, rados::OsdStat* stat) const {
  const ObjectStore::Usage usage = options_.store->GetUsage();
  uint64_t total = 0;
  uint64_t avail = 0;
  const std::string kind = options_.config->GetString("osd_objectstore");
  struct statvfs disk = {};
  if (kind.starts_with("mem")) {
    total = static_cast<uint64_t>(options_.config->GetInt("memstore_device_bytes"));
    avail = usage.bytes < total ? total - usage.bytes : 0;
  } else if (statvfs(options_.config->GetString("osd_data").c_str(), &disk) == 0) {
    // What others use of the disk counts neither way.
    avail = uint64_t{disk.f_bavail} * disk.f_frsize;
    total = avail + usage.bytes;
  }
  stat->kb = static_cast<int64_t>(total >> 10);
  stat->kb_avail = static_cast<int64_t>(avail >> 10);
  stat->kb_used = stat->kb - stat->kb_avail;
  stat->kb_used_data = stat->kb_used;
  stat->num_pgs = static_cast<uint32_t>(groups);
  stat->statfs.total = total;
  stat->statfs.available = avail;
  stat->statfs.allocated = stat->statfs.data_stored = static_cast<int64_t>(usage.bytes);
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (osd != options_.whoami && map.IsUp(osd)) stat->hb_peers.push_back(osd);
}

}  // namespace siphon::osd
