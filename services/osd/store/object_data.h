// ObjectData: the bytes of one object in memory, in chunks of 64 KiB with holes.
//
// A write copies at most the chunks it touches, and shares whole chunks with the buffers it was
// given when those are not much larger than the write; what an object keeps alive is at most about
// twice its bytes. A read shares memory: bytes once handed out never change.
//
// Threads: one writer, or any readers; lists handed out are free of that.
#ifndef SIPHON_SERVICES_OSD_STORE_OBJECT_DATA_H_
#define SIPHON_SERVICES_OSD_STORE_OBJECT_DATA_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/btree_map.h"
#include "base/buffer.h"
#include "base/buffer_list.h"

namespace siphon::osd {

class ObjectData {
 public:
  static constexpr uint64_t kChunkSize = 64 * 1024;  // bytes

  uint64_t size() const { return size_; }
  // Bytes [offset, offset + length), clamped to the size; holes read as zeros.
  BufferList Read(uint64_t offset, uint64_t length) const;
  // Writes `data` at `offset` and grows the object to hold it.
  void Write(uint64_t offset, const BufferList& data);
  // Makes [offset, offset + length) a hole and grows the object to hold it.
  void Zero(uint64_t offset, uint64_t length);
  // Cuts or grows (by a hole) to `size`.
  void Truncate(uint64_t size);

  // The same bytes; memory is shared until one of the two changes.
  ObjectData Clone() const;

  // Memory that the chunks keep alive, in bytes; a block shared by several counts once.
  size_t MemoryHeld() const;

 private:
  struct Chunk {
    Buffer bytes;        // from the chunk's beginning; what is missing at the end is zeros
    bool owned = false;  // the block is this chunk's alone, apart from readers
  };
  using Chunks = absl::btree_map<uint64_t, Chunk>;

  // `shareable`: the write's memory is not much larger than the write.
  void WriteChunk(uint64_t index, uint64_t begin, const BufferList& piece, bool shareable);
  void CutChunk(Chunks::iterator it, uint64_t size);
  // `gone` was replaced or cut: if few bytes of its block are left in use, copies those out of it.
  void ReleaseShare(uint64_t index, const Chunk& gone);

  uint64_t size_ = 0;
  Chunks chunks_;  // by offset / kChunkSize
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_OBJECT_DATA_H_
