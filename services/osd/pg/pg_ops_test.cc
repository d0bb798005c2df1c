// Operations whose results a recorded session does not show; each was tried on a real OSD.
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/osd/pg/pg_fixture.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

class PgOpsTest : public PgFixture {
 protected:
  int32_t Result(std::vector<OsdOp> ops, const std::string& oid = "object") {
    return Run(std::move(ops), oid)->result;
  }
  std::string Content(const std::string& oid = "object") {
    const auto reply = Run({Op(rados::kOpRead)}, oid);
    return reply->result < 0 ? "error " + std::to_string(reply->result)
                             : reply->ops[0].out.ToString();
  }
  static OsdOp Checksum(uint8_t type, uint64_t offset, uint64_t length, uint32_t chunk) {
    OsdOp op = Op(rados::kOpChecksum);
    OsdOp::Checksum checksum;
    checksum.offset = offset;
    checksum.length = length;
    checksum.chunk_size = chunk;
    checksum.type = type;
    op.Set(checksum);
    Encoder e(&op.in);
    if (type == rados::kChecksumXxhash64) {
      e.U64(0);
    } else {
      e.U32(type == rados::kChecksumCrc32c ? 0xffffffff : 0);
    }
    return op;
  }
  std::vector<uint64_t> Sums(uint8_t type, uint64_t offset, uint64_t length, uint32_t chunk) {
    const auto reply = Run({Checksum(type, offset, length, chunk)});
    EXPECT_EQ(reply->result, 0);
    Decoder d(reply->ops[0].out);
    std::vector<uint64_t> sums;
    for (uint32_t n = d.U32(); n > 0; --n) {
      sums.push_back(type == rados::kChecksumXxhash64 ? d.U64() : d.U32());
    }
    EXPECT_EQ(d.remaining(), 0u);
    return sums;
  }
  static OsdOp OmapCompare(const std::string& key, const std::string& value, int32_t how) {
    OsdOp op = Op(rados::kOpOmapCmp);
    Encoder e(&op.in);
    e.U32(1);
    e.String(key);
    e.String(value);
    e.I32(how);
    return op;
  }
  static OsdOp WriteAt(uint64_t offset, const std::string& data, uint32_t seq, uint64_t size) {
    OsdOp op = Write(offset, data);
    OsdOp::Extent extent = op.extent();
    extent.truncate_seq = seq;
    extent.truncate_size = size;
    op.Set(extent);
    return op;
  }
};

TEST_F(PgOpsTest, ChecksumsGoByChunks) {
  Run({WriteFull("123456789")});
  // CRC-32C with Ceph's convention: no final inversion.
  EXPECT_EQ(Sums(rados::kChecksumCrc32c, 0, 0, 0), std::vector<uint64_t>{0xe3069283 ^ 0xffffffff});
  EXPECT_EQ(Sums(rados::kChecksumCrc32c, 0, 8, 4).size(), 2u);
  EXPECT_EQ(Sums(rados::kChecksumXxhash32, 0, 100, 0).size(), 1u) << "to the end";
  EXPECT_EQ(Sums(rados::kChecksumXxhash64, 0, 9, 3).size(), 3u);
  EXPECT_TRUE(Sums(rados::kChecksumXxhash32, 100, 8, 0).empty());
  EXPECT_EQ(Result({Checksum(rados::kChecksumCrc32c, 0, 8, 3)}), -EINVAL);
  EXPECT_EQ(Result({Checksum(rados::kChecksumCrc32c, 0, 0, 4)}), -EINVAL);
  EXPECT_EQ(Result({Checksum(7, 0, 8, 4)}), -EINVAL);
  OsdOp no_first_value = Checksum(rados::kChecksumCrc32c, 0, 8, 4);
  no_first_value.in.Clear();
  EXPECT_EQ(Result({no_first_value}), -EINVAL);
}

TEST_F(PgOpsTest, AnObjectMapIsComparedWithWhatIsKeptOnTheLeft) {
  OsdOp set = Op(rados::kOpOmapSetVals);
  Encoder e(&set.in);
  e.U32(1);
  e.String("k");
  e.String("v5");
  Run({set});
  constexpr int32_t kEq = 1;
  constexpr int32_t kGt = 3;
  constexpr int32_t kLt = 5;
  EXPECT_EQ(Result({OmapCompare("k", "v5", kEq)}), 0);
  EXPECT_EQ(Result({OmapCompare("k", "v4", kGt)}), 0);
  EXPECT_EQ(Result({OmapCompare("k", "v6", kGt)}), -ECANCELED);
  EXPECT_EQ(Result({OmapCompare("k", "v6", kLt)}), 0);
  EXPECT_EQ(Result({OmapCompare("absent", "", kEq)}), 0);
  EXPECT_EQ(Result({OmapCompare("k", "v5", 2)}), -EINVAL);
}

TEST_F(PgOpsTest, TheEmptyKeyIsKeptButNotListed) {
  OsdOp set = Op(rados::kOpOmapSetVals);
  Encoder e(&set.in);
  e.U32(3);
  for (const char* key : {"", "a", "b"}) {
    e.String(key);
    e.String("v");
  }
  Run({set});
  const auto keys = [&](uint64_t max) {
    OsdOp list = Op(rados::kOpOmapGetKeys);
    Encoder in(&list.in);
    in.String("");
    in.U64(max);
    const auto reply = Run({list});
    Decoder d(reply->ops[0].out);
    std::string found;
    for (uint32_t n = d.U32(); n > 0; --n) found += d.String();
    return found + (d.Bool() ? "..." : ".");
  };
  EXPECT_EQ(keys(0), "...");
  EXPECT_EQ(keys(1), "a...");
  EXPECT_EQ(keys(2), "ab.");
  EXPECT_EQ(keys(3), "ab.");
}

TEST_F(PgOpsTest, WhatChangesNothingMakesANewVersionAllTheSame) {
  const uint64_t first = Run({WriteFull("abc")})->user_version;
  EXPECT_EQ(Run({Write(0, "")})->user_version, first + 1);
  EXPECT_EQ(Run({Op(rados::kOpSetAllocHint)})->user_version, first + 2);
  EXPECT_EQ(Run({Op(rados::kOpCreate)})->user_version, first + 3) << "it is there already";
  EXPECT_EQ(Run({Op(rados::kOpOmapClear)})->user_version, first + 3) << "there is no map";
  EXPECT_EQ(Content(), "abc");
}

TEST_F(PgOpsTest, WithoutCachesNothingIsToBeFlushed) {
  Run({WriteFull("abc")});
  for (const rados::OsdOpCode code : {rados::kOpTierPromote, rados::kOpTierFlush}) {
    EXPECT_EQ(Result({Op(code)}), 0) << code;
    EXPECT_EQ(Result({Op(code)}, "absent"), -ENOENT) << code;
  }
  EXPECT_EQ(Result({Op(rados::kOpTierEvict)}), -EINVAL);
  for (const rados::OsdOpCode code :
       {rados::kOpCacheFlush, rados::kOpCacheTryFlush, rados::kOpCacheEvict}) {
    EXPECT_EQ(Result({Op(code)}), -EINVAL) << code;
    EXPECT_EQ(Result({Op(code)}, "absent"), -EINVAL) << code;
  }
}

TEST_F(PgOpsTest, AWriteThatFailsTakesAVersionToo) {
  const uint64_t first = Run({WriteFull("abc")})->user_version;
  OsdOp exclusive = Op(rados::kOpCreate);
  exclusive.flags = rados::kOpFlagExclusive;
  EXPECT_EQ(Run({exclusive})->user_version, first) << "the object's own";
  EXPECT_EQ(Run({Write(0, "x")})->user_version, first + 2);
}

TEST_F(PgOpsTest, AnOldTruncationCutsNothing) {
  Run({WriteAt(0, "0123456789", 1, 100)});
  // One that was on its way when the file was cut to 4 bytes.
  Run({WriteAt(0, "ab", 2, 4)});
  EXPECT_EQ(Content(), "ab23");
  Run({WriteAt(2, "XYZ", 1, 100)});
  EXPECT_EQ(Content(), "abXY");
  OsdOp truncate = Op(rados::kOpTruncate);
  OsdOp::Extent extent;
  extent.offset = 1;
  extent.truncate_seq = 2;
  truncate.Set(extent);
  Run({truncate});
  EXPECT_EQ(Content(), "abXY");
  extent.truncate_seq = 3;
  truncate.Set(extent);
  Run({truncate});
  EXPECT_EQ(Content(), "a");
}

TEST_F(PgOpsTest, RemovingAndMakingInOneRequestBeginsAnew) {
  Run({WriteFull("old"), SetXattr("x", "1")});
  EXPECT_EQ(Result({Op(rados::kOpDelete), Write(2, "n")}), 0);
  EXPECT_EQ(Content(), std::string("\0\0n", 3));
  EXPECT_EQ(Result({GetXattr("x")}), -ENODATA);
  EXPECT_EQ(Result({Op(rados::kOpCreate), Op(rados::kOpDelete)}, "other"), 0);
  EXPECT_EQ(Content("other"), "error -2");
}

TEST_F(PgOpsTest, AWriteKeepsTheResultsOfItsStepsButNotTheirOutput) {
  Run({WriteFull("abc")});
  const auto reply = Run({Op(rados::kOpRead), Write(0, "x")});
  EXPECT_EQ(reply->result, 0);
  EXPECT_TRUE(reply->ops[0].out.empty());
  // One that fails gives it all.
  const auto failed = Run({Op(rados::kOpRead), OmapCompare("k", "v", 1), Write(0, "y")});
  EXPECT_EQ(failed->result, -ECANCELED);
  EXPECT_EQ(failed->ops[0].out, "xbc");
}

TEST_F(PgOpsTest, WhatTheClientSaysOfTheRequestDoesNotCount) {
  auto request = Make({WriteFull("x")});
  request->flags = rados::kRequestRead;
  EXPECT_EQ(Execute(*request)->result, 0);
  request = Make({Op(rados::kOpRead)}, "absent");
  request->flags |= rados::kRequestWrite;
  EXPECT_EQ(Execute(*request)->result, -ENOENT);
}

TEST_F(PgOpsTest, ExtentsAndSparseReadsTellWhereBytesAre) {
  Run({WriteFull("abc")});
  const auto map = Run({Op(rados::kOpMapExt)});
  Decoder d(map->ops[0].out);
  EXPECT_EQ(d.U32(), 1u);
  EXPECT_EQ(d.U64(), 0u);
  EXPECT_EQ(d.U64(), 3u);
  const auto sparse = Run({Op(rados::kOpSparseRead)});
  Decoder s(sparse->ops[0].out);
  EXPECT_EQ(s.U32(), 1u);
  s.Skip(16);
  EXPECT_EQ(s.String(), "abc");
}

}  // namespace
}  // namespace siphon::osd
