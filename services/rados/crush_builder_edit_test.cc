#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/rados/crush_builder.h"
#include "services/rados/crush_map.h"

namespace siphon::rados {
namespace {

constexpr uint32_t kOne = kCrushWeightOne;

// Two hosts below the root, a device each of class hdd.
class CrushBuilderEditTest : public ::testing::Test {
 protected:
  CrushBuilderEditTest() {
    for (const int osd : {0, 1}) {
      const std::string host = osd == 0 ? "a" : "b";
      EXPECT_TRUE(builder_.CreateOrMove(osd, kOne, {{"root", "default"}, {"host", host}}).ok());
      EXPECT_TRUE(builder_.SetDeviceClass(osd, "hdd").ok());
    }
  }
  uint32_t WeightOf(const char* name) { return map_.FindBucket(*map_.FindItem(name))->weight; }

  CrushMap map_ = CrushBuilder::Fresh();
  CrushBuilder builder_{&map_};
};

TEST_F(CrushBuilderEditTest, MovesABucketWithAllThatIsInIt) {
  ASSERT_TRUE(*builder_.AddBucket("r1", "rack"));
  EXPECT_FALSE(*builder_.AddBucket("r1", "rack"));
  EXPECT_EQ(builder_.AddBucket("r2", "nope").status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(*builder_.Move("r1", {{"root", "default"}}));
  ASSERT_TRUE(*builder_.Move("a", {{"rack", "r1"}}));
  EXPECT_EQ(WeightOf("r1"), kOne);
  EXPECT_EQ(WeightOf("default"), 2 * kOne);
  EXPECT_EQ(WeightOf("default~hdd"), 2 * kOne);  // the class's own tree follows
  EXPECT_FALSE(*builder_.Move("a", {{"rack", "r1"}}));
  EXPECT_EQ(builder_.Move("nope", {{"root", "default"}}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(builder_.Move("default", {{"rack", "r1"}}).ok());  // below itself
  EXPECT_TRUE(builder_.CheckTree().ok());
}

TEST_F(CrushBuilderEditTest, WeightsAddUpToTheRoot) {
  ASSERT_TRUE(builder_.SetWeight("osd.1", 3 * kOne).ok());
  EXPECT_EQ(WeightOf("b"), 3 * kOne);
  EXPECT_EQ(WeightOf("default"), 4 * kOne);
  ASSERT_TRUE(builder_.SetWeight("default", kOne / 2).ok());  // every device below it
  EXPECT_EQ(WeightOf("default"), kOne);
  EXPECT_EQ(builder_.SetWeight("osd.9", kOne).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CrushBuilderEditTest, RemovesOnlyWhatNothingNeeds) {
  EXPECT_EQ(builder_.Remove("a").status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(*builder_.Remove("osd.0"));
  ASSERT_TRUE(*builder_.Remove("a"));
  EXPECT_FALSE(*builder_.Remove("a"));
  EXPECT_EQ(WeightOf("default"), kOne);
  ASSERT_TRUE(*builder_.Remove("osd.1"));
  ASSERT_TRUE(*builder_.Remove("b"));
  // The rule takes from it.
  EXPECT_EQ(builder_.Remove("default").status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CrushBuilderEditTest, RenamesBucketsAndRules) {
  ASSERT_TRUE(*builder_.RenameBucket("a", "z"));
  EXPECT_TRUE(map_.FindItem("z~hdd").has_value());
  EXPECT_FALSE(*builder_.RenameBucket("a", "z"));
  EXPECT_EQ(builder_.RenameBucket("z", "b").status().code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(*builder_.RenameRule("replicated_rule", "r"));
  EXPECT_FALSE(*builder_.RenameRule("replicated_rule", "r"));
  ASSERT_TRUE(*builder_.RemoveRule("r"));
  EXPECT_FALSE(*builder_.RemoveRule("r"));
}

TEST_F(CrushBuilderEditTest, AClassGoesWithItsLastDevice) {
  ASSERT_TRUE(*builder_.RemoveFromClass(0));
  EXPECT_FALSE(*builder_.RemoveFromClass(0));
  EXPECT_TRUE(map_.FindClass("hdd").has_value());
  EXPECT_EQ(builder_.RemoveClass("hdd").status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(*builder_.RemoveFromClass(1));
  EXPECT_FALSE(map_.FindClass("hdd").has_value());
  EXPECT_FALSE(map_.FindItem("default~hdd").has_value());
}

TEST_F(CrushBuilderEditTest, SeesCyclesAndHoles) {
  EXPECT_TRUE(builder_.CheckTree().ok());
  CrushMap good = map_;
  CrushBucket& a = *map_.FindBucket(*map_.FindItem("a"));
  a.items.push_back(*map_.FindItem("default"));
  a.weights.push_back(kOne);
  EXPECT_FALSE(builder_.CheckTree().ok());
  map_ = good;
  map_.FindBucket(*map_.FindItem("a"))->items[0] = -77;
  EXPECT_FALSE(builder_.CheckTree().ok());
}

}  // namespace
}  // namespace siphon::rados
