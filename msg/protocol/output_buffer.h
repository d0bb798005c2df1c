// OutputBuffer: bytes on their way to a socket, gathered so that many messages leave in one system
// call.
//
// Small pieces are copied into an arena and merge; large ones are shared without a copy. Bytes
// leave from the front.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_OUTPUT_BUFFER_H_
#define SIPHON_MSG_PROTOCOL_OUTPUT_BUFFER_H_

#include <sys/uio.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/buffer_list.h"

namespace siphon {

class OutputBuffer {
 public:
  // A shared piece costs an iovec and a reference; below this many bytes a copy is cheaper.
  static constexpr size_t kCopyBelow = 1024;

  // Room for `n` bytes at the end, to be written at once.
  char* Hole(size_t n);
  void Copy(std::string_view bytes);
  // Shares the pieces of `bytes`, but copies small ones.
  void Append(const BufferList& bytes);

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Fills `out` (up to `max` entries) with what is at the front; returns how many.
  size_t Iovecs(iovec* out, size_t max) const;
  // Drops `n` bytes from the front: they were sent.
  void Consume(size_t n);
  void Clear();
  // All bytes, for tests.
  std::string ToString() const;

 private:
  static constexpr size_t kArenaSize = 4096 - 128;
  struct Piece {
    const char* data;
    size_t size;
    Buffer owner;  // keeps the memory
  };

  std::vector<Piece> pieces_;
  size_t head_ = 0;  // index of the first piece not sent
  size_t size_ = 0;
  Buffer arena_;  // its whole capacity
  size_t arena_used_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_PROTOCOL_OUTPUT_BUFFER_H_
