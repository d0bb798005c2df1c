// BufferList: a sequence of bytes held in shared pieces.
//
// The unit in which payload travels. Appending a Buffer or another list shares its memory; only the
// string_view overload copies. Small appends go into the tail of the last piece where the list owns
// it, else into a fresh chunk.
//
// Cost: size() is O(1); Substr, Splice and iteration are linear in the number of pieces, not bytes.
// Threads: one list belongs to one thread at a time; lists on several threads may share memory.
#ifndef SIPHON_BASE_BUFFER_LIST_H_
#define SIPHON_BASE_BUFFER_LIST_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "base/buffer.h"

namespace siphon {

class BufferList {
 public:
  BufferList() = default;
  BufferList(const BufferList&) = default;  // shares
  BufferList& operator=(const BufferList&) = default;
  BufferList(BufferList&& other) noexcept
      : pieces_(std::move(other.pieces_)), head_(other.head_), size_(other.size_) {
    other.Clear();
  }
  BufferList& operator=(BufferList&& other) noexcept {
    if (this != &other) {
      pieces_ = std::move(other.pieces_);
      head_ = other.head_;
      size_ = other.size_;
      other.Clear();
    }
    return *this;
  }
  explicit BufferList(Buffer buffer) { Append(std::move(buffer)); }
  // A list of one piece with a copy of `bytes`.
  static BufferList CopyOf(std::string_view bytes) { return BufferList(Buffer::CopyOf(bytes)); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // None of them is empty.
  absl::Span<const Buffer> pieces() const {
    return absl::MakeConstSpan(pieces_.data() + head_, pieces_.size() - head_);
  }
  void Clear() {
    pieces_.clear();
    head_ = 0;
    size_ = 0;
  }

  // Copies `bytes` to the end.
  void Append(std::string_view bytes);
  // Shares `buffer` at the end. One that continues the last piece in the same block widens it.
  void Append(Buffer buffer);
  // Shares all pieces of `other`.
  void Append(const BufferList& other);
  // Moves all pieces of `other`, which becomes empty.
  void Append(BufferList&& other);
  void AppendZero(size_t n);
  // Makes room for `n` contiguous bytes at the end and returns where to write them. The place stays
  // valid while the list, or a share of those bytes, lives.
  char* AppendHole(size_t n);
  // Shares `buffer` at the front.
  void Prepend(Buffer buffer);

  // Bytes [offset, offset + length), sharing memory. The range is clamped to the list.
  BufferList Substr(size_t offset, size_t length) const;
  // Removes bytes [offset, offset + length) and returns them. The range is clamped to the list.
  BufferList Splice(size_t offset, size_t length);
  // Drops the first `n` bytes (all of them if `n` is larger).
  void RemovePrefix(size_t n);

  // Copies bytes [offset, offset + length) to `out`; the range must lie within.
  void CopyTo(size_t offset, size_t length, char* out) const;
  // Overwrites bytes at `offset` in place; every holder of the memory sees it. Must lie within.
  void CopyIn(size_t offset, std::string_view bytes);
  std::string ToString() const;

  bool IsContiguous() const { return pieces().size() <= 1; }
  // Every piece begins at a multiple of `alignment` and, but for the last, has a multiple of it as
  // its size.
  bool IsAligned(size_t alignment) const;
  // All bytes as one view; copies them into one piece first if they are in several.
  std::string_view Flatten();
  // Copies into one piece at a multiple of `alignment`, unless IsAligned(alignment) already.
  void RebuildAligned(size_t alignment);

  // CRC-32C in Ceph's convention (base/crc32c.h), continuing from `seed`.
  uint32_t Crc32c(uint32_t seed) const;
  bool IsZero() const;
  // Memory kept alive by the pieces, in bytes; at least size(). Neighbours of one block count once.
  size_t MemoryHeld() const;

  // Appends one iovec a piece, up to `max_iovecs` in the vector; returns the bytes they cover.
  size_t AppendIovecs(std::vector<iovec>* out, size_t max_iovecs) const;

  // Equal bytes, however they are cut into pieces.
  friend bool operator==(const BufferList& a, const BufferList& b);
  friend bool operator==(const BufferList& a, std::string_view b);

  // Walks over the bytes. Invalidated by any change of the list.
  class Cursor {
   public:
    explicit Cursor(const BufferList& list) : list_(&list) {}
    size_t offset() const { return offset_; }
    size_t remaining() const { return list_->size() - offset_; }
    // Moves forward; clamps at the end. Returns the bytes really moved.
    size_t Advance(size_t n);
    // Copies up to `n` bytes and moves past them; returns how many.
    size_t Copy(size_t n, char* out);
    // Shares up to `n` bytes and moves past them.
    BufferList Share(size_t n);
    // The rest of the current piece; empty only at the end.
    std::string_view Chunk() const;

   private:
    const BufferList* list_;
    size_t piece_ = 0;  // index of the current piece
    size_t offset_in_piece_ = 0;
    size_t offset_ = 0;  // from the beginning of the list
  };

 private:
  // Drops the first `n` pieces, which keeps their places until enough of them have gathered.
  void DropPieces(size_t n);
  // The range of pieces_ from head_ on.
  absl::Span<Buffer> live() {
    return absl::MakeSpan(pieces_.data() + head_, pieces_.size() - head_);
  }

  // pieces_[0, head_) are empty: what RemovePrefix() took from a long list.
  absl::InlinedVector<Buffer, 2> pieces_;
  size_t head_ = 0;
  size_t size_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_BASE_BUFFER_LIST_H_
