#include "base/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "base/block_pool.h"

namespace siphon {
namespace {

static_assert(sizeof(BufferBlock) <= Buffer::kBlockOverhead);

struct ForeignBlock : BufferBlock {
  std::function<void()> on_release;
  std::string text;
};

// Block header and bytes in one allocation.
void ReleaseCombined(BufferBlock* block) {
  const size_t header = static_cast<size_t>(block->data - reinterpret_cast<char*>(block));
  const size_t total = header + block->capacity;
  block->~BufferBlock();
  BlockPool::Global().Release(block, total);
}

void ReleaseAligned(BufferBlock* block) {
  std::free(block->data);
  delete block;
}

void ReleaseForeign(BufferBlock* block) {
  auto* foreign = static_cast<ForeignBlock*>(block);
  if (foreign->on_release) foreign->on_release();
  delete foreign;
}

// The bytes begin `header` bytes after the beginning of the allocation.
BufferBlock* NewCombined(size_t capacity, size_t header = Buffer::kBlockOverhead) {
  size_t total = header + capacity;
  void* memory = BlockPool::Global().Acquire(&total);
  auto* block = new (memory) BufferBlock;
  block->data = static_cast<char*>(memory) + header;
  block->capacity = total - header;
  block->release = &ReleaseCombined;
  return block;
}

}  // namespace

Buffer Buffer::Allocate(size_t size) {
  if (size == 0) return Buffer();
  BufferBlock* block = NewCombined(size);
  block->used.store(size, std::memory_order_relaxed);
  return Buffer(block, block->data, size);
}

Buffer Buffer::AllocateAligned(size_t size, size_t alignment) {
  if (size == 0) return Buffer();
  const size_t header = std::max(alignment, kBlockOverhead);
  if (size >= BlockPool::kMinPooled && size <= BlockPool::kMaxPooled - header &&
      alignment <= BlockPool::kAlignment) {
    BufferBlock* block = NewCombined(size, header);
    block->used.store(size, std::memory_order_relaxed);
    return Buffer(block, block->data, size);
  }
  auto* block = new BufferBlock;
  const size_t capacity = (size + alignment - 1) / alignment * alignment;
  block->data = static_cast<char*>(std::aligned_alloc(alignment, capacity));
  if (block->data == nullptr) throw std::bad_alloc();
  block->capacity = capacity;
  block->used.store(size, std::memory_order_relaxed);
  block->release = &ReleaseAligned;
  return Buffer(block, block->data, size);
}

Buffer Buffer::Reserve(size_t capacity) {
  BufferBlock* block = NewCombined(capacity);
  return Buffer(block, block->data, 0);
}

Buffer Buffer::CopyOf(std::string_view bytes) {
  Buffer out = Allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(out.data_, bytes.data(), bytes.size());
  return out;
}

Buffer Buffer::FromString(std::string bytes) {
  if (bytes.empty()) return Buffer();
  auto* block = new ForeignBlock;
  block->text = std::move(bytes);
  block->data = block->text.data();
  block->capacity = block->text.size();
  block->used.store(block->capacity, std::memory_order_relaxed);
  block->release = &ReleaseForeign;
  return Buffer(block, block->data, block->text.size());
}

Buffer Buffer::Static(std::string_view bytes) {
  return Buffer(nullptr, const_cast<char*>(bytes.data()), bytes.size());
}

Buffer Buffer::Claim(char* data, size_t size, std::function<void()> release) {
  auto* block = new ForeignBlock;
  block->on_release = std::move(release);
  block->data = data;
  block->capacity = size;
  block->used.store(size, std::memory_order_relaxed);
  block->release = &ReleaseForeign;
  return Buffer(block, data, size);
}

Buffer Buffer::Substr(size_t offset, size_t length) const {
  Buffer out(block_, data_ + offset, length);
  out.Ref();
  return out;
}

size_t Buffer::TailRoom() const {
  if (!block_) return 0;
  const size_t end = static_cast<size_t>(data_ - block_->data) + size_;
  return block_->used.load(std::memory_order_relaxed) == end ? block_->capacity - end : 0;
}

char* Buffer::TryExtend(size_t n) {
  if (!block_) return nullptr;
  size_t end = static_cast<size_t>(data_ - block_->data) + size_;
  if (block_->capacity - end < n) return nullptr;
  if (block_->refs.load(std::memory_order_acquire) == 1) {
    // No other Buffer of the block exists and none can come up: a plain store does.
    if (block_->used.load(std::memory_order_relaxed) != end) return nullptr;
    block_->used.store(end + n, std::memory_order_relaxed);
  } else if (!block_->used.compare_exchange_strong(end, end + n, std::memory_order_relaxed)) {
    return nullptr;
  }
  char* where = data_ + size_;
  size_ += n;
  return where;
}

bool Buffer::TryJoin(const Buffer& next) {
  if (!SharesBlockWith(next) || data_ + size_ != next.data_) return false;
  size_ += next.size_;
  return true;
}

}  // namespace siphon
