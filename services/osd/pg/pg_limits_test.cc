// How large what a request brings may be, and how much an answer holds.
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/osd/pg/pg_fixture.h"

namespace siphon::osd {
namespace {

class PgLimitsTest : public PgFixture {
 protected:
  int32_t Result(std::vector<OsdOp> ops, const std::string& oid = "object") {
    return Run(std::move(ops), oid)->result;
  }
  void Limit(uint64_t OpLimits::* which, uint64_t value) {
    limits_.*which = value;
    pg_ = Load();
  }
  // Keys "a", "b", ... with values of `size` bytes.
  void SetPairs(int count, size_t size) {
    OsdOp set = Op(rados::kOpOmapSetVals);
    Encoder e(&set.in);
    e.U32(static_cast<uint32_t>(count));
    for (int i = 0; i < count; ++i) {
      e.String(std::string(1, static_cast<char>('a' + i)));
      e.String(std::string(size, 'v'));
    }
    ASSERT_EQ(Result({set}), 0);
  }
  // The keys of one answer, with "..." when there are more.
  std::string List(uint16_t code, const std::string& after, uint64_t max,
                   const std::string& prefix = "") {
    OsdOp list = Op(code);
    Encoder in(&list.in);
    in.String(after);
    in.U64(max);
    if (code == rados::kOpOmapGetVals) in.String(prefix);
    const auto reply = Run({list});
    EXPECT_EQ(reply->result, 0);
    Decoder d(reply->ops[0].out);
    std::string found;
    for (uint32_t n = d.U32(); n > 0; --n) {
      found += d.String();
      if (code == rados::kOpOmapGetVals) d.Blob();
    }
    found += d.Bool() ? "..." : ".";
    EXPECT_TRUE(d.ok());
    EXPECT_EQ(d.remaining(), 0u);
    return found;
  }
};

TEST_F(PgLimitsTest, AnAttributeHasALargestValue) {
  EXPECT_EQ(Result({SetXattr("x", std::string(100000, 'v'))}), 0) << "unless told otherwise";
  Limit(&OpLimits::max_attr_size, 5);
  EXPECT_EQ(Result({SetXattr("x", "12345")}), 0);
  EXPECT_EQ(Result({SetXattr("x", "123456")}), -EFBIG);
  EXPECT_EQ(Result({SetXattr(std::string(101, 'n'), "123456")}), -EFBIG) << "before the name";
  EXPECT_EQ(Result({SetXattr(std::string(101, 'n'), "12345")}), -ENAMETOOLONG);
  EXPECT_EQ(Result({SetXattr("y", "123456")}, "new"), -EFBIG);
  EXPECT_EQ(Result({Op(rados::kOpStat)}, "new"), -ENOENT) << "nothing was made";
}

TEST_F(PgLimitsTest, AnAnswerHasSoManyPairsOfAnObjectMap) {
  SetPairs(10, 1);
  Limit(&OpLimits::max_omap_entries, 4);
  EXPECT_EQ(List(rados::kOpOmapGetKeys, "", 100), "abcd...");
  EXPECT_EQ(List(rados::kOpOmapGetVals, "d", ~uint64_t{0}), "efgh...");
  EXPECT_EQ(List(rados::kOpOmapGetVals, "f", 100), "ghij.");
  EXPECT_EQ(List(rados::kOpOmapGetVals, "", 3), "abc...");
  EXPECT_EQ(List(rados::kOpOmapGetVals, "", 3, "j"), "j.");
  EXPECT_EQ(List(rados::kOpOmapGetKeys, "j", 3), ".");
}

TEST_F(PgLimitsTest, AnAnswerEndsAfterSoManyBytesOfAnObjectMap) {
  SetPairs(10, 100);
  // A pair counts 109 bytes, a key 5.
  Limit(&OpLimits::max_omap_bytes, 218);
  EXPECT_EQ(List(rados::kOpOmapGetVals, "", 100), "ab...");
  EXPECT_EQ(List(rados::kOpOmapGetKeys, "", 100), "abcdefghij.");
  Limit(&OpLimits::max_omap_bytes, 219);
  EXPECT_EQ(List(rados::kOpOmapGetVals, "", 100), "abc...") << "the last one may pass the limit";
  EXPECT_EQ(List(rados::kOpOmapGetVals, "h", 100), "ij.");
  Limit(&OpLimits::max_omap_bytes, 1);
  EXPECT_EQ(List(rados::kOpOmapGetVals, "c", 100), "d...") << "but there is one";
  EXPECT_EQ(List(rados::kOpOmapGetKeys, "i", 100), "j.");
}

TEST_F(PgLimitsTest, AListingGoesOnOverThePagesThatAreReadOfTheStore) {
  OsdOp set = Op(rados::kOpOmapSetVals);
  Encoder e(&set.in);
  e.U32(1000);
  std::string all;
  for (int i = 1000; i < 2000; ++i) {
    e.String(std::to_string(i));
    e.String("v");
    all += std::to_string(i);
  }
  Run({set});
  EXPECT_EQ(List(rados::kOpOmapGetVals, "", 2000), all + ".");
  EXPECT_EQ(List(rados::kOpOmapGetKeys, "", 1000), all + ".");
  EXPECT_EQ(List(rados::kOpOmapGetKeys, "", 999), all.substr(0, 4 * 999) + "...");
  EXPECT_EQ(List(rados::kOpOmapGetVals, "1063", 64, "10"), all.substr(4 * 64, 4 * 36) + ".");
}

TEST_F(PgLimitsTest, NamesAreOnlySoLong) {
  Limit(&OpLimits::max_object_name, 10);
  EXPECT_EQ(Result({WriteFull("x")}, std::string(10, 'o')), 0);
  EXPECT_EQ(Result({WriteFull("x")}, std::string(11, 'o')), -ENAMETOOLONG);
  auto request = Make({WriteFull("x")});
  request->locator.key = std::string(11, 'k');
  EXPECT_EQ(Execute(*request)->result, -ENAMETOOLONG);
  request = Make({WriteFull("x")});
  request->locator.nspace = std::string(257, 'n');
  EXPECT_EQ(Execute(*request)->result, -ENAMETOOLONG);
  EXPECT_EQ(Result({WriteFull("x")}, ""), -EINVAL);
}

TEST_F(PgLimitsTest, ARequestBringsOnlySoMuchAndAnObjectGrowsOnlySoLarge) {
  Limit(&OpLimits::max_write_size, 100);
  EXPECT_EQ(Result({Write(0, std::string(100, 'x'))}), 0);
  EXPECT_EQ(Result({Write(0, std::string(60, 'x')), Write(60, std::string(41, 'x'))}), -EMSGSIZE);
  Limit(&OpLimits::max_object_size, 150);
  EXPECT_EQ(Result({Write(100, std::string(50, 'x'))}), 0);
  EXPECT_EQ(Result({Write(100, std::string(51, 'x'))}), -EFBIG);
  EXPECT_EQ(Result({Op(rados::kOpAppend, "")}), -EFBIG) << "it is as large as can be";
}

}  // namespace
}  // namespace siphon::osd
