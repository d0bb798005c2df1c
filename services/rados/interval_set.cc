#include "services/rados/interval_set.h"

#include <algorithm>
#include <limits>
#include <map>

#include "services/rados/container_codec.h"

namespace siphon::rados {
namespace {

uint64_t EndOf(const std::pair<uint64_t, uint64_t>& interval) {
  const uint64_t room = std::numeric_limits<uint64_t>::max() - interval.first;
  return interval.first + std::min(interval.second, room);
}

// Sorted and disjoint.
IntervalSet InOrder(const IntervalSet& set) { return Union(set, {}); }

}  // namespace

void EncodeIntervalSet(Encoder& e, const IntervalSet& set) {
  EncodeEach(e, set, [&e](const auto& interval) {
    e.U64(interval.first);
    e.U64(interval.second);
  });
}

IntervalSet DecodeIntervalSet(Decoder& d) {
  IntervalSet set;
  DecodeEach(d, 16, [&] {
    const uint64_t start = d.U64();
    set.emplace_back(start, d.U64());
  });
  return set;
}

IntervalSet Union(const IntervalSet& a, const IntervalSet& b) {
  std::map<uint64_t, uint64_t> ends;  // start -> end
  for (const IntervalSet* set : {&a, &b}) {
    for (const auto& interval : *set) {
      uint64_t& end = ends[interval.first];
      end = std::max(end, EndOf(interval));
    }
  }
  IntervalSet out;
  for (const auto& [start, end] : ends) {
    if (end == start) continue;
    if (!out.empty() && start <= EndOf(out.back())) {
      out.back().second = std::max(out.back().second, end - out.back().first);
    } else {
      out.emplace_back(start, end - start);
    }
  }
  return out;
}

IntervalSet Subtract(const IntervalSet& from, const IntervalSet& taken) {
  const IntervalSet holes = InOrder(taken);
  IntervalSet out;
  for (const auto& interval : InOrder(from)) {
    uint64_t at = interval.first;
    const uint64_t end = EndOf(interval);
    for (const auto& hole : holes) {
      if (EndOf(hole) <= at || hole.first >= end) continue;
      if (hole.first > at) out.emplace_back(at, hole.first - at);
      at = EndOf(hole);
    }
    if (at < end) out.emplace_back(at, end - at);
  }
  return out;
}

IntervalSet Intersect(const IntervalSet& a, const IntervalSet& b) {
  return Subtract(a, Subtract(a, b));
}

}  // namespace siphon::rados
