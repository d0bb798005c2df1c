#include "services/mon/text/pg_text.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/age_text.h"
#include "services/mon/text/column_text.h"
#include "services/mon/text/size_text.h"

namespace siphon::mon {
namespace {

using Sum = rados::ObjectStatSum;
using Row = std::vector<std::string>;

std::string OsdList(const std::vector<int32_t>& osds) {
  return absl::StrCat("[", absl::StrJoin(osds, ","), "]");
}

uint64_t KbBytes(int64_t kb) { return static_cast<uint64_t>(std::max<int64_t>(kb, 0)) << 10; }

ColumnText::Column Number(const char* heading) {
  return {heading, ColumnText::kLeft, ColumnText::kRight};
}

std::vector<ColumnText::Column> SumColumns(const char* first, bool headings = true) {
  std::vector<ColumnText::Column> columns = {{first},
                                             Number("OBJECTS"),
                                             Number("MISSING_ON_PRIMARY"),
                                             Number("DEGRADED"),
                                             Number("MISPLACED"),
                                             Number("UNFOUND"),
                                             Number("BYTES"),
                                             Number("OMAP_BYTES*"),
                                             Number("OMAP_KEYS*"),
                                             Number("LOG"),
                                             Number("DISK_LOG")};
  if (!headings)
    for (ColumnText::Column& column : columns) column.heading.clear();
  return columns;
}

Row SumRow(std::string first, const Sum& sum, int64_t log, int64_t disk_log) {
  Row row = {std::move(first)};
  for (const Sum::Field field :
       {Sum::kObjects, Sum::kMissingOnPrimary, Sum::kDegraded, Sum::kMisplaced, Sum::kUnfound,
        Sum::kBytes, Sum::kOmapBytes, Sum::kOmapKeys})
    row.push_back(absl::StrCat(sum[field]));
  row.push_back(absl::StrCat(log));
  row.push_back(absl::StrCat(disk_log));
  return row;
}

}  // namespace

std::string PgStatesText(const ClusterStats& stats, const rados::OsdMap& map) {
  std::multimap<uint64_t, std::string, std::greater<>> by_count;
  for (const auto& [state, n] : stats.States(map)) by_count.emplace(n, rados::PgStateText(state));
  std::vector<std::string> parts;
  for (const auto& [n, state] : by_count) parts.push_back(absl::StrCat(n, " ", state));
  return absl::StrJoin(parts, ", ");
}

std::string RatesText(const ClusterStats::Rates& rates, const char* separator) {
  std::vector<std::string> parts;
  if (rates.read_bytes > 0)
    parts.push_back(BytesText(static_cast<uint64_t>(rates.read_bytes)) + "/s rd");
  if (rates.write_bytes > 0)
    parts.push_back(BytesText(static_cast<uint64_t>(rates.write_bytes)) + "/s wr");
  if (rates.any()) {
    parts.push_back(DecimalText(static_cast<uint64_t>(rates.reads)) + " op/s rd");
    parts.push_back(DecimalText(static_cast<uint64_t>(rates.writes)) + " op/s wr");
  }
  return absl::StrJoin(parts, separator);
}

std::string PgSummaryText(const ClusterStats& stats, const rados::OsdMap& map) {
  const rados::OsdStat osds = stats.AllOsds(map);
  uint64_t groups = 0;
  for (const auto& item : map.pools) groups += item.second.pg_num;
  const int64_t bytes = stats.AllPools().sum[Sum::kBytes];
  std::string text =
      absl::StrCat(groups, " pgs: ", PgStatesText(stats, map), "; ",
                   BytesText(static_cast<uint64_t>(std::max<int64_t>(bytes, 0))), " data, ",
                   BytesText(KbBytes(osds.kb_used)), " used, ", BytesText(KbBytes(osds.kb_avail)),
                   " / ", BytesText(KbBytes(osds.kb)), " avail");
  const std::string rates = RatesText(stats.AllRates());
  if (!rates.empty()) absl::StrAppend(&text, "; ", rates);
  return text;
}

std::string GroupsText(const std::vector<ClusterStats::Group>& groups) {
  std::vector<ColumnText::Column> columns = SumColumns("PG_STAT");
  for (const char* heading : {"STATE", "STATE_STAMP"}) columns.push_back({heading});
  for (const char* heading : {"VERSION", "REPORTED"}) columns.push_back(Number(heading));
  for (const char* list : {"UP", "ACTING"}) {
    columns.push_back({list});
    columns.push_back(Number(list == std::string("UP") ? "UP_PRIMARY" : "ACTING_PRIMARY"));
  }
  for (const char* scrub : {"", "DEEP_"}) {
    columns.push_back(Number(*scrub ? "LAST_DEEP_SCRUB" : "LAST_SCRUB"));
    columns.push_back({absl::StrCat(scrub, "SCRUB_STAMP")});
  }
  columns.push_back(Number("SNAPTRIMQ_LEN"));
  ColumnText table(std::move(columns));
  for (const auto& group : groups) {
    const rados::PgStat& s = group.stat;
    Row row = SumRow(group.id.ToString(), s.sum, s.log_size, s.ondisk_log_size);
    for (std::string cell :
         {rados::PgStateText(s.state), TimeText(s.last_change), s.version.ToString(),
          absl::StrCat(s.reported_epoch, ":", s.reported_seq), OsdList(s.up),
          absl::StrCat(s.up_primary), OsdList(s.acting), absl::StrCat(s.acting_primary),
          s.last_scrub.ToString(), TimeText(s.last_scrub_stamp), s.last_deep_scrub.ToString(),
          TimeText(s.last_deep_scrub_stamp), absl::StrCat(s.snaptrimq_len)})
      row.push_back(std::move(cell));
    table.Add(std::move(row));
  }
  return table.ToString();
}

std::string GroupsBriefText(const std::vector<ClusterStats::Group>& groups) {
  ColumnText table(
      {{"PG_STAT"}, {"STATE"}, {"UP"}, Number("UP_PRIMARY"), {"ACTING"}, Number("ACTING_PRIMARY")});
  for (const auto& group : groups)
    table.Add({group.id.ToString(), rados::PgStateText(group.stat.state), OsdList(group.stat.up),
               absl::StrCat(group.stat.up_primary), OsdList(group.stat.acting),
               absl::StrCat(group.stat.acting_primary)});
  return table.ToString();
}

std::string GroupsListText(const std::vector<ClusterStats::Group>& groups, absl::Time now) {
  ColumnText table({{"PG"},
                    Number("OBJECTS"),
                    Number("DEGRADED"),
                    Number("MISPLACED"),
                    Number("UNFOUND"),
                    Number("BYTES"),
                    Number("OMAP_BYTES*"),
                    Number("OMAP_KEYS*"),
                    Number("LOG"),
                    {"STATE"},
                    Number("SINCE"),
                    Number("VERSION"),
                    Number("REPORTED"),
                    Number("UP"),
                    Number("ACTING"),
                    {"SCRUB_STAMP"},
                    {"DEEP_SCRUB_STAMP"}});
  for (const auto& group : groups) {
    const rados::PgStat& s = group.stat;
    Row row = {group.id.ToString()};
    for (const Sum::Field field : {Sum::kObjects, Sum::kDegraded, Sum::kMisplaced, Sum::kUnfound,
                                   Sum::kBytes, Sum::kOmapBytes, Sum::kOmapKeys})
      row.push_back(absl::StrCat(s.sum[field]));
    const std::string since =
        s.last_change > absl::UnixEpoch() ? AgeText(now - s.last_change) : "-";
    for (std::string cell :
         {absl::StrCat(s.log_size), rados::PgStateText(s.state), since, s.version.ToString(),
          absl::StrCat(s.reported_epoch, ":", s.reported_seq),
          absl::StrCat(OsdList(s.up), "p", s.up_primary),
          absl::StrCat(OsdList(s.acting), "p", s.acting_primary), TimeText(s.last_scrub_stamp),
          TimeText(s.last_deep_scrub_stamp)})
      row.push_back(std::move(cell));
    table.Add(std::move(row));
  }
  return table.ToString();
}

std::string PoolFiguresText(const ClusterStats& stats, const rados::OsdMap& map, bool headings) {
  ColumnText table(SumColumns("POOLID", headings));
  for (auto it = map.pools.rbegin(); it != map.pools.rend(); ++it) {
    const rados::PoolStat stat = stats.Pool(it->first);
    table.Add(SumRow(absl::StrCat(it->first), stat.sum, stat.log_size, stat.ondisk_log_size));
  }
  return table.ToString();
}

std::string SumFiguresText(const ClusterStats& stats, bool headings) {
  ColumnText table(SumColumns("PG_STAT", headings));
  const rados::PoolStat stat = stats.AllPools();
  table.Add(SumRow("sum", stat.sum, stat.log_size, stat.ondisk_log_size));
  return table.ToString();
}

std::string OsdFiguresText(const ClusterStats& stats, const rados::OsdMap& map) {
  std::map<int32_t, int> held, led;
  for (const auto& group : stats.Groups(map)) {
    for (const int32_t osd : group.stat.acting) ++held[osd];
    ++led[group.stat.acting_primary];
  }
  ColumnText table({{"OSD_STAT"},
                    {"USED", ColumnText::kLeft, ColumnText::kRight},
                    Number("AVAIL"),
                    Number("USED_RAW"),
                    Number("TOTAL"),
                    Number("HB_PEERS"),
                    Number("PG_SUM"),
                    Number("PRIMARY_PG_SUM")});
  for (int32_t osd = map.max_osd - 1; osd >= 0; --osd) {
    const rados::OsdStat* stat = stats.Osd(osd);
    if (!stat) continue;
    table.Add({absl::StrCat(osd), BytesText(KbBytes(stat->kb_used)),
               BytesText(KbBytes(stat->kb_avail)), BytesText(KbBytes(stat->kb_used)),
               BytesText(KbBytes(stat->kb)), OsdList(stat->hb_peers), absl::StrCat(held[osd]),
               absl::StrCat(led[osd])});
  }
  const rados::OsdStat all = stats.AllOsds(map);
  table.Add({"sum", BytesText(KbBytes(all.kb_used)), BytesText(KbBytes(all.kb_avail)),
             BytesText(KbBytes(all.kb_used)), BytesText(KbBytes(all.kb))});
  return table.ToString();
}

std::string OsdSumText(const ClusterStats& stats, const rados::OsdMap& map) {
  ColumnText table(
      {{"OSD_STAT"}, Number("USED"), Number("AVAIL"), Number("USED_RAW"), Number("TOTAL")});
  const rados::OsdStat all = stats.AllOsds(map);
  table.Add({"sum", BytesText(KbBytes(all.kb_used)), BytesText(KbBytes(all.kb_avail)),
             BytesText(KbBytes(all.kb_used)), BytesText(KbBytes(all.kb))});
  return table.ToString();
}

}  // namespace siphon::mon
