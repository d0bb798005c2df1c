#include "base/block_pool.h"

#include <cstring>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(BlockPoolTest, GivesAReleasedBlockOutAgain) {
  BlockPool pool;
  size_t size = 1 << 20;
  void* block = pool.Acquire(&size);
  EXPECT_GE(size, size_t{1 << 20});
  pool.Release(block, size);
  EXPECT_EQ(pool.PooledBytes(), size);
  size_t again = 1 << 20;
  EXPECT_EQ(pool.Acquire(&again), block);
  EXPECT_EQ(again, size);
  EXPECT_EQ(pool.PooledBytes(), 0u);
  std::memset(block, 1, size);
  pool.Release(block, size);
}

TEST(BlockPoolTest, KeepsNeitherSmallNorHugeBlocks) {
  BlockPool pool;
  for (const size_t wanted : {size_t{100}, BlockPool::kMinPooled - 1, BlockPool::kMaxPooled + 1}) {
    size_t size = wanted;
    void* block = pool.Acquire(&size);
    EXPECT_EQ(size, wanted);
    pool.Release(block, size);
    EXPECT_EQ(pool.PooledBytes(), 0u);
  }
}

TEST(BlockPoolTest, APowerOfTwoWithItsHeaderTakesNoLargerClass) {
  BlockPool pool;
  for (size_t payload = 256 << 10; payload <= 8 << 20; payload *= 2) {
    size_t size = payload + 64;
    void* block = pool.Acquire(&size);
    EXPECT_EQ(size, payload + 4096);
    pool.Release(block, size);
  }
}

TEST(BlockPoolTest, NeverKeepsMoreThanItsLimit) {
  BlockPool pool;
  std::vector<std::pair<void*, size_t>> blocks;
  for (int i = 0; i < 12; ++i) {
    size_t size = 8 << 20;
    void* block = pool.Acquire(&size);
    blocks.emplace_back(block, size);
  }
  for (const auto& [block, size] : blocks) pool.Release(block, size);
  EXPECT_LE(pool.PooledBytes(), BlockPool::kMaxPooledBytes);
  EXPECT_GT(pool.PooledBytes(), BlockPool::kMaxPooledBytes - BlockPool::kMaxPooled);
}

}  // namespace
}  // namespace siphon
