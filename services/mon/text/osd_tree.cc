#include "services/mon/text/osd_tree.h"

#include "absl/strings/str_cat.h"
#include "services/mon/text/column_text.h"
#include "services/mon/text/crush_walk.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

using Json = nlohmann::ordered_json;
using rados::OsdMap;

constexpr size_t kMaxDepth = 64;  // of a hierarchy; one with a cycle ends here

double Affinity(const OsdMap& map, int32_t osd) {
  return map.primary_affinity.empty() ? 1.0 : map.primary_affinity[osd] / 65536.0;
}

bool IsDestroyed(const OsdMap& map, int32_t osd) {
  return (map.State(osd) & rados::kOsdDestroyed) != 0;
}

const char* StatusText(const OsdMap& map, int32_t osd) {
  if (!map.Exists(osd)) return "DNE";
  if (IsDestroyed(map, osd)) return "destroyed";
  return map.IsUp(osd) ? "up" : "down";
}

bool Fits(const OsdMap& map, int32_t osd, const std::set<std::string>& states) {
  if (states.empty()) return true;
  if (!map.Exists(osd)) return false;
  return (states.contains("up") && map.IsUp(osd)) || (states.contains("down") && map.IsDown(osd)) ||
         (states.contains("in") && map.IsIn(osd)) || (states.contains("out") && map.IsOut(osd)) ||
         (states.contains("destroyed") && IsDestroyed(map, osd));
}

// The OSDs that fit, and the buckets that still have some below them.
std::vector<CrushNode> Filtered(const OsdMap& map, const OsdTreeFilter& filter) {
  std::vector<CrushNode> kept;
  const std::vector<CrushNode> all = WalkCrush(map, false, filter.root);
  size_t wanted_depth = SIZE_MAX;  // buckets below this have nothing that fits
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    if (it->id >= 0) {
      if (!Fits(map, it->id, filter.states)) continue;
      wanted_depth = it->depth;
    } else if (!filter.states.empty()) {
      if (wanted_depth == SIZE_MAX || it->depth >= wanted_depth) continue;
      wanted_depth = it->depth == 0 ? SIZE_MAX : it->depth;
    }
    kept.insert(kept.begin(), *it);
  }
  return kept;
}

}  // namespace

std::string OsdTreeText(const OsdMap& map, const OsdTreeFilter& filter) {
  constexpr auto kRight = ColumnText::kRight;
  ColumnText table({{"ID", ColumnText::kLeft, kRight},
                    {"CLASS", ColumnText::kLeft, kRight},
                    {"WEIGHT", ColumnText::kLeft, kRight},
                    {"TYPE NAME"},
                    {"STATUS", ColumnText::kLeft, kRight},
                    {"REWEIGHT", ColumnText::kLeft, kRight},
                    {"PRI-AFF", ColumnText::kLeft, kRight}});
  for (const CrushNode& node : Filtered(map, filter)) {
    std::vector<std::string> row = {
        absl::StrCat(node.id), std::string(map.crush->DeviceClass(node.id)),
        WeightText(node.weight / 65536.0), CrushNodeText(*map.crush, node)};
    if (node.id >= 0) {
      row.push_back(StatusText(map, node.id));
      row.push_back(WeightText(map.Weight(node.id) / 65536.0));
      if (map.Exists(node.id)) row.push_back(WeightText(Affinity(map, node.id)));
    } else {
      row[1].clear();
    }
    table.Add(std::move(row));
  }
  return table.ToString();
}

Json OsdTreeJson(const OsdMap& map, const OsdTreeFilter& filter) {
  Json nodes = Json::array();
  Json stray = Json::array();
  for (const CrushNode& node : Filtered(map, filter)) {
    Json out = CrushNodeJson(*map.crush, node);
    if (node.id >= 0) {
      out["exists"] = map.Exists(node.id) ? 1 : 0;
      out["status"] = IsDestroyed(map, node.id) ? "destroyed" : map.IsUp(node.id) ? "up" : "down";
      out["reweight"] = map.Weight(node.id) / 65536.0;
      out["primary_affinity"] = map.Exists(node.id) ? Affinity(map, node.id) : 1.0;
    }
    (node.stray ? stray : nodes).push_back(std::move(out));
  }
  Json tree = {{"nodes", std::move(nodes)}};
  if (!filter.root) tree["stray"] = std::move(stray);
  return tree;
}

std::string CrushTreeText(const OsdMap& map, bool shadow) {
  constexpr auto kRight = ColumnText::kRight;
  ColumnText table({{"ID", ColumnText::kLeft, kRight},
                    {"CLASS", ColumnText::kLeft, kRight},
                    {"WEIGHT", ColumnText::kLeft, kRight},
                    {"TYPE NAME"}});
  for (const CrushNode& node : WalkCrush(map, shadow)) {
    if (node.stray) continue;
    const bool has_class = node.id >= 0 || map.crush->IsShadow(node.id);
    table.Add({absl::StrCat(node.id), has_class ? std::string(map.crush->DeviceClass(node.id)) : "",
               WeightText(node.weight / 65536.0), CrushNodeText(*map.crush, node)});
  }
  return table.ToString();
}

Json CrushTreeJson(const OsdMap& map, bool shadow) {
  Json nodes = Json::array();
  for (const CrushNode& node : WalkCrush(map, shadow))
    if (!node.stray) nodes.push_back(CrushNodeJson(*map.crush, node));
  return {{"nodes", std::move(nodes)}, {"stray", Json::array()}};
}

std::vector<std::pair<std::string, std::string>> CrushLocationOf(const OsdMap& map, int32_t osd) {
  std::vector<std::pair<std::string, std::string>> location;
  const rados::CrushBucket* bucket = map.crush->ParentOf(osd);
  for (; bucket && location.size() < kMaxDepth; bucket = map.crush->ParentOf(bucket->id))
    location.emplace_back(map.crush->TypeName(bucket->type), map.crush->ItemName(bucket->id));
  return location;
}

}  // namespace siphon::mon
