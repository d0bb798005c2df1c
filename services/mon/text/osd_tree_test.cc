#include "services/mon/text/osd_tree.h"

#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

class OsdTreeTest : public MonFixture {};

TEST_F(OsdTreeTest, ShowsBucketsOsdsAndStrays) {
  for (const int32_t osd : {0, 1}) {
    Up(osd);
  }
  ASSERT_TRUE(osds_->CreateOrMove(0, 255, {{"root", "default"}, {"host", "vm"}}).ok());
  ASSERT_TRUE(osds_->SetDeviceClass(0, "hdd").ok());
  ASSERT_TRUE(osds_->MarkDown(1).ok());
  EXPECT_EQ(OsdTreeText(map()),
            "ID  CLASS  WEIGHT   TYPE NAME      STATUS  REWEIGHT  PRI-AFF\n"
            "-1         0.00389  root default                            \n"
            "-2         0.00389      host vm                             \n"
            " 0    hdd  0.00389          osd.0      up   1.00000  1.00000\n"
            " 1               0  osd.1            down   1.00000  1.00000\n");
  const auto json = OsdTreeJson(map());
  ASSERT_EQ(json["nodes"].size(), 3u);
  EXPECT_EQ(json["nodes"][0]["children"][0], -2);
  EXPECT_EQ(json["nodes"][2]["device_class"], "hdd");
  EXPECT_EQ(json["nodes"][2]["status"], "up");
  ASSERT_EQ(json["stray"].size(), 1u);
  EXPECT_EQ(json["stray"][0]["status"], "down");
  const auto location = CrushLocationOf(map(), 0);
  ASSERT_EQ(location.size(), 2u);
  EXPECT_EQ(location[0].second, "vm");
  EXPECT_EQ(location[1].second, "default");
}

}  // namespace
}  // namespace siphon::mon
