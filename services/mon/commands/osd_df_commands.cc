// How full each OSD is.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/mon/commands/pg_commands.h"
#include "services/mon/text/column_text.h"
#include "services/mon/text/crush_walk.h"
#include "services/mon/text/size_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;
using rados::OsdMap;

struct Usage {
  rados::OsdStat stat;
  int groups = 0;
};

double Utilization(const rados::OsdStat& stat) {
  return stat.kb > 0 ? 100.0 * static_cast<double>(stat.kb_used) / static_cast<double>(stat.kb) : 0;
}

void Add(const rados::OsdStat& from, rados::OsdStat* to) {
  to->kb += from.kb;
  to->kb_used += from.kb_used;
  to->kb_used_data += from.kb_used_data;
  to->kb_used_omap += from.kb_used_omap;
  to->kb_used_meta += from.kb_used_meta;
  to->kb_avail += from.kb_avail;
}

// The nodes to show and what they use; buckets have the sum of what is below them.
class OsdDf {
 public:
  OsdDf(const MonState& state, const Args& args);

  absl::Status status() const { return status_; }
  std::string Text(bool tree) const;
  Json ToJson(bool tree) const;

 private:
  bool IsShown(const CrushNode& node, bool tree) const { return tree || node.id >= 0; }
  double Variance(const rados::OsdStat& stat) const {
    return average_ > 0 ? Utilization(stat) / average_ : 1;
  }
  void FilterByAnyName(const std::string& filter, std::string* by, std::optional<int32_t>* root);
  std::vector<std::string> Row(const CrushNode& node) const;

  const OsdMap& map_;
  absl::Status status_;
  std::vector<CrushNode> nodes_;
  std::map<int32_t, Usage> usage_;
  rados::OsdStat total_;
  double average_ = 0, min_ = 0, max_ = 0, deviation_ = 0;
};

// A word without a kind is a bucket's or OSD's name, a class, or a pool, which stands for all OSDs.
void OsdDf::FilterByAnyName(const std::string& filter, std::string* by,
                            std::optional<int32_t>* root) {
  *root = map_.crush->FindItem(filter);
  if (*root || map_.FindPoolByName(filter)) return;
  *by = "class";
  if (!map_.crush->FindClass(filter))
    status_ = absl::InvalidArgumentError(
        absl::StrCat("'", filter, "' not a pool, crush node or device class name"));
}

OsdDf::OsdDf(const MonState& state, const Args& args) : map_(state.maps->current()) {
  std::string by = args.Text("filter_by");
  const std::string filter = args.Text("filter");
  std::optional<int32_t> root;
  if (by == "name") {
    root = map_.crush->FindItem(filter);
    if (!root) status_ = absl::InvalidArgumentError(absl::StrCat("'", filter, "' not a bucket"));
  } else if (by == "class" && !map_.crush->FindClass(filter)) {
    status_ = absl::InvalidArgumentError(absl::StrCat("'", filter, "' not a class"));
  } else if (by.empty() && !filter.empty()) {
    FilterByAnyName(filter, &by, &root);
  }
  if (!status_.ok()) return;
  for (const auto& group : state.stats->Groups(map_))
    for (const int32_t osd : group.stat.acting) ++usage_[osd].groups;
  nodes_ = WalkCrush(map_, false, root);
  if (by == "class")
    std::erase_if(nodes_, [&](const CrushNode& node) {
      return node.id >= 0 && map_.crush->DeviceClass(node.id) != filter;
    });
  std::vector<int32_t> above;  // the buckets that hold the node at hand
  std::set<int32_t> seen;
  for (const CrushNode& node : nodes_) {
    above.resize(std::min(above.size(), node.depth));
    if (node.id < 0) {
      above.push_back(node.id);
      continue;
    }
    const rados::OsdStat* stat = map_.IsIn(node.id) ? state.stats->Osd(node.id) : nullptr;
    if (!stat || !seen.insert(node.id).second) continue;
    usage_[node.id].stat = *stat;
    Add(*stat, &total_);
    for (const int32_t bucket : above) Add(*stat, &usage_[bucket].stat);
  }
  average_ = Utilization(total_);
  double squares = 0;
  for (const int32_t osd : seen) {
    const double variance = Variance(usage_[osd].stat);
    const double off = Utilization(usage_[osd].stat) - average_;
    squares += off * off;
    min_ = osd == *seen.begin() ? variance : std::min(min_, variance);
    max_ = std::max(max_, variance);
  }
  if (!seen.empty()) deviation_ = std::sqrt(squares / static_cast<double>(seen.size()));
}

std::vector<std::string> OsdDf::Row(const CrushNode& node) const {
  const auto it = usage_.find(node.id);
  const Usage usage = it == usage_.end() ? Usage() : it->second;
  const bool is_osd = node.id >= 0;
  const auto size = [](int64_t kb) {
    return BytesText(static_cast<uint64_t>(std::max<int64_t>(kb, 0)) << 10);
  };
  return {absl::StrCat(node.id),
          is_osd ? std::string(map_.crush->DeviceClass(node.id)) : "",
          WeightText(node.weight / 65536.0),
          is_osd ? WeightText(map_.Weight(node.id) / 65536.0) : "-",
          size(usage.stat.kb),
          size(usage.stat.kb_used),
          size(usage.stat.kb_used_data),
          size(usage.stat.kb_used_omap),
          size(usage.stat.kb_used_meta),
          size(usage.stat.kb_avail),
          Utilization(usage.stat) > 0 ? absl::StrFormat("%.2f", Utilization(usage.stat)) : "0",
          Variance(usage.stat) > 0 ? absl::StrFormat("%.2f", Variance(usage.stat)) : "0",
          is_osd ? absl::StrCat(usage.groups) : "-",
          !is_osd                 ? ""
          : !map_.Exists(node.id) ? "dne"
          : map_.IsUp(node.id)    ? "up"
                                  : "down",
          CrushNodeText(*map_.crush, node)};
}

std::string OsdDf::Text(bool tree) const {
  std::vector<ColumnText::Column> columns;
  for (const char* heading : {"ID", "CLASS", "WEIGHT", "REWEIGHT", "SIZE", "RAW USE", "DATA",
                              "OMAP", "META", "AVAIL", "%USE", "VAR", "PGS", "STATUS"})
    columns.push_back({heading, ColumnText::kLeft, ColumnText::kRight});
  if (tree) columns.push_back({"TYPE NAME"});
  ColumnText table(std::move(columns));
  for (const CrushNode& node : nodes_)
    if (IsShown(node, tree)) table.Add(Row(node));
  const auto size = [](int64_t kb) {
    return BytesText(static_cast<uint64_t>(std::max<int64_t>(kb, 0)) << 10);
  };
  table.Add({"", "", "", "TOTAL", size(total_.kb), size(total_.kb_used), size(total_.kb_used_data),
             size(total_.kb_used_omap), size(total_.kb_used_meta), size(total_.kb_avail),
             average_ > 0 ? absl::StrFormat("%.2f", average_) : "0"});
  const auto fraction = [](double n) { return n > 0 ? absl::StrFormat("%.2f", n) : "0"; };
  return absl::StrCat(table.ToString(), "MIN/MAX VAR: ", fraction(min_), "/", fraction(max_),
                      "  STDDEV: ", deviation_ >= 0.005 ? fraction(deviation_) : "0", "\n");
}

Json OsdDf::ToJson(bool tree) const {
  Json nodes = Json::array(), stray = Json::array();
  for (const CrushNode& node : nodes_) {
    if (!IsShown(node, tree)) continue;
    const auto it = usage_.find(node.id);
    const Usage usage = it == usage_.end() ? Usage() : it->second;
    Json one = CrushNodeJson(*map_.crush, node);
    one["reweight"] = node.id >= 0 ? map_.Weight(node.id) / 65536.0 : -1.0;
    one["kb"] = usage.stat.kb;
    one["kb_used"] = usage.stat.kb_used;
    one["kb_used_data"] = usage.stat.kb_used_data;
    one["kb_used_omap"] = usage.stat.kb_used_omap;
    one["kb_used_meta"] = usage.stat.kb_used_meta;
    one["kb_avail"] = usage.stat.kb_avail;
    one["utilization"] = Utilization(usage.stat);
    one["var"] = Variance(usage.stat);
    one["pgs"] = usage.groups;
    if (node.id >= 0)
      one["status"] = !map_.Exists(node.id) ? "dne" : map_.IsUp(node.id) ? "up" : "down";
    (node.stray ? stray : nodes).push_back(std::move(one));
  }
  return {{"nodes", nodes},
          {"stray", stray},
          {"summary",
           {{"total_kb", total_.kb},
            {"total_kb_used", total_.kb_used},
            {"total_kb_used_data", total_.kb_used_data},
            {"total_kb_used_omap", total_.kb_used_omap},
            {"total_kb_used_meta", total_.kb_used_meta},
            {"total_kb_avail", total_.kb_avail},
            {"average_utilization", average_},
            {"min_var", min_},
            {"max_var", max_},
            {"dev", deviation_}}}};
}

Result Run(const MonState& state, const Args& args) {
  const OsdDf df(state, args);
  if (!df.status().ok()) return Result::Error(df.status());
  const bool tree = args.Text("output_method") == "tree";
  return args.json() ? Result::OutputJson(args, df.ToJson(tree)) : Result::Output(df.Text(tree));
}

}  // namespace

void AddOsdDfCommands(const MonState& s, CommandTable* table) {
  table->Define(
      "osd df {output_method:CephChoices,opt,strings=plain|tree} "
      "{filter_by:CephChoices,opt,strings=class|name} {filter:CephString,opt}",
      "show how full OSDs are", "r", [&s](const Args& args) { return Run(s, args); });
}

}  // namespace siphon::mon
