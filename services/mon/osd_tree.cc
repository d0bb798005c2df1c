#include "services/mon/osd_tree.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"
#include "services/rados/crush_map.h"

namespace siphon::mon {
namespace {

using Json = nlohmann::ordered_json;
using rados::CrushBucket;
using rados::CrushMap;

constexpr size_t kMaxDepth = 64;  // of a hierarchy; one with a cycle ends here
constexpr size_t kMaxNodes = 1 << 18;

struct Node {
  int32_t id = 0;
  size_t depth = 0;
  uint32_t weight = 0;  // 16.16
  bool stray = false;   // in no bucket
};

void AddBelow(const CrushMap& crush, const CrushBucket& bucket, size_t depth,
              std::vector<Node>* nodes) {
  for (size_t i = 0; i < bucket.items.size() && nodes->size() < kMaxNodes; ++i) {
    const int32_t item = bucket.items[i];
    nodes->push_back({item, depth, bucket.ItemWeight(i)});
    const CrushBucket* below = crush.FindBucket(item);
    if (below && depth < kMaxDepth) AddBelow(crush, *below, depth + 1, nodes);
  }
}

std::vector<Node> Walk(const rados::OsdMap& map) {
  const CrushMap& crush = *map.crush;
  std::set<int32_t> inside;
  for (const auto& bucket : crush.buckets)
    if (bucket && !crush.IsShadow(bucket->id))
      inside.insert(bucket->items.begin(), bucket->items.end());
  std::vector<Node> nodes;
  for (const auto& bucket : crush.buckets) {
    if (!bucket || crush.IsShadow(bucket->id) || inside.contains(bucket->id)) continue;
    nodes.push_back({bucket->id, 0, bucket->weight});
    AddBelow(crush, *bucket, 1, &nodes);
  }
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (map.Exists(osd) && !inside.contains(osd)) nodes.push_back({osd, 0, 0, true});
  return nodes;
}

std::string NodeName(const CrushMap& crush, int32_t id) {
  if (id >= 0) return absl::StrCat("osd.", id);
  return std::string(crush.ItemName(id));
}

// Whole fractions as 0, others with five digits, as Ceph prints weights.
std::string WeightText(double weight) {
  return weight < 0.000001 ? "0" : absl::StrFormat("%.5f", weight);
}

double Affinity(const rados::OsdMap& map, int32_t osd) {
  return map.primary_affinity.empty() ? 1.0 : map.primary_affinity[osd] / 65536.0;
}

using Row = std::array<std::string, 7>;

Row RowOf(const rados::OsdMap& map, const Node& node) {
  const CrushMap& crush = *map.crush;
  Row row;
  row[0] = absl::StrCat(node.id);
  row[2] = WeightText(node.weight / 65536.0);
  row[3] = std::string(4 * node.depth, ' ');
  if (node.id < 0) {
    absl::StrAppend(&row[3], AbslView(crush.TypeName(crush.FindBucket(node.id)
                                                         ? crush.FindBucket(node.id)->type
                                                         : 0)),
                    " ", NodeName(crush, node.id));
    return row;
  }
  row[1] = std::string(crush.DeviceClass(node.id));
  row[3] += NodeName(crush, node.id);
  if (!map.Exists(node.id)) {
    row[4] = "DNE";
    row[5] = "0";
    return row;
  }
  row[4] = map.IsUp(node.id) ? "up" : "down";
  row[5] = WeightText(map.Weight(node.id) / 65536.0);
  row[6] = WeightText(Affinity(map, node.id));
  return row;
}

}  // namespace

std::string OsdTreeText(const rados::OsdMap& map) {
  const Row heading = {"ID", "CLASS", "WEIGHT", "TYPE NAME", "STATUS", "REWEIGHT", "PRI-AFF"};
  std::vector<Row> rows;
  for (const Node& node : Walk(map)) rows.push_back(RowOf(map, node));
  std::array<size_t, 7> width;
  for (size_t c = 0; c < width.size(); ++c) {
    width[c] = heading[c].size();
    for (const Row& row : rows) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  const auto add = [&](const Row& row, bool is_heading) {
    for (size_t c = 0; c < width.size(); ++c) {
      const std::string pad(width[c] - row[c].size(), ' ');
      const bool left = is_heading || c == 3;
      absl::StrAppend(&text, c == 0 ? "" : "  ", left ? row[c] : pad, left ? pad : row[c]);
    }
    text += '\n';
  };
  add(heading, true);
  for (const Row& row : rows) add(row, false);
  return text;
}

Json OsdTreeJson(const rados::OsdMap& map) {
  const CrushMap& crush = *map.crush;
  Json nodes = Json::array();
  Json stray = Json::array();
  for (const Node& node : Walk(map)) {
    Json out = {{"id", node.id}};
    const CrushBucket* bucket = crush.FindBucket(node.id);
    const int32_t type = bucket ? bucket->type : 0;
    if (node.id >= 0 && !crush.DeviceClass(node.id).empty())
      out["device_class"] = std::string(crush.DeviceClass(node.id));
    out["name"] = NodeName(crush, node.id);
    out["type"] = std::string(crush.TypeName(type));
    out["type_id"] = type;
    if (node.id >= 0) {
      out["crush_weight"] = node.weight / 65536.0;
      out["depth"] = node.depth;
    }
    if (node.depth > 0) out["pool_weights"] = Json::object();
    if (node.id >= 0) {
      out["exists"] = map.Exists(node.id) ? 1 : 0;
      out["status"] = map.IsUp(node.id) ? "up" : "down";
      out["reweight"] = map.Weight(node.id) / 65536.0;
      out["primary_affinity"] = map.Exists(node.id) ? Affinity(map, node.id) : 1.0;
    } else if (bucket) {
      out["children"] = bucket->items;
    }
    (node.stray ? stray : nodes).push_back(std::move(out));
  }
  return {{"nodes", std::move(nodes)}, {"stray", std::move(stray)}};
}

std::vector<std::pair<std::string, std::string>> CrushLocationOf(const rados::OsdMap& map,
                                                                 int32_t osd) {
  std::vector<std::pair<std::string, std::string>> location;
  const CrushBucket* bucket = map.crush->ParentOf(osd);
  for (; bucket && location.size() < kMaxDepth; bucket = map.crush->ParentOf(bucket->id))
    location.emplace_back(map.crush->TypeName(bucket->type), map.crush->ItemName(bucket->id));
  return location;
}

}  // namespace siphon::mon
