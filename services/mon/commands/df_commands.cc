// How full OSDs and pools are, and what clients do.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/mon/commands/pg_commands.h"
#include "services/mon/text/column_text.h"
#include "services/mon/text/pg_text.h"
#include "services/mon/text/size_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;
using Sum = rados::ObjectStatSum;
using rados::OsdMap;

constexpr auto kRight = ColumnText::kRight;

ColumnText::Column Number(const char* heading) { return {heading, kRight, kRight}; }

uint64_t Bytes(int64_t n) { return static_cast<uint64_t>(std::max<int64_t>(n, 0)); }

struct Space {
  int64_t total = 0, avail = 0, used = 0;  // bytes
};

// By device class; an OSD without one counts only in the whole.
std::map<std::string, Space> SpaceByClass(const MonState& state) {
  std::map<std::string, Space> classes;
  const OsdMap& map = state.maps->current();
  for (int32_t osd = 0; osd < map.max_osd; ++osd) {
    const rados::OsdStat* stat = state.stats->Osd(osd);
    if (!stat || !map.IsIn(osd) || map.crush->DeviceClass(osd).empty()) continue;
    Space& space = classes[std::string(map.crush->DeviceClass(osd))];
    space.total += stat->kb << 10;
    space.avail += stat->kb_avail << 10;
    space.used += stat->kb_used << 10;
  }
  return classes;
}

// What one pool holds and may still take.
struct PoolSpace {
  int64_t stored = 0, objects = 0, used = 0, max_avail = 0;
  double percent = 0;  // of 1
};

PoolSpace SpaceOf(const MonState& state, int64_t id, const rados::PgPool& pool) {
  const OsdMap& map = state.maps->current();
  const rados::OsdStat all = state.stats->AllOsds(map);
  PoolSpace space;
  const Sum sum = state.stats->Pool(id).sum;
  space.stored = sum[Sum::kBytes];
  space.objects = sum[Sum::kObjects];
  space.used = space.stored;  // one copy: OSDs keep no more
  // Up to where OSDs count as full.
  const double usable =
      static_cast<double>(all.kb_avail) - static_cast<double>(all.kb) * (1.0 - map.full_ratio);
  space.max_avail =
      static_cast<int64_t>(std::max(usable, 0.0) * 1024 / std::max<int>(pool.size, 1));
  const double room = static_cast<double>(space.used) +
                      static_cast<double>(space.max_avail) * std::max<int>(pool.size, 1);
  if (space.used > 0 && room > 0) space.percent = static_cast<double>(space.used) / room;
  return space;
}

Json DfJson(const MonState& state, bool detail) {
  const OsdMap& map = state.maps->current();
  const rados::OsdStat all = state.stats->AllOsds(map);
  const auto ratio = [](int64_t used, int64_t total) {
    return total > 0 ? static_cast<double>(used) / static_cast<double>(total) : 0.0;
  };
  int osds = 0;
  for (int32_t osd = 0; osd < map.max_osd; ++osd) osds += map.IsIn(osd);
  Json json = {{"stats",
                {{"total_bytes", all.kb << 10},
                 {"total_avail_bytes", all.kb_avail << 10},
                 {"total_used_bytes", all.kb_used << 10},
                 {"total_used_raw_bytes", all.kb_used << 10},
                 {"total_used_raw_ratio", ratio(all.kb_used, all.kb)},
                 {"num_osds", osds},
                 {"num_per_pool_osds", 0},
                 {"num_per_pool_omap_osds", 0}}}};
  Json& classes = json["stats_by_class"] = Json::object();
  for (const auto& [name, space] : SpaceByClass(state))
    classes[name] = {{"total_bytes", space.total},
                     {"total_avail_bytes", space.avail},
                     {"total_used_bytes", space.used},
                     {"total_used_raw_bytes", space.used},
                     {"total_used_raw_ratio", ratio(space.used, space.total)}};
  Json& pools = json["pools"] = Json::array();
  for (const auto& [id, pool] : map.pools) {
    const PoolSpace space = SpaceOf(state, id, pool);
    const Sum sum = state.stats->Pool(id).sum;
    Json stats = {{"stored", space.stored}};
    if (detail) {
      stats["stored_data"] = space.stored;
      stats["stored_omap"] = 0;
    }
    stats["objects"] = space.objects;
    stats["kb_used"] = (space.used + 1023) >> 10;
    stats["bytes_used"] = space.used;
    if (detail) {
      stats["data_bytes_used"] = space.used;
      stats["omap_bytes_used"] = 0;
    }
    stats["percent_used"] = space.percent;
    stats["max_avail"] = space.max_avail;
    if (detail)
      stats.update({{"quota_objects", pool.quota_objects},
                    {"quota_bytes", pool.quota_bytes},
                    {"dirty", 0},
                    {"rd", sum[Sum::kReads]},
                    {"rd_bytes", sum[Sum::kReadKb] << 10},
                    {"wr", sum[Sum::kWrites]},
                    {"wr_bytes", sum[Sum::kWriteKb] << 10},
                    {"compress_bytes_used", 0},
                    {"compress_under_bytes", 0},
                    {"stored_raw", space.stored},
                    {"avail_raw", space.max_avail * pool.size}});
    pools.push_back({{"name", map.pool_names.at(id)}, {"id", id}, {"stats", stats}});
  }
  return json;
}

std::string RawStorageText(const MonState& state) {
  ColumnText table({{"CLASS"},
                    Number("SIZE"),
                    Number("AVAIL"),
                    Number("USED"),
                    Number("RAW USED"),
                    Number("%RAW USED")});
  const auto add = [&table](const std::string& name, const Space& space) {
    table.Add({name, BytesText(Bytes(space.total)), BytesText(Bytes(space.avail)),
               BytesText(Bytes(space.used)), BytesText(Bytes(space.used)),
               PercentText(static_cast<double>(space.used), static_cast<double>(space.total))});
  };
  for (const auto& [name, space] : SpaceByClass(state)) add(name, space);
  const rados::OsdStat all = state.stats->AllOsds(state.maps->current());
  add("TOTAL", {all.kb << 10, all.kb_avail << 10, all.kb_used << 10});
  return "--- RAW STORAGE ---\n" + table.ToString();
}

std::string PoolsText(const MonState& state, bool detail) {
  const OsdMap& map = state.maps->current();
  std::vector<ColumnText::Column> columns = {
      {"POOL"}, Number("ID"), Number("PGS"), Number("STORED")};
  const auto split = [&] {
    if (!detail) return;
    columns.push_back(Number("(DATA)"));
    columns.push_back(Number("(OMAP)"));
  };
  split();
  columns.push_back(Number("OBJECTS"));
  columns.push_back(Number("USED"));
  split();
  for (const char* heading : {"%USED", "MAX AVAIL"}) columns.push_back(Number(heading));
  if (detail)
    for (const char* heading :
         {"QUOTA OBJECTS", "QUOTA BYTES", "DIRTY", "USED COMPR", "UNDER COMPR"})
      columns.push_back(Number(heading));
  ColumnText table(std::move(columns));
  for (const auto& [id, pool] : map.pools) {
    const PoolSpace space = SpaceOf(state, id, pool);
    const std::string stored = BytesText(Bytes(space.stored));
    std::vector<std::string> row = {map.pool_names.at(id), absl::StrCat(id),
                                    absl::StrCat(pool.pg_num), stored};
    if (detail) row.insert(row.end(), {stored, "0 B"});
    row.push_back(DecimalText(Bytes(space.objects)));
    row.push_back(BytesText(Bytes(space.used)));
    if (detail) row.insert(row.end(), {BytesText(Bytes(space.used)), "0 B"});
    row.push_back(PercentText(space.percent, 1));
    row.push_back(BytesText(Bytes(space.max_avail)));
    if (detail)
      row.insert(row.end(),
                 {pool.quota_objects ? DecimalText(pool.quota_objects) : "N/A",
                  pool.quota_bytes ? BytesText(pool.quota_bytes) : "N/A", "N/A", "0 B", "0 B"});
    table.Add(std::move(row));
  }
  return "--- POOLS ---\n" + table.ToString();
}

Result Df(const MonState& state, const Args& args) {
  const bool detail = args.Text("detail") == "detail";
  if (args.json()) return Result::OutputJson(args, DfJson(state, detail));
  return Result::Output(absl::StrCat(RawStorageText(state), " \n", PoolsText(state, detail)));
}

Result PoolStats(const MonState& state, const Args& args) {
  const OsdMap& map = state.maps->current();
  const std::string wanted = args.Text("pool_name");
  if (args.Has("pool_name") && !map.FindPoolByName(wanted))
    return Result::Error(absl::NotFoundError(absl::StrCat("unrecognized pool '", wanted, "'")));
  Json json = Json::array();
  std::string text;
  for (const auto& [id, name] : map.pool_names) {
    if (args.Has("pool_name") && name != wanted) continue;
    const ClusterStats::Rates rates = state.stats->PoolRates(id);
    Json io = Json::object();
    if (rates.any()) {
      if (rates.read_bytes > 0) io["read_bytes_sec"] = rates.read_bytes;
      if (rates.write_bytes > 0) io["write_bytes_sec"] = rates.write_bytes;
      io["read_op_per_sec"] = rates.reads;
      io["write_op_per_sec"] = rates.writes;
    }
    json.push_back({{"pool_name", name},
                    {"pool_id", id},
                    {"recovery", Json::object()},
                    {"recovery_rate", Json::object()},
                    {"client_io_rate", io}});
    absl::StrAppend(&text, "pool ", name, " id ", id, "\n",
                    rates.any() ? absl::StrCat("  client io ", RatesText(rates), "\n")
                                : "  nothing is going on\n",
                    "\n");
  }
  return args.json() ? Result::OutputJson(args, json) : Result::Output(text);
}

}  // namespace

void AddDfCommands(const MonState& s, CommandTable* table) {
  table->Define("df {detail:CephChoices,opt,strings=detail}", "show how full the cluster is", "r",
                [&s](const Args& args) { return Df(s, args); });
  table->Define("osd pool stats {pool_name:CephPoolname,opt}", "show what clients do with pools",
                "r", [&s](const Args& args) { return PoolStats(s, args); });
}

}  // namespace siphon::mon
