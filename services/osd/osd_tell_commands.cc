#include "services/osd/osd_tell_commands.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "nlohmann/json.hpp"
#include "services/osd/pg/pg.h"
#include "services/osd/pg/pg_report.h"
#include "services/osd/pg/watch_table.h"
#include "services/rados/hobject.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/osd_stat.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

// Of a bench: as much as Ceph allows in one block, and a bound of the whole in bytes and time.
constexpr int64_t kMaxBlock = 64 << 20;
constexpr int64_t kMaxBench = int64_t{1} << 30;
constexpr absl::Duration kLongestBench = absl::Seconds(30);
// A pool that no map has, for what a bench writes.
constexpr uint64_t kBenchPool = (uint64_t{1} << 62) + 1;
// Objects of a bench; it writes them over and over.
constexpr int64_t kBenchObjects = 16;

Result Pretty(const Args& args, const Json& json) {
  if (args.json()) return Result::OutputJson(args, json);
  return Result::Output(json.dump(4) + "\n");
}

// What another part made as JSON.
Result PrettyText(const Args& args, const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? Result::Output(text) : Pretty(args, json);
}

absl::StatusOr<absl::Duration> WriteAll(ObjectStore* store, int64_t count, int64_t size,
                                        int64_t* written) {
  const absl::StatusOr<ObjectCollectionPtr> collection = store->Open({kBenchPool, 0});
  if (!collection.ok()) return collection.status();
  const std::string block(static_cast<size_t>(size), 'b');
  const absl::Time begin = absl::Now();
  for (int64_t i = 0; *written < count && absl::Now() - begin < kLongestBench; ++i) {
    rados::HObject object;
    object.pool = static_cast<int64_t>(kBenchPool);
    object.oid = absl::StrCat("bench_", i % kBenchObjects);
    const int64_t n = std::min(size, count - *written);
    Transaction transaction;
    transaction.Write(object, 0, BufferList::CopyOf(block.substr(0, static_cast<size_t>(n))));
    if (absl::Status status = (*collection)->Apply(std::move(transaction)); !status.ok())
      return status;
    *written += n;
  }
  return absl::Now() - begin;
}

Result Bench(const OsdTellFacts& facts, const Args& args) {
  const auto count = args.Int("count");
  const auto size = args.Int("size");
  if (!count.ok()) return Result::Error(count.status());
  if (!size.ok()) return Result::Error(size.status());
  const int64_t total = count->value_or(kMaxBench);
  const int64_t block = size->value_or(4 << 20);
  if (total < 1 || total > kMaxBench || block < 1 || block > kMaxBlock)
    return Result::Error(absl::InvalidArgumentError(
        absl::StrCat("'count' is 1 to ", kMaxBench, " bytes, 'size' 1 to ", kMaxBlock)));
  int64_t written = 0;
  const absl::StatusOr<absl::Duration> took = WriteAll(facts.store, total, block, &written);
  const absl::Status removed = facts.store->Remove({kBenchPool, 0});
  if (!took.ok()) return Result::Error(took.status());
  if (!removed.ok()) return Result::Error(removed);
  const double seconds = std::max(absl::ToDoubleSeconds(*took), 1e-9);
  const double rate = static_cast<double>(written) / seconds;
  return Pretty(args, {{"bytes_written", written},
                       {"blocksize", block},
                       {"elapsed_sec", seconds},
                       {"bytes_per_sec", rate},
                       {"iops", rate / static_cast<double>(block)}});
}

Result Status(const OsdTellFacts& facts, const Args& args) {
  const auto map = facts.maps->current();
  return Pretty(args, {{"cluster_fsid", map ? map->fsid.ToString() : ""},
                       {"osd_fsid", facts.store_uuid()},
                       {"whoami", facts.whoami},
                       {"state", facts.state()},
                       {"oldest_map", map ? map->epoch : 0},
                       {"newest_map", map ? map->epoch : 0},
                       {"num_pgs", facts.pgs->size()}});
}

// The counters of requests, with Ceph's names as far as it has such; reads and writes are of the
// groups that this OSD leads, since it started.
Json OsdCounters(const OsdTellFacts& facts) {
  using Sum = rados::ObjectStatSum;
  Sum sum;
  size_t led = 0;
  rados::OsdStat stat;
  if (const auto map = facts.maps->current()) {
    const std::vector<PgReport> reports = facts.pgs->Reports(*map);
    led = reports.size();
    for (const PgReport& report : reports) sum += report.sum;
    stat = facts.stats->Stat(*map);
  }
  return {{"op_wip", facts.tracker->in_flight()},
          {"op", facts.ops->served()},
          {"op_in_bytes", sum[Sum::kWriteKb] << 10},
          {"op_out_bytes", sum[Sum::kReadKb] << 10},
          {"op_r", sum[Sum::kReads]},
          {"op_r_out_bytes", sum[Sum::kReadKb] << 10},
          {"op_w", sum[Sum::kWrites]},
          {"op_w_in_bytes", sum[Sum::kWriteKb] << 10},
          {"op_waiting", facts.ops->waiting()},
          {"op_dropped", facts.ops->dropped()},
          {"backoffs_sent", facts.ops->backoffs().sent()},
          {"backoffs_waiting", facts.ops->backoffs().waiting()},
          {"numpg", facts.pgs->size()},
          {"numpg_primary", led},
          {"heartbeat_to_peers", stat.hb_peers.size()},
          {"stat_bytes", stat.statfs.total},
          {"stat_bytes_used", stat.statfs.total - stat.statfs.available},
          {"stat_bytes_avail", stat.statfs.available},
          {"map_epoch", facts.maps->epoch()}};
}

Result PerfDump(const OsdTellFacts& facts, const Args& args) {
  const ObjectStore::Usage usage = facts.store->GetUsage();
  Json json = {{"osd", OsdCounters(facts)},
               {"objectstore", {{"objects", usage.objects}, {"bytes", usage.bytes}}}};
  const std::string logger = args.Text("logger");
  if (logger.empty() || logger == "all") return Pretty(args, json);
  if (!json.contains(logger)) return Pretty(args, Json::object());
  Json one = {{logger, json[logger]}};
  const std::string counter = args.Text("counter");
  if (!counter.empty() && one[logger].contains(counter))
    one[logger] = {{counter, one[logger][counter]}};
  return Pretty(args, one);
}

// The group that is named, which this OSD leads.
absl::StatusOr<rados::PgId> LedGroup(const OsdTellFacts& facts, const Args& args) {
  const absl::StatusOr<rados::PgId> pg = rados::PgId::Parse(args.Text("pgid"));
  if (!pg.ok()) return pg.status();
  const auto map = facts.maps->current();
  if (map == nullptr) return absl::UnavailableError("there is no map yet");
  const auto lead = facts.pgs->Find(*pg, *map);
  if (!lead.ok()) return absl::NotFoundError(lead.status().message());
  return *pg;
}

Result Hold(const OsdTellFacts& facts, const Args& args) {
  const absl::StatusOr<rados::PgId> pg = LedGroup(facts, args);
  if (!pg.ok()) return Result::Error(pg.status());
  const bool now = facts.ops->Hold(*pg);
  return Result::Done(absl::StrCat(pg->ToString(), now ? " is held" : " was held already",
                                   "; let it go by \"pg release\""));
}

Result Release(const OsdTellFacts& facts, const Args& args) {
  const absl::StatusOr<rados::PgId> pg = rados::PgId::Parse(args.Text("pgid"));
  if (!pg.ok()) return Result::Error(pg.status());
  if (facts.ops->Release(*pg)) return Result::Done(absl::StrCat(pg->ToString(), " serves again"));
  return Result::Error(absl::NotFoundError(absl::StrCat(pg->ToString(), " is not held")));
}

Result HeldGroups(const OsdTellFacts& facts, const Args& args) {
  Json held = Json::array();
  for (const rados::PgId& pg : facts.ops->backoffs().held()) held.push_back(pg.ToString());
  return Pretty(args, {{"held", held},
                       {"waiting", facts.ops->backoffs().waiting()},
                       {"sent", facts.ops->backoffs().sent()}});
}

Result InjectFull(const OsdTellFacts& facts, const Args& args) {
  const auto count = args.Int("count");
  if (!count.ok()) return Result::Error(count.status());
  const std::string type = args.Text("type");
  const absl::Status done =
      facts.fullness->Inject(type.empty() ? "full" : type, count->value_or(-1));
  return done.ok() ? Result::Done("") : Result::Error(done);
}

Result Watchers(const OsdTellFacts& facts, const Args& args) {
  Json json = Json::array();
  for (const std::shared_ptr<Pg>& pg : facts.pgs->All()) {
    for (const WatchTable::Listed& watch : pg->Watches()) {
      const EntityAddr& addr = watch.info.addr;
      const std::string text = addr.HostPortNonce();
      json.push_back(
          {{"namespace", watch.object.nspace},
           {"object", watch.object.oid},
           {"entity_name",
            {{"type", EntityTypeName(watch.key.client.type)}, {"num", watch.key.client.num}}},
           {"cookie", watch.key.cookie},
           {"timeout", watch.info.timeout_seconds},
           {"entity_addr_t",
            {{"type", addr.type() == EntityAddr::kMsgr2 ? "v2" : "v1"},
             {"addr", text.substr(0, text.rfind('/'))},
             {"nonce", addr.nonce()}}}});
    }
  }
  return Pretty(args, json);
}

Result MappedPools(const OsdTellFacts& facts, const Args& args) {
  std::set<uint64_t> pools;
  for (const rados::PgId& pg : facts.store->ListCollections()) pools.insert(pg.pool);
  return Pretty(args, Json(pools));
}

Result Blocklist(const OsdTellFacts& facts, const Args& args) {
  Json json = Json::array();
  if (const auto map = facts.maps->current())
    for (const auto& [addr, until] : map->blocklist)
      json.push_back({{"entity_addr_t", addr.HostPortNonce()},
                      {"expire_time", absl::FormatTime(until, absl::UTCTimeZone())}});
  return Pretty(args, json);
}

}  // namespace

void AddOsdTellCommands(const OsdTellFacts& facts, CommandTable* table) {
  const auto add = [&](const char* line, const char* help,
                       Result (*run)(const OsdTellFacts&, const Args&)) {
    table->Define(line, help, "r", [facts, run](const Args& args) { return run(facts, args); });
  };
  table->Define(
      "bench {count:CephInt,opt} {size:CephInt,opt} {object_size:CephInt,opt} "
      "{object_num:CephInt,opt}",
      "write COUNT bytes in blocks of SIZE to the store, and tell how fast it was", "rw",
      [facts](const Args& args) { return Bench(facts, args); });
  add("status", "sum up this OSD", Status);
  add("perf dump {logger:CephString,opt} {counter:CephString,opt}", "print what is counted",
      PerfDump);
  table->Define(
      "pg hold {pgid:CephPgid}",
      "serve no requests to a placement group, and have its clients wait: to see what they do then",
      "rw", [facts](const Args& args) { return Hold(facts, args); });
  table->Define("pg release {pgid:CephPgid}", "serve a placement group that was held", "rw",
                [facts](const Args& args) { return Release(facts, args); });
  add("dump_backoffs", "print the placement groups that are held, and how many clients wait",
      HeldGroups);
  table->Define("injectfull {type:CephString,opt} {count:CephInt,opt}",
                "behave as if the store were full (none, nearfull, backfillfull, full, failsafe)",
                "rw", [facts](const Args& args) { return InjectFull(facts, args); });
  add("dump_watchers", "list the watches that clients have, and on which objects", Watchers);
  add("get_mapped_pools", "list the pools that have placement groups here", MappedPools);
  table->Define("send_beacon", "tell the monitor now that this OSD lives", "r",
                [facts](const Args&) {
                  facts.send_beacon();
                  return Result::Done("");
                });
  add("dump_blocklist", "list the clients that are refused", Blocklist);
  const auto dump = [&](const char* line, const char* help, auto text) {
    table->Define(line, help, "r", [facts, text](const Args& args) {
      return PrettyText(args, text(*facts.tracker));
    });
  };
  for (const char* line :
       {"dump_ops_in_flight {filterstr:CephString,opt,n=N}", "ops {filterstr:CephString,opt,n=N}"})
    dump(line, "print the requests under way",
         [](const OpTracker& tracker) { return tracker.DumpInFlight(); });
  dump("dump_blocked_ops {filterstr:CephString,opt,n=N}", "print the requests under way for long",
       [](const OpTracker& tracker) { return tracker.DumpBlocked(); });
  dump("dump_historic_ops {filterstr:CephString,opt,n=N}", "print the last requests",
       [](const OpTracker& tracker) { return tracker.DumpHistory(false); });
  dump("dump_historic_ops_by_duration {filterstr:CephString,opt,n=N}",
       "print the longest of the last requests",
       [](const OpTracker& tracker) { return tracker.DumpHistory(true); });
  dump("dump_historic_slow_ops {filterstr:CephString,opt,n=N}", "print the last slow requests",
       [](const OpTracker& tracker) { return tracker.DumpSlowHistory(); });
  table->Define("flush_pg_stats", "report figures to the monitor now", "rw", [facts](const Args&) {
    return Result::Output(absl::StrCat(facts.stats->SendNow()));
  });
  table->Define("get_latest_osdmap", "make sure that the map is the newest", "r",
                [](const Args&) { return Result::Done(""); });
}

}  // namespace siphon::osd
