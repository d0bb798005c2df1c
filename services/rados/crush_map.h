// CrushMap: the hierarchy of buckets and the rules by which placement groups find their OSDs.
//
// A value type: what the crush blob of an OSD map holds, field by field. Encode() of a decoded map
// of Ceph 16.2 gives the same bytes back. Mapping is in crush_mapper.h, changes are made through
// crush_builder.h.
//
// Errors: Decode() fails the Decoder on anything that cannot be right; what it returns is safe to
// map with, however it is wired (cycles and dangling items are the mapper's to survive).
// Source: protocol section "CRUSH and object mapping". Weights are 16.16 fixed point.
#ifndef SIPHON_SERVICES_RADOS_CRUSH_MAP_H_
#define SIPHON_SERVICES_RADOS_CRUSH_MAP_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

inline constexpr uint32_t kCrushWeightOne = 0x10000;
inline constexpr int32_t kCrushItemNone = 0x7fffffff;

struct CrushBucket {
  enum Algorithm : uint8_t { kUniform = 1, kList = 2, kTree = 3, kStraw = 4, kStraw2 = 5 };

  int32_t id = 0;  // negative; bucket i of the map has id -1 - i
  uint16_t type = 0;
  uint8_t algorithm = kStraw2;
  uint8_t hash = 0;     // 0: rjenkins1, the only one
  uint32_t weight = 0;  // the sum of the items'
  std::vector<int32_t> items;
  // One an item; for a tree one a node, for a uniform bucket the one of every item.
  std::vector<uint32_t> weights;
  // kList: weight of items 0..i. kStraw: length of the straw. Else empty.
  std::vector<uint32_t> extra;

  uint32_t ItemWeight(size_t index) const;
};

struct CrushRule {
  enum Op : uint32_t {
    kNoop = 0,
    kTake = 1,
    kChooseFirstN = 2,
    kChooseIndep = 3,
    kEmit = 4,
    kChooseLeafFirstN = 6,
    kChooseLeafIndep = 7,
    kSetChooseTries = 8,
    kSetChooseLeafTries = 9,
    kSetChooseLocalTries = 10,
    kSetChooseLocalFallbackTries = 11,
    kSetChooseLeafVaryR = 12,
    kSetChooseLeafStable = 13,
  };
  struct Step {
    uint32_t op = kNoop;
    int32_t arg1 = 0;
    int32_t arg2 = 0;
  };

  uint8_t ruleset = 0;
  uint8_t type = 1;  // 1 replicated, 3 erasure
  uint8_t min_size = 1;
  uint8_t max_size = 10;
  std::vector<Step> steps;
};

struct CrushTunables {
  uint32_t choose_local_tries = 0;
  uint32_t choose_local_fallback_tries = 0;
  uint32_t choose_total_tries = 50;
  uint32_t chooseleaf_descend_once = 1;
  uint8_t chooseleaf_vary_r = 1;
  uint8_t straw_calc_version = 1;
  uint32_t allowed_bucket_algorithms = 54;
  uint8_t chooseleaf_stable = 1;
};

// Other weights and ids for one bucket, for the pools that ask for them ("weight sets").
struct CrushChooseArg {
  std::vector<std::vector<uint32_t>> weight_sets;  // by position in the result
  std::vector<int32_t> ids;                        // to hash instead of the items
};

class CrushMap {
 public:
  // Key of the weight sets for pools that have none of their own.
  static constexpr int64_t kDefaultChooseArgs = -1;

  void Encode(Encoder& e) const;
  static CrushMap Decode(Decoder& d);

  // Null for an id that no bucket has.
  const CrushBucket* FindBucket(int32_t id) const;
  CrushBucket* FindBucket(int32_t id);
  const CrushRule* FindRule(int32_t id) const;
  // By name, buckets and devices alike.
  std::optional<int32_t> FindItem(std::string_view name) const;
  std::optional<int32_t> FindRuleByName(std::string_view name) const;
  std::optional<int32_t> FindType(std::string_view name) const;
  std::optional<int32_t> FindClass(std::string_view name) const;
  // Empty when it has no name.
  std::string_view ItemName(int32_t id) const;
  std::string_view TypeName(int32_t type) const;
  // The device's class; empty when it has none.
  std::string_view DeviceClass(int32_t device) const;
  // A bucket of one class's devices only ("default~hdd").
  bool IsShadow(int32_t id) const;
  // The bucket (no shadow) that holds the item.
  const CrushBucket* ParentOf(int32_t id) const;

  int32_t max_devices = 0;
  std::vector<std::optional<CrushBucket>> buckets;
  std::vector<std::optional<CrushRule>> rules;
  std::map<int32_t, std::string> type_names;
  std::map<int32_t, std::string> item_names;
  std::map<int32_t, std::string> rule_names;
  CrushTunables tunables;
  std::map<int32_t, int32_t> class_of;  // item -> class
  std::map<int32_t, std::string> class_names;
  std::map<int32_t, std::map<int32_t, int32_t>> class_buckets;  // bucket -> class -> shadow
  // Key (a pool, or kDefaultChooseArgs) -> index of the bucket -> what replaces its weights.
  std::map<int64_t, std::map<uint32_t, CrushChooseArg>> choose_args;

 private:
  void DecodeBuckets(Decoder& d, uint32_t max_buckets);
  void DecodeRules(Decoder& d, uint32_t max_rules);
  void DecodeNames(Decoder& d);
  void DecodeTail(Decoder& d);
  void EncodeTail(Encoder& e) const;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CRUSH_MAP_H_
