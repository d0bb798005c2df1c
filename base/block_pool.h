// BlockPool: keeps a few large memory blocks for the next use.
//
// libc returns allocations of some hundred KiB and more to the kernel at each free, and each reuse
// then pays a page fault per 4 KiB: at 1 MiB up to 2.7 times the whole cost of a message. The pool
// keeps at most kMaxPooledBytes of blocks of power-of-two sizes from 256 KiB to 8 MiB; smaller and
// larger ones go straight to malloc.
//
// Threads: any.
#ifndef SIPHON_BASE_BLOCK_POOL_H_
#define SIPHON_BASE_BLOCK_POOL_H_

#include <cstddef>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace siphon {

class BlockPool {
 public:
  static constexpr size_t kMinPooled = 256 << 10;
  static constexpr size_t kMaxPooled = (8 << 20) + (4 << 10);
  static constexpr size_t kMaxPooledBytes = 64 << 20;

  // Pooled blocks begin at a multiple of this.
  static constexpr size_t kAlignment = 4 << 10;

  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  // Frees what it keeps. Blocks that are still out must not be released after it.
  ~BlockPool();

  // The process's pool; never destroyed.
  static BlockPool& Global();

  // Memory for at least `*size` bytes; `*size` becomes what was really given. Pass exactly that to
  // Release().
  void* Acquire(size_t* size);
  void Release(void* block, size_t size);

  // Bytes kept for reuse now.
  size_t PooledBytes();

 private:
  // Size classes: kMinPooled << k, plus a page, so that a payload of exactly a power of two and its
  // block header fit one class.
  static constexpr int kClasses = 6;
  static int ClassOf(size_t size);
  static size_t ClassSize(int size_class);

  Mutex mutex_;
  std::vector<void*> free_[kClasses] ABSL_GUARDED_BY(mutex_);
  size_t pooled_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace siphon

#endif  // SIPHON_BASE_BLOCK_POOL_H_
