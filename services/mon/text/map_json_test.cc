#include "services/mon/text/map_json.h"

#include <string>

#include "gtest/gtest.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/map_text.h"
#include "services/rados/map_vectors.h"
#include "services/rados/osd_map.h"

namespace siphon::mon {
namespace {

rados::OsdMap ReadOsdMap() {
  const auto map = rados::OsdMap::Decode(rados::ReadMapVectorList("osdmap_e15_2osd_2pools.bin"));
  EXPECT_TRUE(map.ok()) << map.status();
  return *map;
}

// Every field that osdmaptool of Ceph 16.2 prints of testing/vectors/maps, with its value.
TEST(MapJsonTest, PrintsAnOsdMapAsCephDoes) {
  const Json expected =
      Json::parse(rados::ReadMapVector("osdmap_e15_2osd_2pools.json"), nullptr, false);
  ASSERT_TRUE(expected.is_object());
  const Json actual = Json::parse(OsdMapJson(ReadOsdMap()).dump());
  for (const auto& item : expected.items())
    EXPECT_EQ(actual.value(item.key(), Json()), item.value()) << item.key();
  EXPECT_EQ(actual.size(), expected.size());
}

TEST(MapJsonTest, NamesFlagsInTheOrderOfCeph) {
  EXPECT_EQ(OsdMapFlagNames(rados::OsdMap::kFreshFlags | rados::OsdMap::kNoOut),
            "noout,sortbitwise,recovery_deletes,purged_snapdirs,pglog_hardlimit");
  EXPECT_EQ(PoolFlagNames(0x2001), "hashpspool,selfmanaged_snaps");
  EXPECT_EQ(ReleaseName(16), "pacific");
  EXPECT_EQ(ReleaseName(200), "unknown");
}

TEST(MapTextTest, PrintsAnOsdMapAsCephDoes) {
  const std::string text = OsdMapText(ReadOsdMap());
  for (const char* line :
       {"epoch 15\nfsid 11111111-2222-3333-4444-555555555555\n",
        "flags sortbitwise,recovery_deletes,purged_snapdirs,pglog_hardlimit\ncrush_version 5\n",
        "full_ratio 0.95\nbackfillfull_ratio 0.9\nnearfull_ratio 0.85\n",
        "pool 1 'p1' replicated size 1 min_size 1 crush_rule 0 object_hash rjenkins pg_num 8 "
        "pgp_num 8 autoscale_mode off last_change 12 flags hashpspool stripe_width 0 application "
        "rados\n",
        "osd.0 up   in  weight 1 up_from 5 up_thru 13 down_at 0 last_clean_interval [0,0) "
        "[v2:127.0.0.1:18000/10527,v1:127.0.0.1:18001/10527] "
        "[v2:127.0.0.1:18002/10527,v1:127.0.0.1:18003/10527] exists,up "
        "a01a0809-cb9a-4744-8f2f-164de106b103\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "is missing in\n" << text;
}

}  // namespace
}  // namespace siphon::mon
