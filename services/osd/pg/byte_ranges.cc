#include "services/osd/pg/byte_ranges.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace siphon::osd {
namespace {

uint64_t End(uint64_t offset, uint64_t length) {
  return length > std::numeric_limits<uint64_t>::max() - offset
             ? std::numeric_limits<uint64_t>::max()
             : offset + length;
}

}  // namespace

void ByteRanges::Insert(uint64_t offset, uint64_t length) {
  uint64_t end = End(offset, length);
  if (end == offset) return;
  auto it = ranges_.upper_bound(offset);
  if (it != ranges_.begin() && End(std::prev(it)->first, std::prev(it)->second) >= offset) --it;
  while (it != ranges_.end() && it->first <= end) {
    offset = std::min(offset, it->first);
    end = std::max(end, End(it->first, it->second));
    it = ranges_.erase(it);
  }
  ranges_[offset] = end - offset;
}

void ByteRanges::Erase(uint64_t offset, uint64_t length) {
  const uint64_t end = End(offset, length);
  auto it = ranges_.upper_bound(offset);
  if (it != ranges_.begin() && End(std::prev(it)->first, std::prev(it)->second) > offset) --it;
  while (it != ranges_.end() && it->first < end) {
    const uint64_t from = it->first;
    const uint64_t to = End(it->first, it->second);
    it = ranges_.erase(it);
    if (from < offset) ranges_[from] = offset - from;
    if (to > end) ranges_[end] = to - end;
  }
}

void ByteRanges::Erase(const ByteRanges& other) {
  for (const auto& [offset, length] : other.ranges_) Erase(offset, length);
}

void ByteRanges::Intersect(const ByteRanges& other) {
  ByteRanges without = *this;
  without.Erase(other);
  Erase(without);
}

uint64_t ByteRanges::total() const {
  uint64_t sum = 0;
  for (const auto& [offset, length] : ranges_) sum += length;
  return sum;
}

void ByteRanges::Encode(Encoder& e) const {
  e.U32(static_cast<uint32_t>(ranges_.size()));
  for (const auto& [offset, length] : ranges_) {
    e.U64(offset);
    e.U64(length);
  }
}

ByteRanges ByteRanges::Decode(Decoder& d) {
  ByteRanges set;
  const uint32_t n = d.Count(16);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    const uint64_t offset = d.U64();
    set.Insert(offset, d.U64());
  }
  return set;
}

}  // namespace siphon::osd
