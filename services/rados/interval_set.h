// IntervalSet: a set of numbers as intervals, sorted and disjoint: how Ceph keeps sets of
// snapshots.
//
// What a peer sent may be neither sorted nor disjoint, and its intervals may pass the last number:
// the functions take any, and give sets that are in order.
//
// Source: interval_set<snapid_t> in maps of Ceph 16.2.15, observed: a count, and a start and a
// length each.
#ifndef SIPHON_SERVICES_RADOS_INTERVAL_SET_H_
#define SIPHON_SERVICES_RADOS_INTERVAL_SET_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

using IntervalSet = std::vector<std::pair<uint64_t, uint64_t>>;  // starts and lengths

void EncodeIntervalSet(Encoder& e, const IntervalSet& set);
IntervalSet DecodeIntervalSet(Decoder& d);

IntervalSet Union(const IntervalSet& a, const IntervalSet& b);
// What is in `from`, and not in `taken`.
IntervalSet Subtract(const IntervalSet& from, const IntervalSet& taken);
IntervalSet Intersect(const IntervalSet& a, const IntervalSet& b);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_INTERVAL_SET_H_
