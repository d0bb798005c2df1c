#include "services/mon/text/crush_json.h"

#include <string>
#include <utility>

namespace siphon::mon {
namespace {

using Json = nlohmann::ordered_json;

const char* AlgorithmName(uint8_t algorithm) {
  switch (algorithm) {
    case rados::CrushBucket::kUniform:
      return "uniform";
    case rados::CrushBucket::kList:
      return "list";
    case rados::CrushBucket::kTree:
      return "tree";
    case rados::CrushBucket::kStraw:
      return "straw";
    case rados::CrushBucket::kStraw2:
      return "straw2";
    default:
      return "unknown";
  }
}

Json BucketJson(const rados::CrushMap& crush, const rados::CrushBucket& bucket) {
  Json items = Json::array();
  for (size_t i = 0; i < bucket.items.size(); ++i)
    items.push_back({{"id", bucket.items[i]}, {"weight", bucket.ItemWeight(i)}, {"pos", i}});
  return {{"id", bucket.id},         {"name", std::string(crush.ItemName(bucket.id))},
          {"type_id", bucket.type},  {"type_name", std::string(crush.TypeName(bucket.type))},
          {"weight", bucket.weight}, {"alg", AlgorithmName(bucket.algorithm)},
          {"hash", "rjenkins1"},     {"items", std::move(items)}};
}

}  // namespace

Json CrushMapJson(const rados::CrushMap& crush) {
  Json devices = Json::array();
  for (const auto& [id, name] : crush.item_names) {
    if (id < 0) continue;
    Json device = {{"id", id}, {"name", name}};
    if (!crush.DeviceClass(id).empty()) device["class"] = std::string(crush.DeviceClass(id));
    devices.push_back(std::move(device));
  }
  Json types = Json::array();
  for (const auto& [id, name] : crush.type_names)
    types.push_back({{"type_id", id}, {"name", name}});
  Json buckets = Json::array();
  for (const auto& bucket : crush.buckets)
    if (bucket) buckets.push_back(BucketJson(crush, *bucket));
  Json rules = Json::array();
  for (const auto& item : crush.rule_names) rules.push_back(CrushRuleJson(crush, item.first));
  return {{"devices", std::move(devices)},        {"types", std::move(types)},
          {"buckets", std::move(buckets)},        {"rules", std::move(rules)},
          {"tunables", CrushTunablesJson(crush)}, {"choose_args", Json::object()}};
}

Json CrushTunablesJson(const rados::CrushMap& crush) {
  const rados::CrushTunables& t = crush.tunables;
  const bool jewel = t.chooseleaf_stable == 1 && t.chooseleaf_vary_r == 1 &&
                     t.choose_total_tries == 50 && t.choose_local_tries == 0;
  return {{"choose_local_tries", t.choose_local_tries},
          {"choose_local_fallback_tries", t.choose_local_fallback_tries},
          {"choose_total_tries", t.choose_total_tries},
          {"chooseleaf_descend_once", t.chooseleaf_descend_once},
          {"chooseleaf_vary_r", t.chooseleaf_vary_r},
          {"chooseleaf_stable", t.chooseleaf_stable},
          {"straw_calc_version", t.straw_calc_version},
          {"allowed_bucket_algs", t.allowed_bucket_algorithms},
          {"profile", jewel ? "jewel" : "unknown"},
          {"optimal_tunables", jewel ? 1 : 0},
          {"legacy_tunables", 0},
          {"minimum_required_version", "jewel"},
          {"require_feature_tunables", 1},
          {"require_feature_tunables2", 1},
          {"has_v2_rules", 0},
          {"require_feature_tunables3", 1},
          {"has_v3_rules", 0},
          {"has_v4_buckets", 1},
          {"require_feature_tunables5", 1},
          {"has_v5_rules", 0}};
}

Json CrushRuleJson(const rados::CrushMap& crush, int32_t id) {
  const rados::CrushRule* rule = crush.FindRule(id);
  if (!rule) return Json();
  const auto name = crush.rule_names.find(id);
  Json steps = Json::array();
  for (const rados::CrushRule::Step& step : rule->steps) {
    const auto choose = [&](const char* op) {
      return Json{{"op", op}, {"num", step.arg1}, {"type", std::string(crush.TypeName(step.arg2))}};
    };
    switch (step.op) {
      case rados::CrushRule::kTake:
        steps.push_back({{"op", "take"},
                         {"item", step.arg1},
                         {"item_name", std::string(crush.ItemName(step.arg1))}});
        break;
      case rados::CrushRule::kEmit:
        steps.push_back({{"op", "emit"}});
        break;
      case rados::CrushRule::kNoop:
        steps.push_back({{"op", "noop"}});
        break;
      case rados::CrushRule::kChooseFirstN:
        steps.push_back(choose("choose_firstn"));
        break;
      case rados::CrushRule::kChooseIndep:
        steps.push_back(choose("choose_indep"));
        break;
      case rados::CrushRule::kChooseLeafFirstN:
        steps.push_back(choose("chooseleaf_firstn"));
        break;
      case rados::CrushRule::kChooseLeafIndep:
        steps.push_back(choose("chooseleaf_indep"));
        break;
      case rados::CrushRule::kSetChooseTries:
        steps.push_back({{"op", "set_choose_tries"}, {"num", step.arg1}});
        break;
      case rados::CrushRule::kSetChooseLeafTries:
        steps.push_back({{"op", "set_chooseleaf_tries"}, {"num", step.arg1}});
        break;
      default:
        steps.push_back({{"opcode", step.op}, {"arg1", step.arg1}, {"arg2", step.arg2}});
        break;
    }
  }
  return {{"rule_id", id},
          {"rule_name", name == crush.rule_names.end() ? "" : name->second},
          {"ruleset", rule->ruleset},
          {"type", rule->type},
          {"min_size", rule->min_size},
          {"max_size", rule->max_size},
          {"steps", steps}};
}

}  // namespace siphon::mon
