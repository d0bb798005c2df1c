#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/rados/crush_builder.h"
#include "services/rados/crush_map.h"
#include "services/rados/map_vectors.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_pool.h"

namespace siphon::rados {
namespace {

// 12 OSDs on 4 hosts, all up and in; pool 1 of size 3 with 192 placement groups.
OsdMap TwelveOsds() {
  absl::StatusOr<OsdMap> map = OsdMap::Decode(ReadMapVectorList("osdmap_12osd.bin"));
  EXPECT_TRUE(map.ok()) << map.status();
  for (int32_t osd = 0; osd < map->max_osd; ++osd) {
    map->osd_state[osd] |= kOsdExists | kOsdUp;
    map->osd_weight[osd] = OsdMap::kWeightIn;
  }
  return *std::move(map);
}

const PgId kPg{1, 5};

TEST(PlacementTest, PlacesEveryGroupAsOsdmaptoolDoes) {
  const OsdMap map = TwelveOsds();
  std::istringstream lines(ReadMapVector("osdmap_12osd.pgs.txt"));
  std::string line;
  int checked = 0;
  while (std::getline(lines, line)) {
    unsigned ps = 0;
    int a = 0, b = 0, c = 0, primary = 0;
    if (std::sscanf(line.c_str(), "1.%x [%d,%d,%d] %d", &ps, &a, &b, &c, &primary) != 5) continue;
    const OsdMap::Placement p = map.PgToUpActing({1, ps});
    EXPECT_EQ(p.up, (std::vector<int32_t>{a, b, c})) << line;
    EXPECT_EQ(p.acting, p.up) << line;
    EXPECT_EQ(p.acting_primary, primary) << line;
    ++checked;
  }
  EXPECT_EQ(checked, 192);
}

TEST(PlacementTest, FoldsHashesIntoNumbersOfGroupsThatAreNoPowerOfTwo) {
  EXPECT_EQ(StableMod(11, 12), 11u);
  EXPECT_EQ(StableMod(12, 12), 4u);
  EXPECT_EQ(StableMod(0xffffffff, 1), 0u);
  EXPECT_EQ(StableMod(0xffffffff, 8), 7u);
}

TEST(PlacementTest, GivesNothingForAPoolOrGroupThatIsNotThere) {
  const OsdMap map = TwelveOsds();
  EXPECT_TRUE(map.PgToUpActing({2, 0}).up.empty());
  EXPECT_TRUE(map.PgToUpActing({1, 192}).up.empty());
  EXPECT_EQ(map.PgToUpActing({2, 0}).acting_primary, -1);
  EXPECT_FALSE(map.ObjectToPg(2, "foo").ok());
}

TEST(PlacementTest, MovesReplicasUpWhenThePrimaryIsDown) {
  OsdMap map = TwelveOsds();
  const std::vector<int32_t> before = map.PgToUpActing(kPg).up;
  map.osd_state[before[0]] &= ~kOsdUp;
  const OsdMap::Placement after = map.PgToUpActing(kPg);
  EXPECT_EQ(after.up, (std::vector<int32_t>{before[1], before[2]}));
  EXPECT_EQ(after.up_primary, before[1]);
}

TEST(PlacementTest, KeepsTheShardsOfErasurePoolsInPlace) {
  OsdMap map = TwelveOsds();
  CrushMap crush = *map.crush;
  CrushRule rule = *crush.rules[0];
  rule.type = PgPool::kErasure;
  rule.ruleset = 1;
  rule.steps[1].op = CrushRule::kChooseLeafIndep;
  crush.rules.push_back(rule);
  map.crush = std::make_shared<CrushMap>(crush);
  map.pools[1].type = PgPool::kErasure;
  map.pools[1].crush_rule = 1;
  const std::vector<int32_t> before = map.PgToUpActing(kPg).up;
  ASSERT_EQ(before.size(), 3u);
  map.osd_state[before[0]] &= ~kOsdUp;
  const OsdMap::Placement after = map.PgToUpActing(kPg);
  EXPECT_EQ(after.up, (std::vector<int32_t>{kCrushItemNone, before[1], before[2]}));
  EXPECT_EQ(after.up_primary, before[1]);
}

TEST(PlacementTest, ATemporaryListActsInsteadUntilItsOsdsAreGone) {
  OsdMap map = TwelveOsds();
  const std::vector<int32_t> up = map.PgToUpActing(kPg).up;
  map.pg_temp[kPg] = {up[2], up[1]};
  OsdMap::Placement p = map.PgToUpActing(kPg);
  EXPECT_EQ(p.up, up);
  EXPECT_EQ(p.acting, (std::vector<int32_t>{up[2], up[1]}));
  EXPECT_EQ(p.acting_primary, up[2]);
  map.primary_temp[kPg] = up[1];
  EXPECT_EQ(map.PgToUpActing(kPg).acting_primary, up[1]);
  map.primary_temp.clear();
  map.osd_state[up[1]] &= ~kOsdUp;
  map.osd_state[up[2]] &= ~kOsdUp;
  p = map.PgToUpActing(kPg);
  EXPECT_EQ(p.acting, (std::vector<int32_t>{up[0]}));
}

TEST(PlacementTest, ReplacesOsdsThatAPersonOrBalancerMoved) {
  OsdMap map = TwelveOsds();
  const std::vector<int32_t> up = map.PgToUpActing(kPg).up;
  int32_t other = 0;
  while (std::find(up.begin(), up.end(), other) != up.end()) ++other;
  map.pg_upmap_items[kPg] = {{up[1], other}, {up[2], up[0]}};
  EXPECT_EQ(map.PgToUpActing(kPg).up, (std::vector<int32_t>{up[0], other, up[2]}));
  map.osd_weight[other] = 0;
  EXPECT_EQ(map.PgToUpActing(kPg).up, up);
  map.pg_upmap_items.clear();
  map.pg_upmap[kPg] = {up[2], up[1], up[0]};
  EXPECT_EQ(map.PgToUpActing(kPg).up, map.pg_upmap[kPg]);
}

TEST(PlacementTest, AnOsdWithoutAffinityIsPrimaryOnlyIfItMust) {
  OsdMap map = TwelveOsds();
  const std::vector<int32_t> up = map.PgToUpActing(kPg).up;
  map.primary_affinity.assign(12, OsdMap::kDefaultAffinity);
  map.primary_affinity[up[0]] = 0;
  OsdMap::Placement p = map.PgToUpActing(kPg);
  EXPECT_EQ(p.up_primary, up[1]);
  EXPECT_EQ(p.up, (std::vector<int32_t>{up[1], up[0], up[2]}));
  map.primary_affinity.assign(12, 0);
  EXPECT_EQ(map.PgToUpActing(kPg).up_primary, up[0]);
}

TEST(PlacementTest, DropsAnOsdThatIsOut) {
  OsdMap map = TwelveOsds();
  const int32_t out = map.PgToUpActing(kPg).up[0];
  map.osd_weight[out] = 0;
  const std::vector<int32_t> after = map.PgToUpActing(kPg).up;
  EXPECT_EQ(after.size(), 3u);
  EXPECT_EQ(std::find(after.begin(), after.end(), out), after.end());
}

}  // namespace
}  // namespace siphon::rados
