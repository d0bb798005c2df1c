#include "base/buffer.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

TEST(BufferTest, CopiesShareTheBytes) {
  Buffer a = Buffer::CopyOf("hello");
  Buffer b = a;
  b.mutable_data()[0] = 'j';
  EXPECT_EQ(a.view(), "jello");
  EXPECT_TRUE(a.SharesBlockWith(b));
}

TEST(BufferTest, SubstrViewsTheSameBlock) {
  Buffer part;
  {
    const Buffer whole = Buffer::CopyOf("one two three");
    part = whole.Substr(4, 3);
    EXPECT_TRUE(part.SharesBlockWith(whole));
  }
  EXPECT_EQ(part.view(), "two");
}

TEST(BufferTest, ClaimReleasesOnceAfterTheLastCopy) {
  char memory[] = "abc";
  int released = 0;
  {
    Buffer a = Buffer::Claim(memory, 3, [&] { ++released; });
    const Buffer b = a.Substr(1, 1);
    a = Buffer();
    EXPECT_EQ(b.view(), "b");
    EXPECT_EQ(released, 0);
  }
  EXPECT_EQ(released, 1);
}

TEST(BufferTest, FromStringTakesALongStringsMemoryOver) {
  std::string text(1000, 'x');
  const char* memory = text.data();
  const Buffer buffer = Buffer::FromString(std::move(text));
  EXPECT_EQ(buffer.data(), memory);
  EXPECT_EQ(buffer.size(), 1000u);
}

TEST(BufferTest, FromStringKeepsAShortStringsBytes) {
  EXPECT_EQ(Buffer::FromString("abc").view(), "abc");
}

TEST(BufferTest, EmptyOnesHaveNoMemory) {
  EXPECT_EQ(Buffer::Allocate(0).BlockCapacity(), 0u);
  EXPECT_EQ(Buffer::CopyOf("").size(), 0u);
  EXPECT_EQ(Buffer::FromString("").size(), 0u);
  EXPECT_EQ(Buffer::AllocateAligned(0, 4096).size(), 0u);
}

TEST(BufferTest, AllocateAlignedHoldsItsPromiseForSmallAndPooledSizes) {
  for (const size_t size : {1, 100, 4096, 300 << 10, 4 << 20, 20 << 20}) {
    for (const size_t alignment : {64, 512, 4096, 65536}) {
      Buffer buffer = Buffer::AllocateAligned(size, alignment);
      EXPECT_EQ(buffer.size(), size);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % alignment, 0u)
          << size << " at " << alignment;
      std::memset(buffer.mutable_data(), 1, size);
    }
  }
}

TEST(BufferTest, AlignedPowerOfTwoFitsItsSizeClass) {
  const Buffer buffer = Buffer::AllocateAligned(4 << 20, 4096);
  EXPECT_EQ(buffer.BlockCapacity(), size_t{4 << 20});
}

TEST(BufferTest, GrowsInPlaceWhileThereIsRoom) {
  Buffer buffer = Buffer::Reserve(8);
  const char* begin = buffer.TryExtend(3);
  ASSERT_NE(begin, nullptr);
  EXPECT_EQ(buffer.TryExtend(5), begin + 3);
  EXPECT_EQ(buffer.size(), 8u);
  EXPECT_EQ(buffer.TailRoom(), 0u);
  EXPECT_EQ(buffer.TryExtend(1), nullptr);
  EXPECT_EQ(buffer.size(), 8u);
}

TEST(BufferTest, OnlyTheFirstOfTwoCopiesGrows) {
  Buffer a = Buffer::Reserve(100);
  std::memcpy(a.TryExtend(3), "abc", 3);
  Buffer b = a;
  ASSERT_NE(a.TryExtend(1), nullptr);
  EXPECT_EQ(b.TailRoom(), 0u);
  EXPECT_EQ(b.TryExtend(1), nullptr);
  EXPECT_EQ(b.view(), "abc");
}

TEST(BufferTest, DoesNotGrowOverBytesCutOffItsEnd) {
  Buffer a = Buffer::Reserve(100);
  std::memcpy(a.TryExtend(3), "abc", 3);
  const Buffer b = a;
  a.RemoveSuffix(1);
  EXPECT_EQ(a.TryExtend(1), nullptr);
  EXPECT_EQ(b.view(), "abc");
}

TEST(BufferTest, ForeignAndStaticMemoryDoesNotGrow) {
  EXPECT_EQ(Buffer::Static("abc").TryExtend(1), nullptr);
  EXPECT_EQ(Buffer::FromString("abc").TryExtend(1), nullptr);
  char memory[4];
  EXPECT_EQ(Buffer::Claim(memory, 4, nullptr).TryExtend(1), nullptr);
}

TEST(BufferTest, OneOfTwoRacingThreadsGrows) {
  for (int round = 0; round < 200; ++round) {
    Buffer shared = Buffer::Reserve(64);
    *shared.TryExtend(1) = 'x';
    std::atomic<int> winners{0};
    std::atomic<bool> go{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&, mine = shared]() mutable {
        while (!go.load()) std::this_thread::yield();
        if (char* where = mine.TryExtend(8)) {
          std::memset(where, 'y', 8);
          ++winners;
        }
      });
    }
    go = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
  }
}

TEST(BufferTest, JoinsOnlyWhatFollowsInTheSameBlock) {
  const Buffer whole = Buffer::CopyOf("abcdef");
  Buffer front = whole.Substr(0, 2);
  EXPECT_FALSE(front.TryJoin(whole.Substr(3, 2)));
  EXPECT_FALSE(front.TryJoin(Buffer::CopyOf("cd")));
  EXPECT_TRUE(front.TryJoin(whole.Substr(2, 2)));
  EXPECT_EQ(front.view(), "abcd");
}

}  // namespace
}  // namespace siphon
