// What other OSDs are given when they copy an object: pieces of it.
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/osd/pg/pg_fixture.h"

namespace siphon::osd {
namespace {

std::string ReadVector(const std::string& name) {
  std::ifstream in("testing/vectors/messages/" + name + ".data.bin", std::ios::binary);
  EXPECT_TRUE(in.is_open()) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A piece as the copying OSD understands it.
struct Piece {
  int32_t result = 0;
  uint64_t size = 0;
  std::map<std::string, std::string> attrs;
  std::string data;
  std::map<std::string, std::string> omap;
  std::string next;  // the cursor's bytes
  std::string omap_header;
  std::vector<uint64_t> snaps;
  uint64_t snap_seq = 0;
  bool done = false;
};

std::map<std::string, std::string> DecodePairs(Decoder& d) {
  std::map<std::string, std::string> pairs;
  for (uint32_t n = d.Count(8); n > 0 && d.ok(); --n) {
    std::string key = d.String();
    pairs[std::move(key)] = d.String();
  }
  return pairs;
}

constexpr size_t kSmallestCursor = 21;  // bytes

std::string FirstCursor() {
  return std::string("\1\1\x0f\0\0\0", 6) + std::string(kSmallestCursor - 6, '\0');
}

class PgCopyTest : public PgFixture {
 protected:
  static OsdOp CopyGet(const std::string& cursor, uint64_t max) {
    OsdOp op = Op(rados::kOpCopyGet, cursor);
    Encoder e(&op.in);
    e.U64(max);
    return op;
  }
  Piece Get(const std::string& cursor, uint64_t max, uint64_t snap = rados::kSnapHead) {
    auto request = Make({CopyGet(cursor, max)});
    request->snap = snap;
    const auto reply = Execute(*request);
    Piece piece;
    piece.result = reply->result;
    if (piece.result < 0) return piece;
    Decoder d(reply->ops[0].out);
    Decoder::Versioned v(d, 8, "piece");
    piece.size = d.U64();
    d.Time();
    piece.attrs = DecodePairs(d);
    piece.data = d.String();
    const std::string pairs = d.String();
    if (!pairs.empty()) {
      const BufferList bytes = BufferList::CopyOf(pairs);
      Decoder p(bytes);
      piece.omap = DecodePairs(p);
      EXPECT_EQ(p.remaining(), 0u);
    }
    d.Skip(2);
    const uint32_t length = d.U32();
    BufferList cursor_bytes;
    Encoder e(&cursor_bytes);
    e.U8(1);
    e.U8(1);
    e.U32(length);
    bool done = true;
    const bool attrs_done = d.Bool();
    e.Bool(attrs_done);
    e.U64(d.U64());
    const bool data_done = d.Bool();
    e.Bool(data_done);
    e.String(d.String());
    const bool omap_done = d.Bool();
    e.Bool(omap_done);
    done = attrs_done && data_done && omap_done;
    piece.done = done;
    piece.next = cursor_bytes.ToString();
    piece.omap_header = d.String();
    for (uint32_t n = d.Count(8); n > 0; --n) piece.snaps.push_back(d.U64());
    piece.snap_seq = d.U64();
    EXPECT_TRUE(d.ok());
    return piece;
  }
  void SetPairs(int count, size_t size) {
    OsdOp set = Op(rados::kOpOmapSetVals);
    Encoder e(&set.in);
    e.U32(static_cast<uint32_t>(count));
    for (int i = 0; i < count; ++i) {
      e.String(std::to_string(1000 + i));
      e.String(std::string(size, 'v'));
    }
    ASSERT_EQ(Run({set})->result, 0);
  }
};

// The real OSD also has a checksum of the bytes, and the requests that changed the object.
TEST_F(PgCopyTest, AnswersAsARealOsdDid) {
  const std::string recorded = ReadVector("osd_op_reply_copy_get.0");
  const BufferList bytes = BufferList::CopyOf(recorded);
  Decoder d(bytes);
  d.Skip(6 + 8);
  auto write = Make({WriteFull([] {
    std::string ten;
    for (int i = 0; i < 10; ++i) ten += "0123456789";
    return ten;
  }())});
  write->mtime = d.Time();
  Execute(*write);
  OsdOp set = Op(rados::kOpOmapSetVals);
  Encoder e(&set.in);
  e.U32(2);
  for (const char* text : {"k1", "v1", "k2", "value2"}) e.String(text);
  auto more = Make({set, SetXattr("x", "attr"), SetXattr("y", "")});
  more->mtime = absl::UnixEpoch();
  Execute(*more);
  OsdOp op = Op(rados::kOpCopyGet, ReadVector("osd_op_copy_get.0"));
  const std::string ours = Run({op})->ops[0].out.ToString();
  // Up to the flags, which say that there is a checksum.
  const size_t same = recorded.find(std::string("\x91\x0c\x32\x6f", 4)) - 4;
  ASSERT_LT(same, recorded.size());
  ASSERT_GE(ours.size(), same);
  EXPECT_EQ(ours.substr(6, same - 6), recorded.substr(6, same - 6));
  EXPECT_EQ(ours.substr(0, 2), recorded.substr(0, 2));
  EXPECT_EQ(ours.substr(same),
            std::string(4, '\0') + std::string(8, '\xff') + std::string(24, '\0'));
}

TEST_F(PgCopyTest, OfNoObjectIsWhatARealOsdGives) {
  const auto reply = Run({Op(rados::kOpCopyGet, ReadVector("osd_op_copy_get.0"))}, "absent");
  EXPECT_EQ(reply->result, -ENOENT);
  EXPECT_EQ(reply->ops[0].result, -ENOENT);
  EXPECT_EQ(reply->flags & (rados::kRequestAck | rados::kRequestOnDisk),
            rados::kRequestAck | rados::kRequestOnDisk);
  EXPECT_EQ(reply->ops[0].out.ToString(), ReadVector("osd_op_reply_copy_get.1"));
}

TEST_F(PgCopyTest, PiecesMakeTheWhole) {
  std::string data;
  for (int i = 0; i < 1000; ++i) data += std::to_string(i);
  Run({WriteFull(data), SetXattr("a", "1")});
  OsdOp header = Op(rados::kOpOmapSetHeader, "header");
  Run({header});
  SetPairs(100, 20);
  std::string copied;
  std::map<std::string, std::string> omap;
  std::map<std::string, std::string> attrs;
  std::string omap_header;
  std::string cursor = FirstCursor();
  int pieces = 0;
  for (bool done = false; !done;) {
    ASSERT_LT(++pieces, 100);
    const Piece piece = Get(cursor, 300);
    ASSERT_EQ(piece.result, 0);
    EXPECT_EQ(piece.size, data.size());
    EXPECT_EQ(piece.attrs.empty(), pieces > 1);
    copied += piece.data;
    attrs.insert(piece.attrs.begin(), piece.attrs.end());
    for (const auto& pair : piece.omap) EXPECT_TRUE(omap.insert(pair).second) << pair.first;
    omap_header += piece.omap_header;
    cursor = piece.next;
    done = piece.done;
  }
  EXPECT_EQ(copied, data);
  EXPECT_EQ(omap.size(), 100u);
  EXPECT_EQ(omap.begin()->first, "1000");
  EXPECT_EQ(omap_header, "header");
  EXPECT_EQ(attrs, (std::map<std::string, std::string>{{"a", "1"}}));
  EXPECT_GT(pieces, 10);
}

TEST_F(PgCopyTest, APieceThatIsFullOfBytesEndsTheCopyOnlyIfThereIsNoMap) {
  Run({WriteFull("0123456789")});
  EXPECT_TRUE(Get(FirstCursor(), 10).done);
  SetPairs(1, 1);
  const Piece full = Get(FirstCursor(), 10);
  EXPECT_FALSE(full.done);
  EXPECT_TRUE(full.omap.empty());
  const Piece rest = Get(full.next, 10);
  EXPECT_TRUE(rest.done);
  EXPECT_TRUE(rest.data.empty());
  EXPECT_EQ(rest.omap.size(), 1u);
}

TEST_F(PgCopyTest, AClonesPieceTellsItsSnapshots) {
  const auto write = [&](std::vector<uint64_t> snaps, const std::string& data) {
    auto request = Make({WriteFull(data)});
    request->flags |= rados::kRequestEnforceSnapContext;
    request->snap_context.seq = snaps.empty() ? 0 : snaps[0];
    request->snap_context.snaps = std::move(snaps);
    return Execute(*request)->result;
  };
  ASSERT_EQ(write({}, "then"), 0);
  ASSERT_EQ(write({2, 1}, "now it is this"), 0);
  const Piece clone = Get(FirstCursor(), 100, 1);
  EXPECT_EQ(clone.data, "then");
  EXPECT_EQ(clone.snaps, (std::vector<uint64_t>{2, 1}));
  const Piece head = Get(FirstCursor(), 100);
  EXPECT_EQ(head.data, "now it is this");
  EXPECT_TRUE(head.snaps.empty());
  EXPECT_EQ(head.snap_seq, 2u);
}

TEST_F(PgCopyTest, RefusesACursorThatIsNone) {
  Run({WriteFull("0123456789")});
  EXPECT_EQ(Run({Op(rados::kOpCopyGet, "rubbish")})->result, -EINVAL);
  EXPECT_EQ(Run({Op(rados::kOpCopyGet)})->result, -EINVAL);
  std::string beyond = FirstCursor();
  beyond[7] = 11;
  EXPECT_EQ(Get(beyond, 100).result, -EINVAL);
  beyond[7] = 10;
  EXPECT_TRUE(Get(beyond, 100).done);
}

}  // namespace
}  // namespace siphon::osd
