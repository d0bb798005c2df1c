// ByteRanges: a set of bytes of an object, as sorted ranges that neither touch nor overlap.
//
// Costs are linear in the number of ranges.
// Threads: one at a time.
#ifndef SIPHON_SERVICES_OSD_PG_BYTE_RANGES_H_
#define SIPHON_SERVICES_OSD_PG_BYTE_RANGES_H_

#include <cstdint>
#include <map>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {

class ByteRanges {
 public:
  // Adds, or takes away, [offset, offset + length); what would pass the end of 64 bits is cut.
  void Insert(uint64_t offset, uint64_t length);
  void Erase(uint64_t offset, uint64_t length);
  void Erase(const ByteRanges& other);
  // Keeps what `other` has too.
  void Intersect(const ByteRanges& other);

  // Bytes in all ranges.
  uint64_t total() const;
  bool empty() const { return ranges_.empty(); }
  // Offset -> length.
  const std::map<uint64_t, uint64_t>& ranges() const { return ranges_; }

  // u32 count, then u64 offset and u64 length each.
  void Encode(Encoder& e) const;
  static ByteRanges Decode(Decoder& d);

  friend bool operator==(const ByteRanges&, const ByteRanges&) = default;

 private:
  std::map<uint64_t, uint64_t> ranges_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_BYTE_RANGES_H_
