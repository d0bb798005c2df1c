#include "msg/protocol/output_buffer.h"

#include <algorithm>
#include <cstring>

namespace siphon {

char* OutputBuffer::Hole(size_t n) {
  if (arena_.size() - arena_used_ < n) {
    arena_ = Buffer::Allocate(std::max(n, kArenaSize));  // pieces keep the old one
    arena_used_ = 0;
  }
  char* where = arena_.mutable_data() + arena_used_;
  arena_used_ += n;
  size_ += n;
  if (head_ < pieces_.size() && pieces_.back().data + pieces_.back().size == where &&
      pieces_.back().owner.SharesBlockWith(arena_)) {
    pieces_.back().size += n;
  } else {
    pieces_.push_back({where, n, arena_});
  }
  return where;
}

void OutputBuffer::Copy(std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(Hole(bytes.size()), bytes.data(), bytes.size());
}

void OutputBuffer::Append(const BufferList& bytes) {
  for (const Buffer& piece : bytes.pieces()) {
    if (piece.size() < kCopyBelow) {
      Copy(piece.view());
    } else {
      pieces_.push_back({piece.data(), piece.size(), piece});
      size_ += piece.size();
    }
  }
}

size_t OutputBuffer::Iovecs(iovec* out, size_t max) const {
  const size_t count = std::min(max, pieces_.size() - head_);
  for (size_t i = 0; i < count; ++i) {
    const Piece& piece = pieces_[head_ + i];
    out[i] = {const_cast<char*>(piece.data), piece.size};
  }
  return count;
}

void OutputBuffer::Consume(size_t n) {
  size_ -= n;
  while (n > 0) {
    Piece& piece = pieces_[head_];
    if (n < piece.size) {
      piece.data += n;
      piece.size -= n;
      return;
    }
    n -= piece.size;
    piece.owner = Buffer();
    ++head_;
  }
  if (head_ == pieces_.size()) {
    Clear();
  } else if (head_ > 64 && head_ * 2 > pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<ptrdiff_t>(head_));
    head_ = 0;
  }
}

void OutputBuffer::Clear() {
  pieces_.clear();
  head_ = 0;
  size_ = 0;
  arena_used_ = 0;
  if (arena_.size() > kArenaSize) arena_ = Buffer();
}

std::string OutputBuffer::ToString() const {
  std::string out;
  for (size_t i = head_; i < pieces_.size(); ++i) out.append(pieces_[i].data, pieces_[i].size);
  return out;
}

}  // namespace siphon
