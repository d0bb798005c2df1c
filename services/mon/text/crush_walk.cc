#include "services/mon/text/crush_walk.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"

namespace siphon::mon {
namespace {

using Json = nlohmann::ordered_json;
using rados::CrushBucket;
using rados::CrushMap;

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxNodes = 1 << 18;

// Buckets by name before devices by class and number.
std::vector<std::pair<int32_t, uint32_t>> SortedItems(const CrushMap& crush,
                                                      const CrushBucket& bucket) {
  std::vector<std::pair<std::string, std::pair<int32_t, uint32_t>>> keyed;
  for (size_t i = 0; i < bucket.items.size(); ++i) {
    const int32_t item = bucket.items[i];
    const std::string key =
        item >= 0 ? absl::StrCat(AbslView(crush.DeviceClass(item)), absl::StrFormat("%08d", item))
                  : absl::StrCat("_", AbslView(crush.ItemName(item)));
    keyed.push_back({key, {item, bucket.ItemWeight(i)}});
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::pair<int32_t, uint32_t>> items;
  for (const auto& [key, item] : keyed) items.push_back(item);
  return items;
}

void AddBelow(const CrushMap& crush, const CrushBucket& bucket, size_t depth,
              std::vector<CrushNode>* nodes) {
  for (const auto& [item, weight] : SortedItems(crush, bucket)) {
    if (nodes->size() >= kMaxNodes) return;
    nodes->push_back({item, depth, weight});
    const CrushBucket* below = crush.FindBucket(item);
    if (below && depth < kMaxDepth) AddBelow(crush, *below, depth + 1, nodes);
  }
}

}  // namespace

std::vector<CrushNode> WalkCrush(const rados::OsdMap& map, bool shadow,
                                 std::optional<int32_t> root) {
  const CrushMap& crush = *map.crush;
  std::vector<CrushNode> nodes;
  if (root) {
    const CrushBucket* bucket = crush.FindBucket(*root);
    nodes.push_back({*root, 0, bucket ? bucket->weight : 0});
    if (bucket) AddBelow(crush, *bucket, 1, &nodes);
    return nodes;
  }
  std::set<int32_t> inside;
  for (const auto& bucket : crush.buckets)
    if (bucket && (shadow || !crush.IsShadow(bucket->id)))
      inside.insert(bucket->items.begin(), bucket->items.end());
  std::vector<const CrushBucket*> roots;
  for (const auto& bucket : crush.buckets)
    if (bucket && (shadow || !crush.IsShadow(bucket->id)) && !inside.contains(bucket->id))
      roots.push_back(&*bucket);
  // The lowest numbers, the latest made, come first.
  if (shadow) std::reverse(roots.begin(), roots.end());
  for (const CrushBucket* bucket : roots) {
    nodes.push_back({bucket->id, 0, bucket->weight});
    AddBelow(crush, *bucket, 1, &nodes);
  }
  for (int32_t osd = 0; osd < map.max_osd; ++osd)
    if (map.Exists(osd) && !inside.contains(osd)) nodes.push_back({osd, 0, 0, true});
  return nodes;
}

std::string CrushNodeName(const CrushMap& crush, int32_t id) {
  return id >= 0 ? absl::StrCat("osd.", id) : std::string(crush.ItemName(id));
}

std::string CrushNodeText(const CrushMap& crush, const CrushNode& node) {
  std::string text(4 * node.depth, ' ');
  if (const CrushBucket* bucket = crush.FindBucket(node.id))
    absl::StrAppend(&text, AbslView(crush.TypeName(bucket->type)), " ");
  return text + CrushNodeName(crush, node.id);
}

std::string WeightText(double weight) {
  return weight < 0.000001 ? "0" : absl::StrFormat("%.5f", weight);
}

Json CrushNodeJson(const CrushMap& crush, const CrushNode& node) {
  const CrushBucket* bucket = crush.FindBucket(node.id);
  const int32_t type = bucket ? bucket->type : 0;
  Json out = {{"id", node.id}};
  if (node.id >= 0 && !crush.DeviceClass(node.id).empty())
    out["device_class"] = std::string(crush.DeviceClass(node.id));
  out["name"] = CrushNodeName(crush, node.id);
  out["type"] = std::string(crush.TypeName(type));
  out["type_id"] = type;
  if (node.id >= 0) {
    out["crush_weight"] = node.weight / 65536.0;
    out["depth"] = node.depth;
  }
  if (node.depth > 0) out["pool_weights"] = Json::object();
  if (!bucket) return out;
  Json& children = out["children"] = Json::array();
  const auto items = SortedItems(crush, *bucket);
  for (auto it = items.rbegin(); it != items.rend(); ++it) children.push_back(it->first);
  return out;
}

}  // namespace siphon::mon
