#include "base/block_pool.h"

#include <cstdlib>
#include <new>

// A block in the pool is as good as freed: let AddressSanitizer see its use.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define SIPHON_POISON(block, size) __asan_poison_memory_region(block, size)
#define SIPHON_UNPOISON(block, size) __asan_unpoison_memory_region(block, size)
#endif
#endif
#ifndef SIPHON_POISON
#define SIPHON_POISON(block, size) static_cast<void>(0)
#define SIPHON_UNPOISON(block, size) static_cast<void>(0)
#endif

namespace siphon {

BlockPool& BlockPool::Global() {
  static auto* const pool = new BlockPool;
  return *pool;
}

BlockPool::~BlockPool() {
  MutexLock lock(mutex_);
  for (int size_class = 0; size_class < kClasses; ++size_class) {
    for (void* block : free_[size_class]) {
      SIPHON_UNPOISON(block, ClassSize(size_class));
      std::free(block);
    }
  }
}

size_t BlockPool::ClassSize(int size_class) { return (kMinPooled << size_class) + (4 << 10); }

int BlockPool::ClassOf(size_t size) {
  if (size < kMinPooled || size > kMaxPooled) return -1;
  int size_class = 0;
  while (ClassSize(size_class) < size) ++size_class;
  return size_class;
}

void* BlockPool::Acquire(size_t* size) {
  const int size_class = ClassOf(*size);
  if (size_class >= 0) {
    *size = ClassSize(size_class);
    MutexLock lock(mutex_);
    auto& free_blocks = free_[size_class];
    if (!free_blocks.empty()) {
      void* block = free_blocks.back();
      free_blocks.pop_back();
      pooled_bytes_ -= *size;
      SIPHON_UNPOISON(block, *size);
      return block;
    }
  }
  void* block = size_class >= 0 ? std::aligned_alloc(kAlignment, *size) : std::malloc(*size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void BlockPool::Release(void* block, size_t size) {
  const int size_class = ClassOf(size);
  if (size_class >= 0) {
    MutexLock lock(mutex_);
    if (pooled_bytes_ + size <= kMaxPooledBytes) {
      SIPHON_POISON(block, size);
      free_[size_class].push_back(block);
      pooled_bytes_ += size;
      return;
    }
  }
  std::free(block);
}

size_t BlockPool::PooledBytes() {
  MutexLock lock(mutex_);
  return pooled_bytes_;
}

}  // namespace siphon
