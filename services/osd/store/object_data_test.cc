#include "services/osd/store/object_data.h"

#include <algorithm>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

constexpr uint64_t kChunk = ObjectData::kChunkSize;

std::string Pattern(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::string s(n, '\0');
  for (char& c : s) c = static_cast<char>(random());
  return s;
}

std::string All(const ObjectData& data) { return data.Read(0, data.size()).ToString(); }

TEST(ObjectDataTest, ReadsBackWhatWasWrittenAnywhere) {
  ObjectData data;
  const std::string bytes = Pattern(3 * kChunk + 17, 1);
  data.Write(100, BufferList::CopyOf(bytes));
  EXPECT_EQ(data.size(), bytes.size() + 100);
  EXPECT_EQ(All(data), std::string(100, '\0') + bytes);
  EXPECT_EQ(data.Read(kChunk - 3, 7).ToString(), bytes.substr(kChunk - 103, 7));
  EXPECT_EQ(data.Read(data.size() - 1, 100).size(), 1u);
  EXPECT_TRUE(data.Read(data.size(), 1).empty());
}

TEST(ObjectDataTest, AReadKeepsItsBytesWhenTheyAreOverwritten) {
  ObjectData data;
  data.Write(0, BufferList::CopyOf(std::string(kChunk, 'a')));
  const BufferList before = data.Read(0, kChunk);
  data.Write(10, BufferList::CopyOf("bbb"));
  data.Write(kChunk - 1, BufferList::CopyOf("cc"));
  EXPECT_EQ(before, std::string(kChunk, 'a'));
  EXPECT_EQ(data.Read(9, 5).ToString(), "abbba");
}

TEST(ObjectDataTest, HolesTakeNoMemory) {
  ObjectData data;
  data.Write(1 << 30, BufferList::CopyOf("end"));
  EXPECT_LT(data.MemoryHeld(), 2 * kChunk);
  EXPECT_TRUE(data.Read(1 << 20, 4096).IsZero());
  data.Truncate(uint64_t{2} << 30);
  EXPECT_LT(data.MemoryHeld(), 2 * kChunk);
}

TEST(ObjectDataTest, SharesALargeWriteAndCopiesASmallOneOutOfALargeBlock) {
  const Buffer block = Buffer::CopyOf(Pattern(1 << 20, 2));
  ObjectData whole;
  whole.Write(0, BufferList(block));
  EXPECT_TRUE(whole.Read(0, 10).pieces().front().SharesBlockWith(block));
  ObjectData part;
  part.Write(0, BufferList(block.Substr(4096, 64 * 1024)));
  EXPECT_FALSE(part.Read(0, 10).pieces().front().SharesBlockWith(block));
  EXPECT_LT(part.MemoryHeld(), 2 * kChunk);
}

TEST(ObjectDataTest, LetsASharedBlockGoWhenLittleOfItIsUsed) {
  ObjectData data;
  const std::string bytes = Pattern(1 << 20, 3);
  data.Write(0, BufferList::CopyOf(bytes));
  data.Truncate(kChunk);
  EXPECT_LT(data.MemoryHeld(), 2 * kChunk);
  EXPECT_EQ(All(data), bytes.substr(0, kChunk));

  ObjectData overwritten;
  overwritten.Write(0, BufferList::CopyOf(bytes));
  for (uint64_t i = 1; i < 16; ++i) overwritten.Zero(i * kChunk, kChunk);
  EXPECT_LT(overwritten.MemoryHeld(), 2 * kChunk);
  EXPECT_EQ(overwritten.Read(0, kChunk).ToString(), bytes.substr(0, kChunk));
}

TEST(ObjectDataTest, SmallAppendsGrowAChunkWithoutCopyingItEachTime) {
  ObjectData data;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string word = std::to_string(i);
    data.Write(data.size(), BufferList::CopyOf(word));
    expected += word;
  }
  EXPECT_EQ(All(data), expected);
  EXPECT_LT(data.MemoryHeld(), 3 * expected.size());
}

TEST(ObjectDataTest, BytesCutOffDoNotComeBack) {
  ObjectData data;
  data.Write(0, BufferList::CopyOf("0123456789"));
  data.Truncate(4);
  data.Truncate(10);
  EXPECT_EQ(All(data), std::string("0123\0\0\0\0\0\0", 10));
}

TEST(ObjectDataTest, AgreesWithAPlainStringUnderRandomChanges) {
  std::mt19937 random(4);
  ObjectData data;
  std::string model;
  const auto grow = [&](size_t n) { model.resize(std::max(model.size(), n)); };
  for (int step = 0; step < 600; ++step) {
    const size_t offset = random() % (5 * kChunk);
    const size_t length = random() % (random() % 4 == 0 ? 3 * kChunk : 5000);
    switch (random() % 8) {
      case 0:
        data.Truncate(offset);
        model.resize(offset);
        break;
      case 1:
        data.Zero(offset, length);
        grow(offset + length);
        std::fill_n(model.begin() + offset, length, '\0');
        break;
      default: {
        const std::string bytes = Pattern(length, step);
        BufferList list;
        // Sometimes in two pieces.
        const size_t cut = random() % 2 == 0 ? length : random() % (length + 1);
        list.Append(Buffer::CopyOf(bytes.substr(0, cut)));
        list.Append(Buffer::CopyOf(bytes.substr(cut)));
        data.Write(offset, list);
        if (length > 0) grow(offset + length);
        model.replace(std::min(offset, model.size()), length, bytes);
        if (length == 0) grow(offset);
      }
    }
    ASSERT_EQ(data.size(), model.size()) << step;
    ASSERT_EQ(All(data), model) << step;
    const size_t from = random() % (model.size() + 1);
    const size_t n = random() % (2 * kChunk);
    ASSERT_EQ(data.Read(from, n).ToString(), model.substr(from, n)) << step;
  }
}

}  // namespace
}  // namespace siphon::osd
