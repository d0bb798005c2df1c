// CrushDoRule: runs a placement rule: from an input number to a list of OSDs.
//
// The result equals Ceph 16.2's for every map that Ceph can make. A map that Ceph would loop on (a
// cycle of buckets, absurd numbers of tries) ends early with what was found: work is limited to a
// million choices.
//
// Threads: any; a pure function.
#ifndef SIPHON_SERVICES_RADOS_CRUSH_MAPPER_H_
#define SIPHON_SERVICES_RADOS_CRUSH_MAPPER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "services/rados/crush_map.h"

namespace siphon::rados {

// Places input `x` by rule `rule` onto at most `result_max` devices. `weights` (16.16, by device)
// says how far each is in; a device without a weight is out. `choose_args` is the pool whose weight
// sets apply. Positions that an erasure rule could not fill are kCrushItemNone; a rule that does
// not exist gives an empty result.
std::vector<int32_t> CrushDoRule(const CrushMap& map, int32_t rule, uint32_t x, size_t result_max,
                                 absl::Span<const uint32_t> weights,
                                 int64_t choose_args = CrushMap::kDefaultChooseArgs);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CRUSH_MAPPER_H_
