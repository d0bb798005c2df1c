// ObjectStatSum: what is counted of objects and of the requests on them (Ceph's object_stat_sum_t).
//
// Counters add up: over placement groups to pools, over pools to the cluster.
// Source: MPGStats of Ceph 16.2.15, observed; encoding version 20.
#ifndef SIPHON_SERVICES_RADOS_OBJECT_STAT_SUM_H_
#define SIPHON_SERVICES_RADOS_OBJECT_STAT_SUM_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct ObjectStatSum {
  // In the order of the wire. The four kFlushModeHigh.. are 32 bits wide there, the others 64.
  enum Field : uint8_t {
    kBytes,
    kObjects,
    kClones,
    kCopies,
    kMissingOnPrimary,
    kDegraded,
    kUnfound,
    kReads,
    kReadKb,
    kWrites,
    kWriteKb,
    kScrubErrors,
    kObjectsRecovered,
    kBytesRecovered,
    kKeysRecovered,
    kShallowScrubErrors,
    kDeepScrubErrors,
    kDirty,
    kWhiteouts,
    kObjectsOmap,
    kHitSetArchive,
    kMisplaced,
    kBytesHitSetArchive,
    kFlush,
    kFlushKb,
    kEvict,
    kEvictKb,
    kPromote,
    kFlushModeHigh,
    kFlushModeLow,
    kEvictModeSome,
    kEvictModeFull,
    kPinned,
    kMissing,
    kLegacySnapsets,
    kLargeOmapObjects,
    kManifest,
    kOmapBytes,
    kOmapKeys,
    kRepaired,
    kFieldCount
  };

  std::array<int64_t, kFieldCount> values = {};

  int64_t& operator[](Field field) { return values[field]; }
  int64_t operator[](Field field) const { return values[field]; }
  ObjectStatSum& operator+=(const ObjectStatSum& other);
  friend bool operator==(const ObjectStatSum&, const ObjectStatSum&) = default;

  // The name that JSON output has for it ("num_bytes").
  static const char* Name(Field field);

  void Encode(Encoder& e) const;
  static ObjectStatSum Decode(Decoder& d);
  // As object_stat_collection_t, which holds one and nothing more.
  void EncodeCollection(Encoder& e) const;
  static ObjectStatSum DecodeCollection(Decoder& d);
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OBJECT_STAT_SUM_H_
