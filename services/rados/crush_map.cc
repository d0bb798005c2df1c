#include "services/rados/crush_map.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "services/rados/container_codec.h"

namespace siphon::rados {
namespace {

constexpr uint32_t kMagic = 0x10000;

std::vector<uint32_t> DecodeWords(Decoder& d, size_t n) {
  std::vector<uint32_t> words;
  if (d.remaining() / 4 < n) d.Fail("crush map: a list is longer than the map");
  for (size_t i = 0; i < n && d.ok(); ++i) words.push_back(d.U32());
  return words;
}

// Weights of a tree's nodes: a binary tree over the items in the odd places.
void DecodeTree(Decoder& d, CrushBucket& b) {
  const uint8_t nodes = d.U8();
  b.weights = DecodeWords(d, nodes);
  if (d.ok() && !b.items.empty() && (nodes < 2 * b.items.size() || !std::has_single_bit(nodes)))
    d.Fail("crush map: the nodes of a tree bucket do not fit its items");
}

CrushBucket DecodeBucket(Decoder& d, size_t index) {
  CrushBucket b;
  b.id = d.I32();
  b.type = d.U16();
  b.algorithm = d.U8();
  b.hash = d.U8();
  b.weight = d.U32();
  if (d.ok() && static_cast<int64_t>(b.id) != -1 - static_cast<int64_t>(index))
    d.Fail("crush map: a bucket's id does not fit its place");
  const uint32_t size = d.Count(4);
  for (uint32_t i = 0; i < size; ++i) b.items.push_back(d.I32());
  switch (b.algorithm) {
    case CrushBucket::kUniform:
      b.weights = {d.U32()};
      break;
    case CrushBucket::kList:
    case CrushBucket::kStraw:
      if (d.remaining() / 8 < size) d.Fail("crush map: a bucket's weights are cut off");
      for (uint32_t i = 0; i < size && d.ok(); ++i) {
        b.weights.push_back(d.U32());
        b.extra.push_back(d.U32());
      }
      break;
    case CrushBucket::kTree:
      DecodeTree(d, b);
      break;
    case CrushBucket::kStraw2:
      b.weights = DecodeWords(d, size);
      break;
    default:
      d.Fail("crush map: a bucket's algorithm is unknown");
  }
  return b;
}

void EncodeBucket(Encoder& e, const CrushBucket& b) {
  e.I32(b.id);
  e.U16(b.type);
  e.U8(b.algorithm);
  e.U8(b.hash);
  e.U32(b.weight);
  EncodeEach(e, b.items, [&e](int32_t item) { e.I32(item); });
  if (b.algorithm == CrushBucket::kTree) e.U8(static_cast<uint8_t>(b.weights.size()));
  for (size_t i = 0; i < b.weights.size(); ++i) {
    e.U32(b.weights[i]);
    if (!b.extra.empty()) e.U32(b.extra[i]);
  }
}

CrushRule DecodeRule(Decoder& d) {
  CrushRule rule;
  const uint32_t steps = d.U32();
  rule.ruleset = d.U8();
  rule.type = d.U8();
  rule.min_size = d.U8();
  rule.max_size = d.U8();
  if (d.remaining() / 12 < steps) d.Fail("crush map: a rule's steps are cut off");
  for (uint32_t i = 0; i < steps && d.ok(); ++i) {
    CrushRule::Step step;
    step.op = d.U32();
    step.arg1 = d.I32();
    step.arg2 = d.I32();
    rule.steps.push_back(step);
  }
  return rule;
}

void EncodeRule(Encoder& e, const CrushRule& rule) {
  e.U32(static_cast<uint32_t>(rule.steps.size()));
  e.U8(rule.ruleset);
  e.U8(rule.type);
  e.U8(rule.min_size);
  e.U8(rule.max_size);
  for (const CrushRule::Step& step : rule.steps) {
    e.U32(step.op);
    e.I32(step.arg1);
    e.I32(step.arg2);
  }
}

std::map<int32_t, std::string> DecodeNameMap(Decoder& d) {
  std::map<int32_t, std::string> names;
  DecodeEach(d, 8, [&] {
    const int32_t key = d.I32();
    names[key] = d.String();
  });
  return names;
}

void EncodeNameMap(Encoder& e, const std::map<int32_t, std::string>& names) {
  EncodeEach(e, names, [&e](const auto& item) {
    e.I32(item.first);
    e.String(item.second);
  });
}

CrushChooseArg DecodeChooseArg(Decoder& d) {
  CrushChooseArg arg;
  DecodeEach(d, 4, [&] {
    std::vector<uint32_t> set;
    DecodeEach(d, 4, [&] { set.push_back(d.U32()); });
    arg.weight_sets.push_back(std::move(set));
  });
  DecodeEach(d, 4, [&] { arg.ids.push_back(d.I32()); });
  return arg;
}

void EncodeChooseArg(Encoder& e, const CrushChooseArg& arg) {
  EncodeEach(e, arg.weight_sets, [&e](const auto& set) {
    EncodeEach(e, set, [&e](uint32_t weight) { e.U32(weight); });
  });
  EncodeEach(e, arg.ids, [&e](int32_t id) { e.I32(id); });
}

std::optional<int32_t> FindName(const std::map<int32_t, std::string>& names,
                                std::string_view name) {
  for (const auto& [id, known] : names)
    if (known == name) return id;
  return std::nullopt;
}

std::string_view NameOf(const std::map<int32_t, std::string>& names, int32_t id) {
  const auto it = names.find(id);
  return it == names.end() ? std::string_view() : std::string_view(it->second);
}

}  // namespace

uint32_t CrushBucket::ItemWeight(size_t index) const {
  switch (algorithm) {
    case kUniform:
      return weights[0];
    case kTree:
      return weights[2 * index + 1];
    default:
      return weights[index];
  }
}

void CrushMap::Encode(Encoder& e) const {
  e.U32(kMagic);
  e.U32(static_cast<uint32_t>(buckets.size()));
  e.U32(static_cast<uint32_t>(rules.size()));
  e.I32(max_devices);
  for (const auto& bucket : buckets) {
    e.U32(bucket ? bucket->algorithm : 0);
    if (bucket) EncodeBucket(e, *bucket);
  }
  for (const auto& rule : rules) {
    e.U32(rule ? 1 : 0);
    if (rule) EncodeRule(e, *rule);
  }
  EncodeNameMap(e, type_names);
  EncodeNameMap(e, item_names);
  EncodeNameMap(e, rule_names);
  EncodeTail(e);
}

void CrushMap::EncodeTail(Encoder& e) const {
  e.U32(tunables.choose_local_tries);
  e.U32(tunables.choose_local_fallback_tries);
  e.U32(tunables.choose_total_tries);
  e.U32(tunables.chooseleaf_descend_once);
  e.U8(tunables.chooseleaf_vary_r);
  e.U8(tunables.straw_calc_version);
  e.U32(tunables.allowed_bucket_algorithms);
  e.U8(tunables.chooseleaf_stable);
  EncodeEach(e, class_of, [&e](const auto& item) {
    e.I32(item.first);
    e.I32(item.second);
  });
  EncodeNameMap(e, class_names);
  EncodeEach(e, class_buckets, [&e](const auto& item) {
    e.I32(item.first);
    EncodeEach(e, item.second, [&e](const auto& shadow) {
      e.I32(shadow.first);
      e.I32(shadow.second);
    });
  });
  EncodeEach(e, choose_args, [&e](const auto& set) {
    e.I64(set.first);
    EncodeEach(e, set.second, [&e](const auto& item) {
      e.U32(item.first);
      EncodeChooseArg(e, item.second);
    });
  });
}

CrushMap CrushMap::Decode(Decoder& d) {
  CrushMap map;
  const uint32_t magic = d.U32();
  if (d.ok() && magic != kMagic) d.Fail("not a crush map: wrong magic number");
  const uint32_t max_buckets = d.U32();
  const uint32_t max_rules = d.U32();
  map.max_devices = d.I32();
  if (d.ok() && map.max_devices < 0) d.Fail("crush map: max_devices is negative");
  map.DecodeBuckets(d, max_buckets);
  map.DecodeRules(d, max_rules);
  map.DecodeNames(d);
  map.DecodeTail(d);
  return map;
}

void CrushMap::DecodeBuckets(Decoder& d, uint32_t max_buckets) {
  if (d.remaining() / 4 < max_buckets) d.Fail("crush map: more buckets than the map can hold");
  for (uint32_t i = 0; i < max_buckets && d.ok(); ++i) {
    buckets.emplace_back();
    const uint32_t algorithm = d.U32();
    if (algorithm == 0 || !d.ok()) continue;
    CrushBucket bucket = DecodeBucket(d, i);
    if (bucket.algorithm != algorithm) d.Fail("crush map: a bucket names two algorithms");
    if (d.ok()) buckets.back() = std::move(bucket);
  }
}

void CrushMap::DecodeRules(Decoder& d, uint32_t max_rules) {
  if (d.remaining() / 4 < max_rules) d.Fail("crush map: more rules than the map can hold");
  for (uint32_t i = 0; i < max_rules && d.ok(); ++i) {
    rules.emplace_back();
    if (d.U32() != 0) rules.back() = DecodeRule(d);
  }
}

void CrushMap::DecodeNames(Decoder& d) {
  type_names = DecodeNameMap(d);
  item_names = DecodeNameMap(d);
  rule_names = DecodeNameMap(d);
}

// Every release added to the end; the tunables of a map without them are Argonaut's.
void CrushMap::DecodeTail(Decoder& d) {
  tunables = {2, 5, 19, 0, 0, 0, 0x16, 0};
  if (d.remaining() == 0) return;
  tunables.choose_local_tries = d.U32();
  tunables.choose_local_fallback_tries = d.U32();
  tunables.choose_total_tries = d.U32();
  if (d.remaining() == 0) return;
  tunables.chooseleaf_descend_once = d.U32();
  if (d.remaining() == 0) return;
  tunables.chooseleaf_vary_r = d.U8();
  if (d.remaining() == 0) return;
  tunables.straw_calc_version = d.U8();
  if (d.remaining() == 0) return;
  tunables.allowed_bucket_algorithms = d.U32();
  if (d.remaining() == 0) return;
  tunables.chooseleaf_stable = d.U8();
  if (d.remaining() == 0) return;
  DecodeEach(d, 8, [&] {
    const int32_t item = d.I32();
    class_of[item] = d.I32();
  });
  class_names = DecodeNameMap(d);
  DecodeEach(d, 8, [&] {
    auto& shadows = class_buckets[d.I32()];
    DecodeEach(d, 8, [&] {
      const int32_t device_class = d.I32();
      shadows[device_class] = d.I32();
    });
  });
  if (d.remaining() == 0) return;
  DecodeEach(d, 12, [&] {
    auto& set = choose_args[d.I64()];
    DecodeEach(d, 12, [&] {
      const uint32_t index = d.U32();
      CrushChooseArg arg = DecodeChooseArg(d);
      if (d.ok() && (index >= buckets.size() || !buckets[index]))
        d.Fail("crush map: a weight set is for no bucket");
      if (!d.ok()) return;
      const size_t size = buckets[index]->items.size();
      for (const auto& weights : arg.weight_sets)
        if (weights.size() != size) d.Fail("crush map: a weight set does not fit its bucket");
      if (!arg.ids.empty() && arg.ids.size() != size)
        d.Fail("crush map: the ids of a weight set do not fit their bucket");
      set[index] = std::move(arg);
    });
  });
}

const CrushBucket* CrushMap::FindBucket(int32_t id) const {
  const int64_t index = -1 - static_cast<int64_t>(id);
  if (index < 0 || index >= static_cast<int64_t>(buckets.size()) || !buckets[index]) return nullptr;
  return &*buckets[index];
}

CrushBucket* CrushMap::FindBucket(int32_t id) {
  return const_cast<CrushBucket*>(std::as_const(*this).FindBucket(id));
}

const CrushRule* CrushMap::FindRule(int32_t id) const {
  if (id < 0 || static_cast<size_t>(id) >= rules.size() || !rules[id]) return nullptr;
  return &*rules[id];
}

std::optional<int32_t> CrushMap::FindItem(std::string_view name) const {
  return FindName(item_names, name);
}
std::optional<int32_t> CrushMap::FindRuleByName(std::string_view name) const {
  return FindName(rule_names, name);
}
std::optional<int32_t> CrushMap::FindType(std::string_view name) const {
  return FindName(type_names, name);
}
std::optional<int32_t> CrushMap::FindClass(std::string_view name) const {
  return FindName(class_names, name);
}
std::string_view CrushMap::ItemName(int32_t id) const { return NameOf(item_names, id); }
std::string_view CrushMap::TypeName(int32_t type) const { return NameOf(type_names, type); }

std::string_view CrushMap::DeviceClass(int32_t device) const {
  const auto it = class_of.find(device);
  return it == class_of.end() ? std::string_view() : NameOf(class_names, it->second);
}

bool CrushMap::IsShadow(int32_t id) const {
  return id < 0 && ItemName(id).find('~') != std::string_view::npos;
}

const CrushBucket* CrushMap::ParentOf(int32_t id) const {
  for (const auto& bucket : buckets) {
    if (!bucket || IsShadow(bucket->id)) continue;
    if (std::find(bucket->items.begin(), bucket->items.end(), id) != bucket->items.end())
      return &*bucket;
  }
  return nullptr;
}

}  // namespace siphon::rados
