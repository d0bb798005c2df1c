// CrushBuilder: edits by name.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "services/rados/crush_builder.h"

namespace siphon::rados {
namespace {

constexpr size_t kMaxDepth = 64;  // of a hierarchy; one with a cycle ends here

bool IsGoodName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

absl::Status BadName(std::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", AbslView(name), "' is no name for the CRUSH map; use letters, digits and -_."));
}

absl::Status NoItem(std::string_view name) {
  return absl::NotFoundError(absl::StrCat("item ", AbslView(name), " does not exist"));
}

bool TakesFrom(const CrushRule& rule, int32_t item) {
  return std::any_of(rule.steps.begin(), rule.steps.end(), [item](const CrushRule::Step& step) {
    return step.op == CrushRule::kTake && step.arg1 == item;
  });
}

bool IsTaken(const CrushMap& map, int32_t item) {
  return std::any_of(map.rules.begin(), map.rules.end(),
                     [item](const auto& rule) { return rule && TakesFrom(*rule, item); });
}

// Weights of other kinds of buckets do not follow from their items one by one.
absl::Status CheckParents(const CrushMap& map, int32_t item) {
  for (const auto& bucket : map.buckets) {
    if (!bucket || map.IsShadow(bucket->id) || bucket->algorithm == CrushBucket::kStraw2) continue;
    if (std::find(bucket->items.begin(), bucket->items.end(), item) != bucket->items.end())
      return absl::InvalidArgumentError(
          absl::StrCat("bucket '", AbslView(map.ItemName(bucket->id)),
                       "' is not straw2; only straw2 buckets are changed"));
  }
  return absl::OkStatus();
}

// Whether `item` is `bucket`, or somewhere below it.
bool IsBelow(const CrushMap& map, int32_t bucket, int32_t item, size_t depth = 0) {
  if (bucket == item) return true;
  const CrushBucket* found = map.FindBucket(bucket);
  if (!found || depth > kMaxDepth) return false;
  return std::any_of(found->items.begin(), found->items.end(),
                     [&](int32_t below) { return IsBelow(map, below, item, depth + 1); });
}

}  // namespace

absl::StatusOr<bool> CrushBuilder::AddBucket(std::string_view name, std::string_view type) {
  if (!IsGoodName(name)) return BadName(name);
  if (map_.FindItem(name)) return false;
  const std::optional<int32_t> id = map_.FindType(type);
  if (!id)
    return absl::InvalidArgumentError(absl::StrCat("type '", AbslView(type), "' does not exist"));
  if (*id == 0) return absl::InvalidArgumentError("type 'osd' is for devices, not buckets");
  if (map_.buckets.size() >= kMaxBuckets)
    return absl::InvalidArgumentError("the CRUSH map is full");
  NewBucket(static_cast<uint16_t>(*id), name);
  RebuildShadows();
  return true;
}

void CrushBuilder::Detach(int32_t item) {
  while (const CrushBucket* parent = map_.ParentOf(item)) {
    const int32_t id = parent->id;
    const size_t before = parent->items.size();
    RemoveItem(*map_.FindBucket(id), item);
    if (map_.FindBucket(id)->items.size() == before) return;
    Reweigh(id);
  }
}

absl::StatusOr<bool> CrushBuilder::Move(std::string_view name, const CrushLocation& location) {
  const std::optional<int32_t> id = map_.FindItem(name);
  if (!id) return NoItem(name);
  if (absl::Status status = CheckParents(map_, *id); !status.ok()) return status;
  uint32_t weight = 0;
  if (const CrushBucket* bucket = map_.FindBucket(*id)) {
    weight = bucket->weight;
  } else if (const CrushBucket* parent = map_.ParentOf(*id)) {
    const auto at = std::find(parent->items.begin(), parent->items.end(), *id);
    weight = parent->ItemWeight(static_cast<size_t>(at - parent->items.begin()));
  }
  bool changed = false;
  const absl::StatusOr<int32_t> target = BucketAt(location, &changed);
  if (!target.ok()) return target.status();
  if (IsBelow(map_, *id, *target))
    return absl::InvalidArgumentError(
        absl::StrCat("'", AbslView(name), "' cannot be put below itself"));
  const CrushBucket* bucket = map_.FindBucket(*id);
  if (bucket && bucket->type >= map_.FindBucket(*target)->type)
    return absl::InvalidArgumentError(
        absl::StrCat("a ", AbslView(map_.TypeName(bucket->type)), " cannot be in a ",
                     AbslView(map_.TypeName(map_.FindBucket(*target)->type))));
  const CrushBucket* parent = map_.ParentOf(*id);
  if (parent && parent->id == *target) return changed;
  Detach(*id);
  AddItem(*map_.FindBucket(*target), *id, weight);
  Reweigh(*target);
  RebuildShadows();
  return true;
}

absl::StatusOr<bool> CrushBuilder::Remove(std::string_view name) {
  const std::optional<int32_t> id = map_.FindItem(name);
  if (!id) return false;
  if (absl::Status status = CheckParents(map_, *id); !status.ok()) return status;
  if (*id >= 0) {
    RemoveDevice(*id);
    return true;
  }
  const CrushBucket* bucket = map_.FindBucket(*id);
  if (bucket && !bucket->items.empty())
    return absl::FailedPreconditionError("(39) Directory not empty");  // as Ceph
  if (IsTaken(map_, *id))
    return absl::FailedPreconditionError(
        absl::StrCat("a rule takes from bucket '", AbslView(name), "'"));
  Detach(*id);
  map_.item_names.erase(*id);
  map_.buckets[static_cast<size_t>(-1 - *id)].reset();
  RebuildShadows();
  return true;
}

absl::StatusOr<bool> CrushBuilder::RenameBucket(std::string_view name, std::string_view new_name) {
  if (!IsGoodName(new_name)) return BadName(new_name);
  const std::optional<int32_t> id = map_.FindItem(name);
  if (!id && map_.FindItem(new_name)) return false;
  if (!id)
    return absl::NotFoundError(absl::StrCat("srcname '", AbslView(name), "' does not exist"));
  if (*id >= 0)
    return absl::InvalidArgumentError(
        absl::StrCat("'", AbslView(name), "' is not a bucket; devices keep their names"));
  if (map_.FindItem(new_name))
    return absl::AlreadyExistsError(
        absl::StrCat("dstname '", AbslView(new_name), "' already exists"));
  map_.item_names[*id] = std::string(new_name);
  for (const auto& [device_class, shadow] : map_.class_buckets[*id])
    map_.item_names[shadow] = absl::StrCat(AbslView(new_name), "~", map_.class_names[device_class]);
  return true;
}

void CrushBuilder::SetWeightBelow(int32_t id, uint32_t weight, size_t depth) {
  CrushBucket* bucket = map_.FindBucket(id);
  if (!bucket || depth > kMaxDepth || bucket->algorithm != CrushBucket::kStraw2) return;
  bucket->weight = 0;
  for (size_t i = 0; i < bucket->items.size(); ++i) {
    const int32_t item = bucket->items[i];
    if (item >= 0) {
      bucket->weights[i] = weight;
    } else {
      SetWeightBelow(item, weight, depth + 1);
      if (const CrushBucket* below = map_.FindBucket(item)) bucket->weights[i] = below->weight;
    }
    bucket->weight += bucket->weights[i];
  }
}

absl::StatusOr<bool> CrushBuilder::SetWeight(std::string_view name, uint32_t weight) {
  const std::optional<int32_t> id = map_.FindItem(name);
  if (!id)
    return absl::NotFoundError(
        absl::StrCat("device '", AbslView(name), "' does not appear in the crush map"));
  if (*id < 0) {
    SetWeightBelow(*id, weight, 0);
    Reweigh(*id);
  } else {
    const CrushBucket* parent = map_.ParentOf(*id);
    if (!parent || parent->algorithm != CrushBucket::kStraw2)
      return absl::InvalidArgumentError(
          absl::StrCat("'", AbslView(name), "' is in no straw2 bucket"));
    CrushBucket& bucket = *map_.FindBucket(parent->id);
    const auto at = std::find(bucket.items.begin(), bucket.items.end(), *id);
    uint32_t& now = bucket.weights[static_cast<size_t>(at - bucket.items.begin())];
    bucket.weight += weight - now;
    now = weight;
    Reweigh(bucket.id);
  }
  RebuildShadows();
  return true;
}

bool CrushBuilder::ReweighAll() {
  for (const auto& bucket : map_.buckets)
    if (bucket && !map_.IsShadow(bucket->id)) Reweigh(bucket->id);
  RebuildShadows();
  return true;
}

absl::StatusOr<bool> CrushBuilder::RemoveFromClass(int32_t osd) {
  const auto it = map_.class_of.find(osd);
  if (osd < 0 || it == map_.class_of.end()) return false;
  const int32_t device_class = it->second;
  map_.class_of.erase(it);
  RebuildShadows();
  const bool used = std::any_of(map_.class_of.begin(), map_.class_of.end(), [&](const auto& item) {
    return item.first >= 0 && item.second == device_class;
  });
  const std::string name = map_.class_names[device_class];
  if (!used) (void)RemoveClass(name);  // one that a rule uses stays
  return true;
}

absl::StatusOr<bool> CrushBuilder::AddClass(std::string_view name) {
  if (!IsGoodName(name)) return BadName(name);
  if (map_.FindClass(name)) return false;
  const int32_t id = map_.class_names.empty() ? 0 : map_.class_names.rbegin()->first + 1;
  map_.class_names[id] = std::string(name);
  RebuildShadows();
  return true;
}

absl::StatusOr<bool> CrushBuilder::RemoveClass(std::string_view name) {
  const std::optional<int32_t> id = map_.FindClass(name);
  if (!id) return false;
  for (const auto& [item, device_class] : map_.class_of) {
    if (device_class != *id) continue;
    if (item >= 0)
      return absl::FailedPreconditionError(
          absl::StrCat("class '", AbslView(name), "' still has osd.", item));
    if (IsTaken(map_, item))
      return absl::FailedPreconditionError(
          absl::StrCat("a rule uses class '", AbslView(name), "'"));
  }
  map_.class_names.erase(*id);
  RebuildShadows();
  return true;
}

absl::StatusOr<bool> CrushBuilder::RemoveRule(std::string_view name) {
  const std::optional<int32_t> id = map_.FindRuleByName(name);
  if (!id) return false;
  map_.rule_names.erase(*id);
  if (*id >= 0 && static_cast<size_t>(*id) < map_.rules.size())
    map_.rules[static_cast<size_t>(*id)].reset();
  return true;
}

absl::StatusOr<bool> CrushBuilder::RenameRule(std::string_view name, std::string_view new_name) {
  if (!IsGoodName(new_name)) return BadName(new_name);
  const std::optional<int32_t> id = map_.FindRuleByName(name);
  const bool taken = map_.FindRuleByName(new_name).has_value();
  if (!id && taken) return false;
  if (!id)
    return absl::NotFoundError(absl::StrCat("crush rule ", AbslView(name), " does not exist"));
  if (taken)
    return absl::AlreadyExistsError(
        absl::StrCat("crush rule ", AbslView(new_name), " already exists"));
  map_.rule_names[*id] = std::string(new_name);
  return true;
}

absl::Status CrushBuilder::CheckTree() const {
  // By in-degree: a bucket is fine once all that hold it are; with a cycle some never are.
  std::map<int32_t, size_t> holders;
  std::vector<int32_t> free;
  size_t left = 0;
  for (const auto& bucket : map_.buckets) {
    if (!bucket) continue;
    ++left;
    holders.try_emplace(bucket->id, 0);
    for (const int32_t item : bucket->items) {
      if (item < 0 && !map_.FindBucket(item))
        return absl::InvalidArgumentError(
            absl::StrCat("bucket ", bucket->id, " holds bucket ", item, ", which is not there"));
      if (item >= map_.max_devices)
        return absl::InvalidArgumentError(
            absl::StrCat("bucket ", bucket->id, " holds device ", item, ", beyond max_devices"));
      if (item < 0) ++holders[item];
    }
  }
  for (const auto& [id, n] : holders)
    if (n == 0) free.push_back(id);
  for (; !free.empty(); --left) {
    const int32_t id = free.back();
    free.pop_back();
    for (const int32_t item : map_.FindBucket(id)->items)
      if (item < 0 && --holders[item] == 0) free.push_back(item);
  }
  return left == 0 ? absl::OkStatus()
                   : absl::InvalidArgumentError("buckets of the map hold each other in a cycle");
}

}  // namespace siphon::rados
