#include "services/rados/crush_builder.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::rados {
namespace {

constexpr std::string_view kTypes[] = {"osd", "host", "chassis",    "rack", "row",    "pdu",
                                       "pod", "room", "datacenter", "zone", "region", "root"};
constexpr uint16_t kRootType = 11;

bool IsGoodName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

absl::Status BadName(std::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", AbslView(name), "' is no name for the CRUSH map; use letters, digits and -_."));
}

}  // namespace

CrushMap CrushBuilder::Fresh(int32_t failure_domain) {
  CrushMap map;
  for (size_t i = 0; i < std::size(kTypes); ++i) map.type_names[i] = kTypes[i];
  CrushBuilder builder(&map);
  const int32_t root = builder.NewBucket(kRootType, "default");
  CrushRule rule;
  const uint32_t choose =
      failure_domain == 0 ? CrushRule::kChooseFirstN : CrushRule::kChooseLeafFirstN;
  rule.steps = {{CrushRule::kTake, root, 0}, {choose, 0, failure_domain}, {CrushRule::kEmit, 0, 0}};
  map.rules.push_back(rule);
  map.rule_names[0] = "replicated_rule";
  return map;
}

int32_t CrushBuilder::NewBucket(uint16_t type, std::string_view name) {
  auto& buckets = map_.buckets;
  size_t index = 0;
  while (index < buckets.size() && buckets[index]) ++index;
  if (index == buckets.size()) buckets.resize(std::max<size_t>(8, 2 * buckets.size()));
  CrushBucket bucket;
  bucket.id = -1 - static_cast<int32_t>(index);
  bucket.type = type;
  buckets[index] = bucket;
  map_.item_names[bucket.id] = std::string(name);
  return bucket.id;
}

void CrushBuilder::AddItem(CrushBucket& bucket, int32_t item, uint32_t weight) {
  bucket.items.push_back(item);
  bucket.weights.push_back(weight);
  bucket.weight += weight;
}

void CrushBuilder::RemoveItem(CrushBucket& bucket, int32_t item) {
  const auto it = std::find(bucket.items.begin(), bucket.items.end(), item);
  if (it == bucket.items.end()) return;
  const auto weight = bucket.weights.begin() + (it - bucket.items.begin());
  bucket.weight -= *weight;
  bucket.weights.erase(weight);
  bucket.items.erase(it);
}

void CrushBuilder::Reweigh(int32_t id) {
  // A map that is whole has no cycle; the limit is for one that was injected.
  for (size_t depth = 0; depth < map_.buckets.size(); ++depth) {
    const CrushBucket* below = map_.FindBucket(id);
    const CrushBucket* parent = map_.ParentOf(id);
    if (!below || !parent) return;
    CrushBucket& bucket = *map_.FindBucket(parent->id);
    for (size_t i = 0; i < bucket.items.size(); ++i) {
      if (bucket.items[i] != id) continue;
      bucket.weight += below->weight - bucket.weights[i];
      bucket.weights[i] = below->weight;
    }
    id = bucket.id;
  }
}

absl::StatusOr<int32_t> CrushBuilder::BucketAt(const CrushLocation& location, bool* changed) {
  std::map<int32_t, std::string> by_type;  // lowest first
  for (const auto& [type, name] : location) {
    const std::optional<int32_t> id = map_.FindType(type);
    if (!id || *id == 0)
      return absl::InvalidArgumentError(
          absl::StrCat("'", type, "' is not a type of bucket; the CRUSH map has no such level"));
    if (!IsGoodName(name)) return BadName(name);
    by_type[*id] = name;
  }
  if (by_type.empty())
    return absl::InvalidArgumentError("no location is given; give root=NAME host=NAME");
  std::optional<int32_t> lowest;
  std::optional<int32_t> below;  // made just now, still without a parent
  for (const auto& [type, name] : by_type) {
    std::optional<int32_t> id = map_.FindItem(name);
    const bool exists = id.has_value();
    if (exists && (!map_.FindBucket(*id) || map_.FindBucket(*id)->type != type))
      return absl::InvalidArgumentError(absl::StrCat(
          "'", name, "' exists in the CRUSH map, but not as a ", AbslView(map_.TypeName(type))));
    if (exists && map_.FindBucket(*id)->algorithm != CrushBucket::kStraw2)
      return absl::InvalidArgumentError(
          absl::StrCat("bucket '", name, "' is not straw2; only straw2 buckets are changed"));
    if (!exists) {
      if (map_.buckets.size() >= kMaxBuckets)
        return absl::InvalidArgumentError("the CRUSH map is full");
      id = NewBucket(static_cast<uint16_t>(type), name);
      *changed = true;
    }
    if (below) AddItem(*map_.FindBucket(*id), *below, map_.FindBucket(*below)->weight);
    if (!lowest) lowest = id;
    if (exists) break;
    below = id;
  }
  return *lowest;
}

absl::StatusOr<bool> CrushBuilder::CreateOrMove(int32_t osd, uint32_t weight,
                                                const CrushLocation& location) {
  bool changed = false;
  const absl::StatusOr<int32_t> target = BucketAt(location, &changed);
  if (!target.ok()) return target.status();
  const CrushBucket* parent = map_.ParentOf(osd);
  if (parent && parent->id == *target) return changed;
  if (parent) {
    CrushBucket& old = *map_.FindBucket(parent->id);
    if (old.algorithm != CrushBucket::kStraw2)
      return absl::InvalidArgumentError("only straw2 buckets are changed");
    const auto at = std::find(old.items.begin(), old.items.end(), osd) - old.items.begin();
    weight = old.weights[at];
    RemoveItem(old, osd);
    Reweigh(old.id);
  }
  AddItem(*map_.FindBucket(*target), osd, weight);
  Reweigh(*target);
  map_.item_names[osd] = absl::StrCat("osd.", osd);
  map_.max_devices = std::max(map_.max_devices, osd + 1);
  RebuildShadows();
  return true;
}

absl::StatusOr<bool> CrushBuilder::SetDeviceClass(int32_t osd, std::string_view device_class) {
  if (!IsGoodName(device_class)) return BadName(device_class);
  const std::string_view current = map_.DeviceClass(osd);
  if (current == device_class) return false;
  if (!current.empty())
    return absl::FailedPreconditionError(absl::StrCat("osd.", osd, " is of class '",
                                                      AbslView(current),
                                                      "' already; remove it from the class first"));
  std::optional<int32_t> id = map_.FindClass(device_class);
  if (!id) {
    id = map_.class_names.empty() ? 0 : map_.class_names.rbegin()->first + 1;
    map_.class_names[*id] = std::string(device_class);
  }
  map_.class_of[osd] = *id;
  RebuildShadows();
  return true;
}

absl::StatusOr<int32_t> CrushBuilder::AddReplicatedRule(std::string_view name,
                                                        std::string_view root,
                                                        std::string_view type,
                                                        std::string_view device_class) {
  if (!IsGoodName(name)) return BadName(name);
  if (map_.FindRuleByName(name))
    return absl::AlreadyExistsError(absl::StrCat("rule ", AbslView(name), " already exists"));
  std::optional<int32_t> from = map_.FindItem(root);
  if (!from || *from >= 0)
    return absl::NotFoundError(absl::StrCat("root item ", AbslView(root), " does not exist"));
  if (!device_class.empty()) {
    from = map_.FindItem(absl::StrCat(AbslView(root), "~", AbslView(device_class)));
    if (!from)
      return absl::NotFoundError(
          absl::StrCat("no devices of class ", AbslView(device_class), " below the root"));
  }
  const std::optional<int32_t> domain = map_.FindType(type);
  if (!domain) return absl::InvalidArgumentError(absl::StrCat("unknown type ", AbslView(type)));
  size_t id = 0;
  while (id < map_.rules.size() && map_.rules[id]) ++id;
  if (id > 255) return absl::InvalidArgumentError("the CRUSH map has no room for another rule");
  if (id == map_.rules.size()) map_.rules.emplace_back();
  CrushRule rule;
  rule.ruleset = static_cast<uint8_t>(id);
  const uint32_t choose = *domain == 0 ? CrushRule::kChooseFirstN : CrushRule::kChooseLeafFirstN;
  rule.steps = {{CrushRule::kTake, *from, 0}, {choose, 0, *domain}, {CrushRule::kEmit, 0, 0}};
  map_.rules[id] = rule;
  map_.rule_names[static_cast<int32_t>(id)] = std::string(name);
  return static_cast<int32_t>(id);
}

void CrushBuilder::RemoveDevice(int32_t osd) {
  for (const auto& bucket : map_.buckets) {
    if (!bucket || map_.IsShadow(bucket->id) || bucket->algorithm != CrushBucket::kStraw2) continue;
    RemoveItem(*map_.FindBucket(bucket->id), osd);
    Reweigh(bucket->id);
  }
  map_.class_of.erase(osd);
  map_.item_names.erase(osd);
  RebuildShadows();
}

void CrushBuilder::RebuildShadows() {
  const auto old_ids = std::move(map_.class_buckets);
  map_.class_buckets.clear();
  std::set<int32_t> roots;
  for (const auto& bucket : map_.buckets)
    if (bucket && !map_.IsShadow(bucket->id) && !map_.ParentOf(bucket->id))
      roots.insert(bucket->id);
  for (const int32_t root : roots)
    for (const auto& [device_class, name] : map_.class_names)
      CloneForClass(root, device_class, old_ids);
  // Shadows of what is no more.
  std::set<int32_t> kept;
  for (const auto& [bucket, shadows] : map_.class_buckets)
    for (const auto& [device_class, shadow] : shadows) kept.insert(shadow);
  for (auto& bucket : map_.buckets) {
    if (!bucket || !map_.IsShadow(bucket->id) || kept.contains(bucket->id)) continue;
    map_.item_names.erase(bucket->id);
    map_.class_of.erase(bucket->id);
    bucket.reset();
  }
}

int32_t CrushBuilder::CloneForClass(int32_t id, int32_t device_class,
                                    const std::map<int32_t, std::map<int32_t, int32_t>>& old_ids) {
  std::vector<std::pair<int32_t, uint32_t>> items;
  const CrushBucket original = *map_.FindBucket(id);
  for (size_t i = 0; i < original.items.size(); ++i) {
    const int32_t item = original.items[i];
    if (item >= 0) {
      const auto it = map_.class_of.find(item);
      if (it != map_.class_of.end() && it->second == device_class)
        items.emplace_back(item, original.ItemWeight(i));
    } else if (map_.FindBucket(item)) {
      const int32_t shadow = CloneForClass(item, device_class, old_ids);
      items.emplace_back(shadow, map_.FindBucket(shadow)->weight);
    }
  }
  const std::string name =
      absl::StrCat(AbslView(map_.ItemName(id)), "~", map_.class_names[device_class]);
  int32_t shadow = 0;
  const auto old = old_ids.find(id);
  if (old != old_ids.end() && old->second.contains(device_class))
    shadow = old->second.at(device_class);
  else
    shadow = NewBucket(original.type, name);
  CrushBucket& bucket = *map_.FindBucket(shadow);
  bucket.items.clear();
  bucket.weights.clear();
  bucket.weight = 0;
  for (const auto& [item, weight] : items) AddItem(bucket, item, weight);
  map_.class_of[shadow] = device_class;
  map_.class_buckets[id][device_class] = shadow;
  return shadow;
}

}  // namespace siphon::rados
