#include "services/rados/crush_mapper.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/rados/crush_bucket_choose.h"
#include "services/rados/map_vectors.h"

namespace siphon::rados {
namespace {

CrushMap ReadCrush(const std::string& name) {
  const std::string bytes = ReadMapVector(name);
  Decoder d{std::string_view(bytes)};
  CrushMap map = CrushMap::Decode(d);
  EXPECT_TRUE(d.ok()) << d.status();
  return map;
}

const std::vector<uint32_t> kAllIn(12, kCrushWeightOne);

// A root of `hosts` hosts with `devices` devices each; the buckets of algorithm `algorithm`.
CrushMap Hierarchy(CrushBucket::Algorithm algorithm, int hosts, int devices) {
  CrushMap map;
  map.max_devices = hosts * devices;
  const auto add = [&map, algorithm](uint16_t type, std::vector<int32_t> items, uint32_t weight) {
    CrushBucket b;
    b.id = -1 - static_cast<int32_t>(map.buckets.size());
    b.type = type;
    b.algorithm = algorithm;
    b.weights.assign(algorithm == CrushBucket::kUniform ? 1 : items.size(), weight);
    if (algorithm == CrushBucket::kList)
      for (size_t i = 0; i < items.size(); ++i) b.extra.push_back((i + 1) * weight);
    if (algorithm == CrushBucket::kStraw) b.extra.assign(items.size(), weight);
    if (algorithm == CrushBucket::kTree) {
      size_t nodes = 2;
      while (nodes < 2 * items.size()) nodes *= 2;
      b.weights.assign(nodes, 0);
      for (size_t i = 0; i < items.size(); ++i)
        for (size_t node = 2 * i + 1, half = 1; node < nodes && node != 0; half *= 2) {
          b.weights[node] += weight;
          if (half * 2 >= nodes) break;
          node = (node & (2 * half)) ? node - half : node + half;
        }
    }
    b.items = std::move(items);
    b.weight = weight * b.items.size();
    map.buckets.push_back(b);
    return b.id;
  };
  std::vector<int32_t> host_ids;
  for (int h = 0; h < hosts; ++h) {
    std::vector<int32_t> items;
    for (int i = 0; i < devices; ++i) items.push_back(h * devices + i);
    host_ids.push_back(add(1, items, kCrushWeightOne));
  }
  const int32_t root = add(11, host_ids, devices * kCrushWeightOne);
  CrushRule first_n;
  first_n.steps = {
      {CrushRule::kTake, root, 0}, {CrushRule::kChooseLeafFirstN, 0, 1}, {CrushRule::kEmit, 0, 0}};
  CrushRule indep;
  indep.steps = {
      {CrushRule::kTake, root, 0}, {CrushRule::kChooseLeafIndep, 0, 1}, {CrushRule::kEmit, 0, 0}};
  map.rules = {first_n, indep};
  return map;
}

TEST(CrushMapperTest, PlacesAThousandInputsAsCrushtoolDoes) {
  const CrushMap map = ReadCrush("crush_12osd_weighted.bin");
  std::istringstream lines(ReadMapVector("crush_12osd_weighted.mappings.txt"));
  std::string line;
  int checked = 0;
  while (std::getline(lines, line)) {
    unsigned x = 0;
    int a = 0, b = 0, c = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "CRUSH rule 0 x %u [%d,%d,%d]", &x, &a, &b, &c), 4) << line;
    EXPECT_EQ(CrushDoRule(map, 0, x, 3, kAllIn), (std::vector<int32_t>{a, b, c})) << line;
    ++checked;
  }
  EXPECT_EQ(checked, 1000);
}

TEST(CrushMapperTest, KeepsCopiesOnDifferentHostsWithEveryAlgorithm) {
  for (const auto algorithm : {CrushBucket::kUniform, CrushBucket::kList, CrushBucket::kTree,
                               CrushBucket::kStraw, CrushBucket::kStraw2}) {
    const CrushMap map = Hierarchy(algorithm, 4, 3);
    std::set<int32_t> used;
    for (uint32_t x = 0; x < 500; ++x) {
      const std::vector<int32_t> osds = CrushDoRule(map, 0, x, 3, kAllIn);
      ASSERT_EQ(osds.size(), 3u) << "algorithm " << algorithm << ", input " << x;
      std::set<int32_t> hosts;
      for (const int32_t osd : osds) {
        hosts.insert(osd / 3);
        used.insert(osd);
      }
      EXPECT_EQ(hosts.size(), 3u) << "algorithm " << algorithm << ", input " << x;
    }
    EXPECT_EQ(used.size(), 12u) << "algorithm " << algorithm;
  }
}

TEST(CrushMapperTest, KeepsPositionsOfErasureShardsWhenADeviceGoesOut) {
  const CrushMap map = Hierarchy(CrushBucket::kStraw2, 6, 2);
  int moved = 0;
  for (uint32_t x = 0; x < 200; ++x) {
    const std::vector<int32_t> before = CrushDoRule(map, 1, x, 4, kAllIn);
    std::vector<uint32_t> weights = kAllIn;
    weights[before[1]] = 0;
    const std::vector<int32_t> after = CrushDoRule(map, 1, x, 4, weights);
    ASSERT_EQ(after.size(), 4u);
    EXPECT_NE(after[1], before[1]);
    for (const size_t i : {0u, 2u, 3u}) moved += after[i] != before[i];
  }
  EXPECT_LT(moved, 60);
}

TEST(CrushMapperTest, LeavesErasurePositionsEmptyThatNobodyCanTake) {
  const CrushMap map = Hierarchy(CrushBucket::kStraw2, 2, 1);
  const std::vector<int32_t> osds = CrushDoRule(map, 1, 7, 3, kAllIn);
  EXPECT_EQ(osds.size(), 3u);
  EXPECT_EQ(std::count(osds.begin(), osds.end(), kCrushItemNone), 1);
}

TEST(CrushMapperTest, DrawsEachItemOfAUniformBucketOnce) {
  const CrushMap map = Hierarchy(CrushBucket::kUniform, 1, 7);
  std::set<int32_t> drawn;
  for (uint32_t r = 0; r < 7; ++r) drawn.insert(CrushPermutationChoose(*map.buckets[0], 42, r));
  EXPECT_EQ(drawn.size(), 7u);
}

TEST(CrushMapperTest, UsesTheWeightSetOfThePool) {
  CrushMap map = ReadCrush("crush_12osd.bin");
  // In pool 5, only osd.4 of host1 has weight.
  map.choose_args[5][1].weight_sets = {{0, kCrushWeightOne, 0}};
  bool differs = false;
  for (uint32_t x = 0; x < 200; ++x) {
    for (const int32_t osd : CrushDoRule(map, 0, x, 3, kAllIn, 5))
      EXPECT_TRUE(osd != 3 && osd != 5) << "input " << x;
    differs |= CrushDoRule(map, 0, x, 3, kAllIn, 5) != CrushDoRule(map, 0, x, 3, kAllIn, 6);
  }
  EXPECT_TRUE(differs);
}

TEST(CrushMapperTest, EndsOnAMapWithACycle) {
  CrushMap map = Hierarchy(CrushBucket::kStraw2, 2, 2);
  map.buckets[0]->items = {-2, -2};
  map.buckets[1]->items = {-1, -1};
  map.buckets[0]->type = map.buckets[1]->type = 2;
  EXPECT_TRUE(CrushDoRule(map, 0, 1, 3, kAllIn).empty());
  EXPECT_EQ(CrushDoRule(map, 1, 1, 3, kAllIn), std::vector<int32_t>(3, kCrushItemNone));
}

TEST(CrushMapperTest, EndsOnAbsurdNumbersOfTries) {
  CrushMap map = Hierarchy(CrushBucket::kStraw2, 2, 2);
  map.rules[0]->steps.insert(map.rules[0]->steps.begin(),
                             {{CrushRule::kSetChooseTries, 0x7fffffff, 0},
                              {CrushRule::kSetChooseLeafTries, 0x7fffffff, 0}});
  EXPECT_TRUE(CrushDoRule(map, 0, 1, 3, std::vector<uint32_t>(4, 0)).empty());
}

TEST(CrushMapperTest, GivesNothingForARuleThatIsNotThere) {
  EXPECT_TRUE(CrushDoRule(Hierarchy(CrushBucket::kStraw2, 2, 2), 9, 1, 3, kAllIn).empty());
}

}  // namespace
}  // namespace siphon::rados
