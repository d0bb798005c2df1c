// WalkCrush: the items of a CRUSH hierarchy in the order in which Ceph's tools print them.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_MON_TEXT_CRUSH_WALK_H_
#define SIPHON_SERVICES_MON_TEXT_CRUSH_WALK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "services/rados/crush_map.h"
#include "services/rados/osd_map.h"

namespace siphon::mon {

struct CrushNode {
  int32_t id = 0;
  size_t depth = 0;
  uint32_t weight = 0;  // 16.16
  bool stray = false;   // an OSD in no bucket
};

// What is in the hierarchy, or below `root` alone; with `shadow` also the trees of single classes.
// Bounded: one with a cycle ends after some levels.
std::vector<CrushNode> WalkCrush(const rados::OsdMap& map, bool shadow = false,
                                 std::optional<int32_t> root = std::nullopt);

// "osd.3", or the bucket's name; a shadow's without the class.
std::string CrushNodeName(const rados::CrushMap& crush, int32_t id);
// The item and its kind, indented by its depth: "    host a".
std::string CrushNodeText(const rados::CrushMap& crush, const CrushNode& node);
// A weight as Ceph prints it: five digits, or 0.
std::string WeightText(double weight);
// The fields that all trees have; children from the last to the first, as Ceph has them.
nlohmann::ordered_json CrushNodeJson(const rados::CrushMap& crush, const CrushNode& node);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_CRUSH_WALK_H_
