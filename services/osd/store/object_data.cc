#include "services/osd/store/object_data.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace siphon::osd {
namespace {

// Smaller pieces are copied: sharing would keep more bookkeeping alive than it saves.
constexpr size_t kMinShared = 16 * 1024;
// A block may be at most this many times as large as what is used of it.
constexpr size_t kMaxSlack = 2;
// Room in a chunk that is being appended to, at least.
constexpr size_t kMinGrowth = 512;

}  // namespace

BufferList ObjectData::Read(uint64_t offset, uint64_t length) const {
  BufferList out;
  if (offset >= size_) return out;
  const uint64_t end = offset + std::min(length, size_ - offset);
  auto it = chunks_.lower_bound(offset / kChunkSize);
  while (offset < end) {
    const uint64_t index = offset / kChunkSize;
    while (it != chunks_.end() && it->first < index) ++it;
    const uint64_t begin = offset % kChunkSize;
    const uint64_t want = std::min(end - offset, kChunkSize - begin);
    uint64_t got = 0;
    if (it != chunks_.end() && it->first == index && begin < it->second.bytes.size()) {
      got = std::min<uint64_t>(want, it->second.bytes.size() - begin);
      out.Append(it->second.bytes.Substr(begin, got));
    }
    if (got < want) out.AppendZero(want - got);
    offset += want;
  }
  return out;
}

ObjectData ObjectData::Clone() const {
  ObjectData copy = *this;
  for (auto& [index, chunk] : copy.chunks_) chunk.owned = false;
  return copy;
}

void ObjectData::Write(uint64_t offset, const BufferList& data) {
  const bool shareable = data.MemoryHeld() <= kMaxSlack * data.size();
  BufferList::Cursor cursor(data);
  while (cursor.remaining() > 0) {
    const uint64_t at = offset + cursor.offset();
    const uint64_t begin = at % kChunkSize;
    const BufferList piece = cursor.Share(kChunkSize - begin);
    WriteChunk(at / kChunkSize, begin, piece, shareable);
  }
  size_ = std::max(size_, offset + data.size());
}

void ObjectData::WriteChunk(uint64_t index, uint64_t begin, const BufferList& piece,
                            bool shareable) {
  Chunk& chunk = chunks_[index];
  const size_t old_size = chunk.bytes.size();
  const size_t end = begin + piece.size();
  if (begin == 0 && end >= old_size && shareable && piece.size() >= kMinShared &&
      piece.pieces().size() == 1) {
    const Chunk gone = std::exchange(chunk, Chunk{piece.pieces().front(), false});
    ReleaseShare(index, gone);
    return;
  }
  if (begin >= old_size && old_size > 0 && chunk.owned) {
    if (char* room = chunk.bytes.TryExtend(end - old_size)) {
      std::memset(room, 0, begin - old_size);
      piece.CopyTo(0, piece.size(), room + (begin - old_size));
      return;
    }
  }
  const size_t new_size = std::max(old_size, end);
  // A chunk that grows is likely to grow again.
  const size_t growth = old_size > 0 && end > old_size ? std::max(new_size, kMinGrowth) : 0;
  Buffer fresh = Buffer::Reserve(std::min<size_t>(new_size + growth, kChunkSize));
  char* const out = fresh.TryExtend(new_size);
  const size_t head = std::min(begin, old_size);
  if (head > 0) std::memcpy(out, chunk.bytes.data(), head);
  if (begin > head) std::memset(out + head, 0, begin - head);
  piece.CopyTo(0, piece.size(), out + begin);
  if (old_size > end) std::memcpy(out + end, chunk.bytes.data() + end, old_size - end);
  const Chunk gone = std::exchange(chunk, Chunk{std::move(fresh), true});
  ReleaseShare(index, gone);
}

void ObjectData::CutChunk(Chunks::iterator it, uint64_t size) {
  Chunk& chunk = it->second;
  if (size >= chunk.bytes.size()) return;
  // Copied, so that a short rest does not keep a long block.
  const Chunk gone =
      std::exchange(chunk, Chunk{Buffer::CopyOf(chunk.bytes.view().substr(0, size)), true});
  ReleaseShare(it->first, gone);
}

void ObjectData::ReleaseShare(uint64_t index, const Chunk& gone) {
  if (gone.owned || gone.bytes.empty()) return;
  // One write put the block here, so its other chunks are no farther away than it is long.
  const uint64_t reach = gone.bytes.BlockCapacity() / kChunkSize + 1;
  const auto begin = chunks_.lower_bound(index > reach ? index - reach : 0);
  const auto end = chunks_.upper_bound(index + reach);
  size_t used = 0;
  for (auto it = begin; it != end; ++it) {
    if (it->second.bytes.SharesBlockWith(gone.bytes)) used += it->second.bytes.size();
  }
  if (used == 0 || used * kMaxSlack >= gone.bytes.BlockCapacity()) return;
  for (auto it = begin; it != end; ++it) {
    Chunk& chunk = it->second;
    if (chunk.bytes.SharesBlockWith(gone.bytes)) {
      chunk = Chunk{Buffer::CopyOf(chunk.bytes.view()), true};
    }
  }
}

void ObjectData::Zero(uint64_t offset, uint64_t length) {
  const uint64_t end = offset + length;
  for (uint64_t at = offset; at < end;) {
    auto it = chunks_.lower_bound(at / kChunkSize);
    if (it == chunks_.end()) break;
    at = std::max(at, it->first * kChunkSize);
    if (at >= end) break;
    const uint64_t begin = at % kChunkSize;
    const uint64_t n = std::min(end - at, kChunkSize - begin);
    if (begin == 0 && n >= it->second.bytes.size()) {
      const uint64_t index = it->first;
      const Chunk gone = std::move(it->second);
      chunks_.erase(it);
      ReleaseShare(index, gone);
    } else if (begin < it->second.bytes.size()) {
      BufferList zeros;
      zeros.AppendZero(std::min<uint64_t>(n, it->second.bytes.size() - begin));
      WriteChunk(it->first, begin, zeros, false);
    }
    at += n;
  }
  size_ = std::max(size_, end);
}

void ObjectData::Truncate(uint64_t size) {
  if (size < size_) {
    const auto first = chunks_.lower_bound(size / kChunkSize);
    if (first != chunks_.end() && first->first == size / kChunkSize && size % kChunkSize != 0) {
      CutChunk(first, size % kChunkSize);
    }
    const uint64_t keep = (size + kChunkSize - 1) / kChunkSize;
    // The chunk before the cut may share the block of those that go.
    Chunk gone;
    const auto cut = chunks_.lower_bound(keep);
    if (cut != chunks_.end()) gone = cut->second;
    chunks_.erase(cut, chunks_.end());
    if (keep > 0) ReleaseShare(keep - 1, gone);
  }
  size_ = size;
}

size_t ObjectData::MemoryHeld() const {
  BufferList all;
  for (const auto& [index, chunk] : chunks_) all.Append(chunk.bytes);
  return all.MemoryHeld();
}

}  // namespace siphon::osd
