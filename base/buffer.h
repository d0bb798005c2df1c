// Buffer: a reference-counted view of a block of memory.
//
// A Buffer names `size()` bytes of a shared block. Copying a Buffer copies no bytes; the block goes
// away with its last Buffer. This is what carries payload from the socket to the user and back
// without a copy.
//
// Threads: the reference count is atomic, so Buffers of one block may live on different threads.
// The bytes are not guarded: write to a block only while no other thread can read it.
#ifndef SIPHON_BASE_BUFFER_H_
#define SIPHON_BASE_BUFFER_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace siphon {

// The memory behind Buffers. Not used directly.
struct BufferBlock {
  std::atomic<int> refs{1};
  char* data = nullptr;
  size_t capacity = 0;  // bytes
  // The end of what any appender has used; only the Buffer that ends here may grow in place.
  std::atomic<size_t> used{0};
  // Releases the block and its memory. Called once, by the last owner, on any thread.
  void (*release)(BufferBlock*) = nullptr;
};

class Buffer {
 public:
  // What a block costs besides its bytes: Allocate(4096 - kBlockOverhead) fills 4 KiB.
  static constexpr size_t kBlockOverhead = 64;

  Buffer() = default;
  Buffer(const Buffer& other) : block_(other.block_), data_(other.data_), size_(other.size_) {
    Ref();
  }
  Buffer(Buffer&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(block_, other.block_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() { Unref(); }

  // A new block of `size` bytes, uninitialised. Blocks of 256 KiB to 8 MiB are recycled through a
  // small process-wide pool, since libc gives such memory back to the kernel at every free.
  static Buffer Allocate(size_t size);
  // As Allocate, with the first byte at a multiple of `alignment` (a power of two). Recycled up to
  // an alignment of a page.
  static Buffer AllocateAligned(size_t size, size_t alignment);
  // An empty Buffer with room for `capacity` bytes to be appended in place.
  static Buffer Reserve(size_t capacity);
  static Buffer CopyOf(std::string_view bytes);
  // Takes the string's memory over; no copy beyond the string's own small-size one.
  static Buffer FromString(std::string bytes);
  // Refers to memory that outlives every Buffer of it (constants).
  static Buffer Static(std::string_view bytes);
  // Refers to foreign memory; `release` is called once when the last Buffer of it goes away.
  static Buffer Claim(char* data, size_t size, std::function<void()> release);

  const char* data() const { return data_; }
  // The bytes for writing; see the thread contract above.
  char* mutable_data() { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_, size_}; }

  // Bytes [offset, offset + length) of this one, sharing the block. Must lie within.
  Buffer Substr(size_t offset, size_t length) const;
  void RemovePrefix(size_t n) {
    data_ += n;
    size_ -= n;
  }
  void RemoveSuffix(size_t n) { size_ -= n; }

  // Bytes that could be appended in place now: nonzero only if this Buffer ends where the block's
  // used part ends. A hint: a Buffer of the same block on another thread may take them first.
  size_t TailRoom() const;
  // Grows by `n` bytes in place and returns where they begin. Null, and no change, when this Buffer
  // does not end where the used part ends, when the block has no room, or when another thread's
  // Buffer was first.
  char* TryExtend(size_t n);
  // Grows over `next`, if `next` begins in the same block where this Buffer ends.
  bool TryJoin(const Buffer& next);

  bool SharesBlockWith(const Buffer& other) const { return block_ && block_ == other.block_; }
  // Bytes of memory that this Buffer keeps alive.
  size_t BlockCapacity() const { return block_ ? block_->capacity : 0; }

 private:
  Buffer(BufferBlock* block, char* data, size_t size) : block_(block), data_(data), size_(size) {}
  void Ref() {
    if (block_) block_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  void Unref() {
    if (block_ && block_->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      block_->release(block_);
  }

  BufferBlock* block_ = nullptr;
  char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_BASE_BUFFER_H_
