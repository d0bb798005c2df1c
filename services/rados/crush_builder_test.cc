#include "services/rados/crush_builder.h"

#include <string>
#include <vector>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/rados/crush_map.h"
#include "services/rados/crush_mapper.h"
#include "services/rados/map_vectors.h"
#include "services/rados/osd_map.h"

namespace siphon::rados {
namespace {

std::string EncodeToString(const CrushMap& map) {
  BufferList out;
  Encoder e(&out);
  map.Encode(e);
  return out.ToString();
}

CrushLocation At(const std::string& host) { return {{"root", "default"}, {"host", host}}; }

TEST(CrushBuilderTest, StartsWithTheMapOfANewCephCluster) {
  const auto first = OsdMap::Decode(ReadMapVectorList("osdmap_e1.bin"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(EncodeToString(CrushBuilder::Fresh(/*failure_domain=*/0)),
            EncodeToString(*first->crush));
}

// As Ceph did it for two OSDs on one host, each of class hdd.
TEST(CrushBuilderTest, MakesTheTreeAndShadowsThatCephMakes) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  for (const int osd : {0, 1}) {
    ASSERT_TRUE(builder.CreateOrMove(osd, 255, At("vm")).ok());
    ASSERT_TRUE(builder.SetDeviceClass(osd, "hdd").ok());
  }
  const std::string bytes = ReadMapVector("crush_2osd.bin");
  Decoder d{std::string_view(bytes)};
  const CrushMap real = CrushMap::Decode(d);
  for (const char* name : {"default", "vm", "default~hdd", "vm~hdd"}) {
    const CrushBucket* ours = map.FindBucket(map.FindItem(name).value_or(0));
    const CrushBucket* theirs = real.FindBucket(real.FindItem(name).value_or(0));
    ASSERT_TRUE(ours && theirs) << name;
    EXPECT_EQ(ours->weight, theirs->weight) << name;
    EXPECT_EQ(ours->type, theirs->type) << name;
    EXPECT_EQ(ours->items.size(), theirs->items.size()) << name;
  }
  EXPECT_EQ(map.FindBucket(*map.FindItem("vm~hdd"))->items, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(map.max_devices, 2);
}

TEST(CrushBuilderTest, LeavesADeviceThatIsInItsPlace) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  EXPECT_TRUE(*builder.CreateOrMove(0, 100, At("a")));
  EXPECT_FALSE(*builder.CreateOrMove(0, 999, At("a")));
  EXPECT_EQ(map.FindBucket(-1)->weight, 100u);
}

TEST(CrushBuilderTest, MovesADeviceWithItsWeight) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  ASSERT_TRUE(builder.CreateOrMove(0, 100, At("a")).ok());
  ASSERT_TRUE(builder.CreateOrMove(1, 50, At("a")).ok());
  EXPECT_TRUE(*builder.CreateOrMove(0, 7, At("b")));
  EXPECT_EQ(map.FindBucket(*map.FindItem("a"))->weight, 50u);
  EXPECT_EQ(map.FindBucket(*map.FindItem("b"))->weight, 100u);
  EXPECT_EQ(map.FindBucket(-1)->weight, 150u);
}

TEST(CrushBuilderTest, RefusesLocationsThatCannotBe) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  EXPECT_FALSE(builder.CreateOrMove(0, 1, {}).ok());
  EXPECT_FALSE(builder.CreateOrMove(0, 1, {{"shelf", "a"}}).ok());
  EXPECT_FALSE(builder.CreateOrMove(0, 1, {{"host", "a~b"}}).ok());
  EXPECT_FALSE(builder.CreateOrMove(0, 1, {{"host", "default"}}).ok());
}

TEST(CrushBuilderTest, RefusesASecondClass) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  ASSERT_TRUE(builder.CreateOrMove(0, 1, At("a")).ok());
  EXPECT_TRUE(*builder.SetDeviceClass(0, "ssd"));
  EXPECT_FALSE(*builder.SetDeviceClass(0, "ssd"));
  EXPECT_FALSE(builder.SetDeviceClass(0, "hdd").ok());
}

TEST(CrushBuilderTest, ARuleForAClassChoosesOnlyItsDevices) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  for (int osd = 0; osd < 6; ++osd) {
    ASSERT_TRUE(builder.CreateOrMove(osd, kCrushWeightOne, At("h" + std::to_string(osd / 2))).ok());
    ASSERT_TRUE(builder.SetDeviceClass(osd, osd % 2 ? "ssd" : "hdd").ok());
  }
  const auto rule = builder.AddReplicatedRule("fast", "default", "host", "ssd");
  ASSERT_TRUE(rule.ok()) << rule.status();
  for (uint32_t x = 0; x < 100; ++x) {
    const auto osds = CrushDoRule(map, *rule, x, 3, std::vector<uint32_t>(6, kCrushWeightOne));
    ASSERT_EQ(osds.size(), 3u);
    for (const int32_t osd : osds) EXPECT_EQ(osd % 2, 1);
  }
  EXPECT_FALSE(builder.AddReplicatedRule("fast", "default", "host").ok());
}

TEST(CrushBuilderTest, ForgetsARemovedDevice) {
  CrushMap map = CrushBuilder::Fresh();
  CrushBuilder builder(&map);
  ASSERT_TRUE(builder.CreateOrMove(0, 100, At("a")).ok());
  ASSERT_TRUE(builder.SetDeviceClass(0, "ssd").ok());
  builder.RemoveDevice(0);
  EXPECT_EQ(map.FindBucket(-1)->weight, 0u);
  EXPECT_EQ(map.ParentOf(0), nullptr);
  EXPECT_TRUE(map.FindBucket(*map.FindItem("a~ssd"))->items.empty());
}

}  // namespace
}  // namespace siphon::rados
