#include "services/osd/store/chunk_merge.h"

#include <string>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(ChunkMergeTest, WritesLieWhereTheySayWithZerosBefore) {
  std::string chunk;
  ASSERT_TRUE(ApplyToChunk(ChunkWrite(2, "cd"), &chunk));
  ASSERT_TRUE(ApplyToChunk(ChunkWrite(0, "a"), &chunk));
  EXPECT_EQ(chunk, std::string("a\0cd", 4));
  ASSERT_TRUE(ApplyToChunk(ChunkWrite(3, "DE"), &chunk));
  EXPECT_EQ(chunk, std::string("a\0cDE", 5));
}

TEST(ChunkMergeTest, ACutEndsTheChunkAndNeverGrowsIt) {
  std::string chunk = "abcdef";
  ASSERT_TRUE(ApplyToChunk(ChunkCut(3), &chunk));
  EXPECT_EQ(chunk, "abc");
  ASSERT_TRUE(ApplyToChunk(ChunkCut(5), &chunk));
  EXPECT_EQ(chunk, "abc");
  ASSERT_TRUE(ApplyToChunk(ChunkWrite(5, "f"), &chunk));
  EXPECT_EQ(chunk, std::string("abc\0\0f", 6));
}

TEST(ChunkMergeTest, WhatIsNoChangeIsRefused) {
  std::string chunk;
  EXPECT_FALSE(ApplyToChunk("", &chunk));
  EXPECT_FALSE(ApplyToChunk("w\0\0", &chunk));
  EXPECT_FALSE(ApplyToChunk("x" + ChunkWrite(0, "a").substr(1), &chunk));
  EXPECT_FALSE(ApplyToChunk(ChunkCut(1) + "more", &chunk));
  EXPECT_FALSE(ApplyToChunk(ChunkWrite(65535, "ab"), &chunk));
  EXPECT_FALSE(ApplyToChunk(ChunkWrite(0xffffffffu, "ab"), &chunk));
  EXPECT_TRUE(ApplyToChunk(ChunkWrite(65534, "ab"), &chunk));
}

}  // namespace
}  // namespace siphon::osd
