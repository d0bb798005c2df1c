#include "base/buffer_list.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"

namespace siphon {
namespace {

// Small appends gather in chunks of one page, block header included.
constexpr size_t kChunkSize = 4096 - Buffer::kBlockOverhead;

// A list drops the places of its removed pieces once there are this many and half are gone.
constexpr size_t kCompactAfter = 16;

}  // namespace

void BufferList::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!pieces_.empty()) {
    Buffer& last = pieces_.back();
    const size_t fits = std::min(last.TailRoom(), bytes.size());
    if (fits > 0) {
      if (char* where = last.TryExtend(fits)) {
        std::memcpy(where, bytes.data(), fits);
        size_ += fits;
        bytes.remove_prefix(fits);
        if (bytes.empty()) return;
      }
    }
  }
  std::memcpy(AppendHole(bytes.size()), bytes.data(), bytes.size());
}

void BufferList::Append(Buffer buffer) {
  if (buffer.empty()) return;
  size_ += buffer.size();
  if (!pieces_.empty() && pieces_.back().TryJoin(buffer)) return;
  pieces_.push_back(std::move(buffer));
}

void BufferList::Append(const BufferList& other) {
  // By index and to the count of now, since `other` may be this list.
  const size_t count = other.pieces().size();
  pieces_.reserve(pieces_.size() + count);
  for (size_t i = 0; i < count; ++i) Append(Buffer(other.pieces()[i]));
}

void BufferList::Append(BufferList&& other) {
  if (this == &other) return;
  if (empty()) {
    *this = std::move(other);
    return;
  }
  for (Buffer& piece : other.live()) Append(std::move(piece));
  other.Clear();
}

void BufferList::AppendZero(size_t n) {
  if (n > 0) std::memset(AppendHole(n), 0, n);
}

char* BufferList::AppendHole(size_t n) {
  static char nowhere[1];
  if (n == 0) return nowhere;
  size_ += n;
  if (!pieces_.empty()) {
    if (char* where = pieces_.back().TryExtend(n)) return where;
  }
  Buffer chunk = Buffer::Reserve(std::max(n, kChunkSize));
  char* where = chunk.TryExtend(n);
  pieces_.push_back(std::move(chunk));
  return where;
}

void BufferList::Prepend(Buffer buffer) {
  if (buffer.empty()) return;
  size_ += buffer.size();
  if (head_ > 0) {
    pieces_[--head_] = std::move(buffer);
  } else {
    pieces_.insert(pieces_.begin(), std::move(buffer));
  }
}

BufferList BufferList::Substr(size_t offset, size_t length) const {
  Cursor cursor(*this);
  cursor.Advance(offset);
  return cursor.Share(length);
}

BufferList BufferList::Splice(size_t offset, size_t length) {
  BufferList out = Substr(offset, length);
  if (out.empty()) return out;
  if (offset == 0) {
    RemovePrefix(length);
    return out;
  }
  BufferList rest = Substr(offset + out.size(), size_);
  BufferList front = Substr(0, offset);
  front.Append(std::move(rest));
  *this = std::move(front);
  return out;
}

void BufferList::DropPieces(size_t n) {
  if (head_ + n == pieces_.size()) {
    pieces_.clear();
    head_ = 0;
    return;
  }
  for (size_t i = 0; i < n; ++i) pieces_[head_ + i] = Buffer();
  head_ += n;
  if (head_ >= kCompactAfter ? head_ * 2 >= pieces_.size() : pieces_.size() < kCompactAfter) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<ptrdiff_t>(head_));
    head_ = 0;
  }
}

void BufferList::RemovePrefix(size_t n) {
  if (n >= size_) {
    Clear();
    return;
  }
  size_ -= n;
  size_t whole = 0;
  const absl::Span<Buffer> all = live();
  while (n >= all[whole].size()) n -= all[whole++].size();
  all[whole].RemovePrefix(n);
  if (whole > 0) DropPieces(whole);
}

void BufferList::CopyTo(size_t offset, size_t length, char* out) const {
  Cursor cursor(*this);
  cursor.Advance(offset);
  cursor.Copy(length, out);
}

void BufferList::CopyIn(size_t offset, std::string_view bytes) {
  for (Buffer& piece : live()) {
    if (bytes.empty()) return;
    if (offset >= piece.size()) {
      offset -= piece.size();
      continue;
    }
    const size_t n = std::min(piece.size() - offset, bytes.size());
    std::memcpy(piece.mutable_data() + offset, bytes.data(), n);
    bytes.remove_prefix(n);
    offset = 0;
  }
}

std::string BufferList::ToString() const {
  std::string out;
  out.reserve(size_);
  for (const Buffer& piece : pieces()) out.append(piece.view());
  return out;
}

bool BufferList::IsAligned(size_t alignment) const {
  const size_t mask = alignment - 1;
  const absl::Span<const Buffer> all = pieces();
  for (size_t i = 0; i < all.size(); ++i) {
    if (reinterpret_cast<uintptr_t>(all[i].data()) & mask) return false;
    if (i + 1 < all.size() && (all[i].size() & mask)) return false;
  }
  return true;
}

std::string_view BufferList::Flatten() {
  if (empty()) return {};
  if (!IsContiguous()) {
    Buffer whole = Buffer::Allocate(size_);
    CopyTo(0, size_, whole.mutable_data());
    *this = BufferList(std::move(whole));
  }
  return pieces_[head_].view();
}

void BufferList::RebuildAligned(size_t alignment) {
  if (IsAligned(alignment)) return;
  Buffer whole = Buffer::AllocateAligned(size_, alignment);
  CopyTo(0, size_, whole.mutable_data());
  *this = BufferList(std::move(whole));
}

uint32_t BufferList::Crc32c(uint32_t seed) const {
  for (const Buffer& piece : pieces()) seed = siphon::Crc32c(seed, piece.view());
  return seed;
}

bool BufferList::IsZero() const {
  for (const Buffer& piece : pieces()) {
    const char* data = piece.data();
    // All bytes equal their neighbour, and the first is zero.
    if (data[0] != 0 || std::memcmp(data, data + 1, piece.size() - 1) != 0) return false;
  }
  return true;
}

size_t BufferList::MemoryHeld() const {
  size_t held = 0;
  const Buffer* previous = nullptr;
  for (const Buffer& piece : pieces()) {
    if (previous == nullptr || !piece.SharesBlockWith(*previous)) {
      held += std::max(piece.BlockCapacity(), piece.size());
    }
    previous = &piece;
  }
  return std::max(held, size_);
}

size_t BufferList::AppendIovecs(std::vector<iovec>* out, size_t max_iovecs) const {
  size_t covered = 0;
  for (const Buffer& piece : pieces()) {
    if (out->size() >= max_iovecs) break;
    out->push_back({const_cast<char*>(piece.data()), piece.size()});
    covered += piece.size();
  }
  return covered;
}

bool operator==(const BufferList& a, const BufferList& b) {
  if (a.size() != b.size()) return false;
  BufferList::Cursor in_a(a);
  BufferList::Cursor in_b(b);
  while (in_a.remaining() > 0) {
    const size_t n = std::min(in_a.Chunk().size(), in_b.Chunk().size());
    if (std::memcmp(in_a.Chunk().data(), in_b.Chunk().data(), n) != 0) return false;
    in_a.Advance(n);
    in_b.Advance(n);
  }
  return true;
}

bool operator==(const BufferList& a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (const Buffer& piece : a.pieces()) {
    if (std::memcmp(piece.data(), b.data(), piece.size()) != 0) return false;
    b.remove_prefix(piece.size());
  }
  return true;
}

size_t BufferList::Cursor::Advance(size_t n) {
  n = std::min(n, remaining());
  offset_ += n;
  const absl::Span<const Buffer> all = list_->pieces();
  offset_in_piece_ += n;
  while (piece_ < all.size() && offset_in_piece_ >= all[piece_].size()) {
    offset_in_piece_ -= all[piece_++].size();
  }
  return n;
}

size_t BufferList::Cursor::Copy(size_t n, char* out) {
  n = std::min(n, remaining());
  for (size_t left = n; left > 0;) {
    const std::string_view chunk = Chunk().substr(0, left);
    std::memcpy(out, chunk.data(), chunk.size());
    out += chunk.size();
    left -= chunk.size();
    Advance(chunk.size());
  }
  return n;
}

BufferList BufferList::Cursor::Share(size_t n) {
  BufferList out;
  for (size_t left = std::min(n, remaining()); left > 0;) {
    const Buffer& piece = list_->pieces()[piece_];
    const size_t take = std::min(left, piece.size() - offset_in_piece_);
    out.Append(piece.Substr(offset_in_piece_, take));
    left -= take;
    Advance(take);
  }
  return out;
}

std::string_view BufferList::Cursor::Chunk() const {
  if (piece_ >= list_->pieces().size()) return {};
  return list_->pieces()[piece_].view().substr(offset_in_piece_);
}

}  // namespace siphon
