#include "base/buffer_list.h"

#include <cstring>
#include <random>
#include <string>
#include <thread>

#include "base/crc32c.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

// A list with one piece for each text.
BufferList Pieces(std::initializer_list<std::string_view> texts) {
  BufferList out;
  for (const std::string_view text : texts) out.Append(Buffer::CopyOf(text));
  return out;
}

TEST(BufferListTest, SmallAppendsShareOnePiece) {
  BufferList list;
  for (int i = 0; i < 100; ++i) list.Append("0123456789");
  EXPECT_EQ(list.size(), 1000u);
  EXPECT_EQ(list.pieces().size(), 1u);
  EXPECT_LE(list.MemoryHeld(), 4096u);
}

TEST(BufferListTest, AppendingBuffersAndListsCopiesNothing) {
  const Buffer buffer = Buffer::CopyOf("abc");
  BufferList a(buffer);
  BufferList b;
  b.Append(a);
  b.Append(Buffer::CopyOf("def"));
  EXPECT_EQ(b.ToString(), "abcdef");
  EXPECT_EQ(b.pieces()[0].data(), buffer.data());
}

TEST(BufferListTest, MovingAListInLeavesItEmpty) {
  BufferList a = Pieces({"a", "b"});
  BufferList b = Pieces({"c", "d"});
  const char* moved = b.pieces()[0].data();
  a.Append(std::move(b));
  EXPECT_EQ(a.ToString(), "abcd");
  EXPECT_EQ(a.pieces()[2].data(), moved);
  EXPECT_TRUE(b.empty());
  b.Append("usable");
  EXPECT_EQ(b.ToString(), "usable");
}

TEST(BufferListTest, AppendsItselfAndItsOwnBytes) {
  BufferList list = Pieces({"ab", "cd"});
  list.Append(list);
  EXPECT_EQ(list.ToString(), "abcdabcd");
  BufferList text = BufferList::CopyOf("xyz");
  text.Append(text.pieces()[0].view());
  EXPECT_EQ(text.ToString(), "xyzxyz");
}

TEST(BufferListTest, AppendToACopyLeavesTheOriginalAlone) {
  BufferList a;
  a.Append("abc");
  BufferList b = a;
  b.Append("def");
  a.Append("xyz");
  EXPECT_EQ(a.ToString(), "abcxyz");
  EXPECT_EQ(b.ToString(), "abcdef");
}

TEST(BufferListTest, CopiesOnTwoThreadsAppendAtOnce) {
  for (int round = 0; round < 100; ++round) {
    BufferList a;
    a.Append("begin");
    BufferList b = a;
    std::thread other([&b] {
      for (int i = 0; i < 50; ++i) b.Append("bb");
    });
    for (int i = 0; i < 50; ++i) a.Append("aa");
    other.join();
    EXPECT_EQ(a.ToString(), "begin" + std::string(100, 'a'));
    EXPECT_EQ(b.ToString(), "begin" + std::string(100, 'b'));
  }
}

TEST(BufferListTest, HolesStayWritableAfterLaterAppends) {
  BufferList list;
  char* hole = list.AppendHole(4);
  for (int i = 0; i < 3000; ++i) list.Append("filler");
  std::memcpy(hole, "HOLE", 4);
  EXPECT_EQ(list.ToString().substr(0, 10), "HOLEfiller");
  EXPECT_NE(list.AppendHole(0), nullptr);
}

TEST(BufferListTest, PiecesCutFromOneBlockJoinAgain) {
  const Buffer whole = Buffer::CopyOf("abcdef");
  BufferList list(whole.Substr(0, 3));
  list.Append(whole.Substr(3, 3));
  EXPECT_EQ(list.pieces().size(), 1u);
  EXPECT_EQ(list.ToString(), "abcdef");
}

TEST(BufferListTest, EmptyPiecesAreLeftOut) {
  BufferList list;
  list.Append(Buffer());
  list.Append("");
  list.Prepend(Buffer());
  list.AppendZero(0);
  list.Append(BufferList());
  EXPECT_TRUE(list.pieces().empty());
}

TEST(BufferListTest, SubstrAndSpliceClampToTheList) {
  BufferList list = Pieces({"abc", "def"});
  EXPECT_EQ(list.Substr(4, 100).ToString(), "ef");
  EXPECT_EQ(list.Substr(100, 1).ToString(), "");
  EXPECT_EQ(list.Splice(2, 2).ToString(), "cd");
  EXPECT_EQ(list.ToString(), "abef");
  EXPECT_EQ(list.Splice(3, ~size_t{0}).ToString(), "f");
  EXPECT_EQ(list.Splice(50, 1).ToString(), "");
  EXPECT_EQ(list.Splice(0, 1).ToString(), "a");
  EXPECT_EQ(list.ToString(), "be");
}

TEST(BufferListTest, RemovingFromTheFrontReleasesMemory) {
  int released = 0;
  char memory[100];
  BufferList list;
  for (int i = 0; i < 100; ++i) {
    list.Append(Buffer::Claim(memory + (i * 37) % 100, 1, [&] { ++released; }));
  }
  for (int i = 1; i < 100; ++i) {
    list.RemovePrefix(1);
    EXPECT_EQ(released, i);
  }
  list.RemovePrefix(5);
  EXPECT_EQ(released, 100);
  EXPECT_TRUE(list.empty());
}

TEST(BufferListTest, CopyInIsSeenByEveryHolder) {
  BufferList a = Pieces({"abc", "def"});
  const BufferList b = a;
  a.CopyIn(2, "XY");
  EXPECT_EQ(b.ToString(), "abXYef");
}

TEST(BufferListTest, FlattenAndAlignmentKeepTheBytes) {
  BufferList list = Pieces({"abc", "def"});
  EXPECT_EQ(list.Flatten(), "abcdef");
  EXPECT_TRUE(list.IsContiguous());
  list.RemovePrefix(1);
  EXPECT_FALSE(list.IsAligned(64));
  list.RebuildAligned(64);
  EXPECT_TRUE(list.IsAligned(64));
  EXPECT_EQ(list.ToString(), "bcdef");
  const char* before = list.pieces()[0].data();
  list.RebuildAligned(64);
  EXPECT_EQ(list.pieces()[0].data(), before);
  EXPECT_EQ(BufferList().Flatten(), "");
  EXPECT_TRUE(BufferList().IsAligned(4096));
}

TEST(BufferListTest, OnlyTheLastAlignedPieceMayBeShort) {
  BufferList list(Buffer::AllocateAligned(512, 512));
  list.Append(Buffer::AllocateAligned(100, 512));
  EXPECT_TRUE(list.IsAligned(512));
  list.Append(Buffer::AllocateAligned(512, 512));
  EXPECT_FALSE(list.IsAligned(512));
}

TEST(BufferListTest, EqualityIgnoresTheCuts) {
  EXPECT_TRUE(Pieces({"ab", "c", "def"}) == Pieces({"abcd", "ef"}));
  EXPECT_FALSE(Pieces({"ab", "c"}) == Pieces({"abd"}));
  EXPECT_FALSE(Pieces({"ab"}) == Pieces({"abc"}));
  EXPECT_TRUE(Pieces({"ab", "c"}) == "abc");
  EXPECT_FALSE(Pieces({"ab", "c"}) == "abd");
  EXPECT_TRUE(BufferList() == "");
}

TEST(BufferListTest, ZerosAreFoundAcrossPieces) {
  BufferList list;
  list.AppendZero(5000);
  list.AppendZero(1);
  EXPECT_TRUE(list.IsZero());
  list.CopyIn(4999, "x");
  EXPECT_FALSE(list.IsZero());
  EXPECT_FALSE(BufferList::CopyOf("x").IsZero());
  EXPECT_TRUE(BufferList().IsZero());
}

TEST(BufferListTest, IovecsStopAtTheLimit) {
  const BufferList list = Pieces({"ab", "cde", "f"});
  std::vector<iovec> out;
  EXPECT_EQ(list.AppendIovecs(&out, 2), 5u);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(std::string_view(static_cast<char*>(out[1].iov_base), out[1].iov_len), "cde");
  EXPECT_EQ(list.AppendIovecs(&out, 2), 0u);
  EXPECT_EQ(list.AppendIovecs(&out, 100), 6u);
}

TEST(BufferListTest, MemoryHeldCountsTheWholeBlockOfASmallPiece) {
  const BufferList list(Buffer::Allocate(1000).Substr(10, 1));
  EXPECT_EQ(list.MemoryHeld(), 1000u);
}

TEST(BufferListTest, CursorWalksSharesAndClamps) {
  const BufferList list = Pieces({"abc", "def", "g"});
  BufferList::Cursor cursor(list);
  char out[8] = {};
  EXPECT_EQ(cursor.Copy(2, out), 2u);
  EXPECT_EQ(cursor.Chunk(), "c");
  EXPECT_EQ(cursor.Advance(1), 1u);
  EXPECT_EQ(cursor.Chunk(), "def");
  const BufferList shared = cursor.Share(2);
  EXPECT_EQ(shared.ToString(), "de");
  EXPECT_TRUE(shared.pieces()[0].SharesBlockWith(list.pieces()[1]));
  EXPECT_EQ(cursor.remaining(), 2u);
  EXPECT_EQ(cursor.Advance(100), 2u);
  EXPECT_EQ(cursor.Chunk(), "");
  EXPECT_EQ(cursor.Copy(1, out), 0u);
}

// Random operations on a list and on a std::string must agree after every step.
class ModelRun {
 public:
  explicit ModelRun(uint64_t seed) : random_(seed) {}

  void Step() {
    switch (Below(13)) {
      case 0:
      case 1: {
        const std::string text = Text();
        list_.Append(text);
        model_ += text;
        break;
      }
      case 2: {
        const std::string text = Text();
        list_.Append(Buffer::CopyOf(text));
        model_ += text;
        break;
      }
      case 3: {
        const std::string text = Text();
        list_.Prepend(Buffer::FromString(text));
        model_ = text + model_;
        break;
      }
      case 4: {
        const std::string text = Text();
        std::memcpy(list_.AppendHole(text.size()), text.data(), text.size());
        model_ += text;
        break;
      }
      case 5: {
        const size_t at = Below(model_.size() + 2), n = Below(200);
        const BufferList taken = list_.Splice(at, n);
        const std::string wanted = at < model_.size() ? model_.substr(at, n) : "";
        ASSERT_EQ(taken.ToString(), wanted);
        if (at < model_.size()) model_.erase(at, n);
        break;
      }
      case 6: {
        const size_t n = Below(300);
        list_.RemovePrefix(n);
        model_.erase(0, n);
        break;
      }
      case 7: {
        const size_t at = Below(model_.size() + 1), n = Below(300);
        BufferList part = list_.Substr(at, n);
        list_.Append(std::move(part));
        model_ += model_.substr(at, n);
        break;
      }
      case 8:
        list_.AppendZero(3);
        model_.append(3, '\0');
        break;
      case 9:
        ASSERT_EQ(list_.Crc32c(9), Crc32c(9, model_));
        break;
      case 10: {
        // A copy that grows must not show in the list.
        BufferList copy = list_;
        copy.Append("something else");
        break;
      }
      case 11:
        if (Below(10) == 0) ASSERT_EQ(list_.Flatten(), model_);
        break;
      default:
        if (Below(10) == 0) list_.RebuildAligned(512);
    }
    ASSERT_EQ(list_.size(), model_.size());
    ASSERT_TRUE(list_ == model_);
    for (const Buffer& piece : list_.pieces()) ASSERT_FALSE(piece.empty());
  }

 private:
  size_t Below(size_t n) { return random_() % n; }
  std::string Text() {
    std::string out(Below(Below(20) == 0 ? 6000 : 60), '\0');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }

  std::mt19937_64 random_;
  BufferList list_;
  std::string model_;
};

TEST(BufferListTest, BehavesLikeAStringUnderRandomOperations) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    ModelRun run(seed);
    for (int i = 0; i < 400; ++i) {
      run.Step();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace siphon
