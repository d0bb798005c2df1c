#include "base/buffer.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "base/block_pool.h"

namespace siphon {
namespace {

// Block header and bytes in one allocation.
constexpr size_t kHeaderSize = (sizeof(BufferBlock) + 63) / 64 * 64;

struct ForeignBlock : BufferBlock {
  std::function<void()> on_release;
  std::string text;
};

void ReleaseCombined(BufferBlock* block) {
  const size_t total = kHeaderSize + block->capacity;
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

BufferBlock* NewCombined(size_t capacity) {
  size_t total = kHeaderSize + capacity;
  void* memory = BlockPool::Global().Acquire(&total);
  auto* block = new (memory) BufferBlock;
  block->data = static_cast<char*>(memory) + kHeaderSize;
  block->capacity = total - kHeaderSize;
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

char* Buffer::ExtendInPlace(size_t n) {
  char* where = data_ + size_;
  size_ += n;
  block_->used.fetch_add(n, std::memory_order_relaxed);
  return where;
}

}  // namespace siphon
