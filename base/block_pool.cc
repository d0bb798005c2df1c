#include "base/block_pool.h"

#include <cstdlib>
#include <new>

namespace siphon {

BlockPool& BlockPool::Global() {
  static auto* const pool = new BlockPool;
  return *pool;
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
      return block;
    }
  }
  void* block = std::malloc(*size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void BlockPool::Release(void* block, size_t size) {
  const int size_class = ClassOf(size);
  if (size_class >= 0) {
    MutexLock lock(mutex_);
    if (pooled_bytes_ + size <= kMaxPooledBytes) {
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
