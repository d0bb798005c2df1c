#include "services/rados/crush_map.h"

#include <string>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/rados/map_vectors.h"

namespace siphon::rados {
namespace {

CrushMap DecodeOrDie(const std::string& bytes) {
  Decoder d{std::string_view(bytes)};
  CrushMap map = CrushMap::Decode(d);
  EXPECT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(d.remaining(), 0u);
  return map;
}

std::string EncodeToString(const CrushMap& map) {
  BufferList out;
  Encoder e(&out);
  map.Encode(e);
  return out.ToString();
}

TEST(CrushMapTest, ReencodesRecordedMapsToTheSameBytes) {
  for (const char* name : {"crush_2osd.bin", "crush_12osd.bin", "crush_12osd_weighted.bin"}) {
    const std::string bytes = ReadMapVector(name);
    EXPECT_EQ(EncodeToString(DecodeOrDie(bytes)), bytes) << name;
  }
}

TEST(CrushMapTest, ReadsNamesWeightsAndClasses) {
  const CrushMap map = DecodeOrDie(ReadMapVector("crush_2osd.bin"));
  EXPECT_EQ(map.FindItem("default"), -1);
  EXPECT_EQ(map.FindItem("osd.1"), 1);
  EXPECT_EQ(map.FindType("root"), 11);
  EXPECT_EQ(map.FindRuleByName("replicated_rule"), 0);
  EXPECT_EQ(map.DeviceClass(0), "hdd");
  EXPECT_TRUE(map.IsShadow(*map.FindItem("default~hdd")));
  ASSERT_NE(map.ParentOf(1), nullptr);
  EXPECT_EQ(map.ItemName(map.ParentOf(1)->id), "vm");
  EXPECT_EQ(map.FindBucket(-1)->ItemWeight(0), 510u);
}

// Older releases wrote fewer fields at the end, so a cut exactly between two of them is an older
// map.
TEST(CrushMapTest, RefusesEveryTruncationBeforeTheTunables) {
  const std::string bytes = ReadMapVector("crush_12osd.bin");
  const size_t tunables = bytes.find(std::string("\x0f\0\0\0replicated_rule", 19)) + 19;
  for (size_t n = 0; n < tunables; ++n) {
    Decoder d(std::string_view(bytes).substr(0, n));
    CrushMap::Decode(d);
    EXPECT_FALSE(d.ok()) << "cut to " << n << " bytes";
  }
}

TEST(CrushMapTest, GivesOldMapsTheTunablesOfTheirTime) {
  const std::string bytes = ReadMapVector("crush_12osd.bin");
  const size_t tunables = bytes.find(std::string("\x0f\0\0\0replicated_rule", 19)) + 19;
  Decoder d(std::string_view(bytes).substr(0, tunables));
  const CrushMap map = CrushMap::Decode(d);
  EXPECT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(map.tunables.choose_total_tries, 19u);
  EXPECT_EQ(map.tunables.chooseleaf_stable, 0);
}

TEST(CrushMapTest, KeepsBucketsOfEveryAlgorithm) {
  CrushMap map;
  map.max_devices = 3;
  for (const auto algorithm : {CrushBucket::kUniform, CrushBucket::kList, CrushBucket::kTree,
                               CrushBucket::kStraw, CrushBucket::kStraw2}) {
    CrushBucket b;
    b.id = -1 - static_cast<int32_t>(map.buckets.size());
    b.type = 1;
    b.algorithm = algorithm;
    b.items = {0, 1, 2};
    b.weights = {7, 8, 9};
    if (algorithm == CrushBucket::kUniform) b.weights = {7};
    if (algorithm == CrushBucket::kTree) b.weights = {0, 7, 15, 8, 24, 9, 9, 0};
    if (algorithm == CrushBucket::kList || algorithm == CrushBucket::kStraw) b.extra = {7, 15, 24};
    map.buckets.push_back(b);
  }
  map.choose_args[-1][4].weight_sets = {{1, 2, 3}, {4, 5, 6}};
  map.choose_args[-1][4].ids = {10, 11, 12};
  const CrushMap again = DecodeOrDie(EncodeToString(map));
  EXPECT_EQ(EncodeToString(again), EncodeToString(map));
  EXPECT_EQ(again.FindBucket(-1)->ItemWeight(2), 7u);
  EXPECT_EQ(again.FindBucket(-3)->ItemWeight(1), 8u);
  EXPECT_EQ(again.FindBucket(-4)->extra[2], 24u);
  EXPECT_EQ(again.choose_args.at(-1).at(4).weight_sets[1][2], 6u);
}

TEST(CrushMapTest, RefusesATreeWhoseNodesDoNotFitItsItems) {
  CrushMap map;
  CrushBucket b;
  b.id = -1;
  b.algorithm = CrushBucket::kTree;
  b.items = {0, 1, 2};
  b.weights = {0, 7, 15, 8};
  map.buckets.push_back(b);
  const std::string bytes = EncodeToString(map);
  Decoder d{std::string_view(bytes)};
  CrushMap::Decode(d);
  EXPECT_FALSE(d.ok());
}

TEST(CrushMapTest, RefusesAWeightSetThatDoesNotFitItsBucket) {
  CrushMap map = DecodeOrDie(ReadMapVector("crush_2osd.bin"));
  map.choose_args[-1][0].weight_sets = {{1, 2, 3}};
  const std::string bytes = EncodeToString(map);
  Decoder d{std::string_view(bytes)};
  CrushMap::Decode(d);
  EXPECT_FALSE(d.ok());
}

}  // namespace
}  // namespace siphon::rados
