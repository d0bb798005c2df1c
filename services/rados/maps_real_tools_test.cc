// Maps that we write, read by Ceph's own tools; needs the packages ceph-base and ceph-common.
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "services/rados/crush_builder.h"
#include "services/rados/crush_map.h"
#include "services/rados/crush_mapper.h"
#include "services/rados/mon_map.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_pool.h"
#include "services/rados/uuid.h"

namespace siphon::rados {
namespace {

constexpr char kFsid[] = "12345678-9abc-def0-1234-56789abcdef0";

class RealToolsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/siphon_maps_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const BufferList& bytes) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes.ToString();
    return path;
  }

  // What the tool prints; it must succeed.
  std::string Run(const std::string& command) {
    FILE* pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
    std::string out;
    char buffer[4096];
    size_t n;
    while (pipe && (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0) out.append(buffer, n);
    EXPECT_EQ(pipe ? pclose(pipe) : -1, 0) << command << ":\n" << out;
    return out;
  }

  std::string folder_;
};

std::string Quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

// Seven OSDs on three hosts; pool 3 "odd" of 100 placement groups and size 3.
OsdMap SmallCluster() {
  OsdMap map;
  map.fsid = *Uuid::Parse(kFsid);
  map.epoch = 42;
  map.created = map.modified = absl::FromUnixSeconds(1'700'000'000);
  CrushMap crush = CrushBuilder::Fresh();
  CrushBuilder builder(&crush);
  map.SetMaxOsd(7);
  for (int32_t osd = 0; osd < 7; ++osd) {
    const CrushLocation location = {{"root", "default"}, {"host", absl::StrCat("h", osd % 3)}};
    EXPECT_TRUE(builder.CreateOrMove(osd, kCrushWeightOne + 1000 * osd, location).ok());
    EXPECT_TRUE(builder.SetDeviceClass(osd, osd < 4 ? "hdd" : "ssd").ok());
    map.osd_state[osd] = kOsdExists | kOsdUp;
    map.osd_weight[osd] = OsdMap::kWeightIn;
    map.client_addrs[osd] = map.cluster_addrs[osd] =
        *EntityAddrVec::Parse(absl::StrCat("v1:127.0.0.1:", 6800 + osd, "/", 77 + osd));
    map.hb_back_addrs[osd] = map.hb_front_addrs[osd] = map.client_addrs[osd];
  }
  map.crush = std::make_shared<CrushMap>(crush);
  PgPool pool;
  pool.size = 3;
  pool.min_size = 2;
  pool.SetPgNum(100);
  pool.applications["rados"];
  map.pools[3] = pool;
  map.pool_names[3] = "odd";
  map.pool_max = 3;
  return map;
}

TEST_F(RealToolsTest, OsdmaptoolReadsOurMap) {
  const std::string path = Write("osdmap", SmallCluster().Encode());
  const std::string text = Run("osdmaptool --print " + path);
  for (const std::string& line :
       {std::string("epoch 42"), absl::StrCat("fsid ", kFsid),
        std::string("flags sortbitwise,recovery_deletes,purged_snapdirs,pglog_hardlimit"),
        std::string("pool 3 'odd' replicated size 3 min_size 2 crush_rule 0 object_hash rjenkins "
                    "pg_num 100 pgp_num 100 autoscale_mode off last_change 0 flags hashpspool "
                    "stripe_width 0 application rados"),
        std::string("max_osd 7"),
        std::string("osd.6 up   in  weight 1 up_from 0 up_thru 0 down_at 0 "
                    "last_clean_interval [0,0) v1:127.0.0.1:6806/83 v1:127.0.0.1:6806/83 "
                    "exists,up")})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis missing in:\n" << text;
}

TEST_F(RealToolsTest, OsdmaptoolPlacesObjectsWhereWeDo) {
  const OsdMap map = SmallCluster();
  const std::string path = Write("osdmap", map.Encode());
  const std::vector<std::string> names = {"foo",
                                          "a b",
                                          "it's",
                                          "\"q\"",
                                          "ümläut",
                                          "日本",
                                          std::string(300, 'x'),
                                          "with/slash",
                                          "twelve bytes",
                                          "tab\there",
                                          "rb.0.1.0000",
                                          "$HOME",
                                          "ends with \\",
                                          "%41",
                                          "\x01\x7f"};
  for (const std::string& name : names) {
    const std::string text =
        Run(absl::StrCat("osdmaptool ", path, " --test-map-object ", Quoted(name), " --pool 3"));
    const auto pg = map.ObjectToPg(3, name);
    ASSERT_TRUE(pg.ok()) << pg.status();
    std::string osds;
    for (const int32_t osd : map.PgToUpActing(*pg).acting)
      absl::StrAppend(&osds, osds.empty() ? "" : ",", osd);
    const std::string expected = absl::StrCat(" -> ", pg->ToString(), " -> [", osds, "]");
    EXPECT_NE(text.find(expected), std::string::npos)
        << name << ": expected" << expected << ", osdmaptool says:\n"
        << text;
  }
}

TEST_F(RealToolsTest, OsdmaptoolPlacesEveryGroupWhereWeDo) {
  const OsdMap map = SmallCluster();
  const std::string path = Write("osdmap", map.Encode());
  const std::string text = Run("osdmaptool " + path + " --test-map-pgs-dump --pool 3");
  for (uint32_t ps = 0; ps < 100; ++ps) {
    const OsdMap::Placement p = map.PgToUpActing({3, ps});
    std::string osds;
    for (const int32_t osd : p.acting) absl::StrAppend(&osds, osds.empty() ? "" : ",", osd);
    const std::string line = absl::StrFormat("3.%x\t[%s]\t%d\n", ps, osds, p.acting_primary);
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST_F(RealToolsTest, CrushtoolReadsOurMapAndPlacesAsWeDo) {
  CrushMap crush = *SmallCluster().crush;
  ASSERT_TRUE(CrushBuilder(&crush).AddReplicatedRule("fast", "default", "osd", "ssd").ok());
  BufferList bytes;
  Encoder e(&bytes);
  crush.Encode(e);
  const std::string path = Write("crush", bytes);
  const std::string text = Run("crushtool -d " + path);
  for (const char* line :
       {"device 6 osd.6 class ssd", "host h0 {", "root default {", "\titem h2 weight 2.1",
        "\tstep take default class ssd", "\tid -1\t\t# do not change unnecessarily"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis missing in:\n" << text;
  const std::string mappings = Run("crushtool -i " + path +
                                   " --test --rule 1 --num-rep 2 --min-x 0 --max-x 199 "
                                   "--show-mappings");
  for (uint32_t x = 0; x < 200; ++x) {
    const auto osds = CrushDoRule(crush, 1, x, 2, std::vector<uint32_t>(7, kCrushWeightOne));
    ASSERT_EQ(osds.size(), 2u);
    const std::string line = absl::StrFormat("CRUSH rule 1 x %u [%d,%d]\n", x, osds[0], osds[1]);
    EXPECT_NE(mappings.find(line), std::string::npos) << line;
  }
}

// Buckets of every algorithm, as crushtool builds them.
TEST_F(RealToolsTest, CrushtoolPlacesAsWeDoWithEveryAlgorithm) {
  for (const char* algorithm : {"uniform", "list", "tree", "straw", "straw2"}) {
    const std::string path = absl::StrCat(folder_, "/", algorithm);
    Run(absl::StrCat("crushtool --build --num_osds 24 host ", algorithm, " 3 rack ", algorithm,
                     " 2 root ", algorithm, " 0 -o ", path));
    Run(absl::StrCat("crushtool -i ", path, " --set-straw-calc-version 1 -o ", path));
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    Decoder d{std::string_view(bytes)};
    const CrushMap crush = CrushMap::Decode(d);
    ASSERT_TRUE(d.ok()) << algorithm << ": " << d.status();
    BufferList again;
    Encoder e(&again);
    crush.Encode(e);
    EXPECT_EQ(again.ToString(), bytes) << algorithm;
    const std::string mappings =
        Run(absl::StrCat("crushtool -i ", path,
                         " --test --rule 0 --num-rep 3 --min-x 0 --max-x 299 --show-mappings"));
    for (uint32_t x = 0; x < 300; ++x) {
      std::string osds;
      for (const int32_t osd :
           CrushDoRule(crush, 0, x, 3, std::vector<uint32_t>(24, kCrushWeightOne)))
        absl::StrAppend(&osds, osds.empty() ? "" : ",", osd);
      const std::string line = absl::StrFormat("CRUSH rule 0 x %u [%s]\n", x, osds);
      EXPECT_NE(mappings.find(line), std::string::npos) << algorithm << ": " << line;
    }
  }
}

TEST_F(RealToolsTest, CrushtoolPlacesErasureShardsAsWeDo) {
  CrushMap crush = *SmallCluster().crush;
  CrushRule rule;
  rule.ruleset = 1;
  rule.type = PgPool::kErasure;
  rule.steps = {{CrushRule::kSetChooseLeafTries, 5, 0},
                {CrushRule::kTake, -1, 0},
                {CrushRule::kChooseIndep, 3, 1},
                {CrushRule::kChooseLeafIndep, 2, 0},
                {CrushRule::kEmit, 0, 0}};
  crush.rules.push_back(rule);
  crush.rule_names[1] = "shards";
  BufferList bytes;
  Encoder e(&bytes);
  crush.Encode(e);
  const std::string path = Write("crush", bytes);
  const std::string mappings = Run("crushtool -i " + path +
                                   " --test --rule 1 --num-rep 6 --min-x 0 --max-x 199 "
                                   "--weight 2 0 --weight 4 0.5 --show-mappings");
  std::vector<uint32_t> weights(7, kCrushWeightOne);
  weights[2] = 0;
  weights[4] = kCrushWeightOne / 2;
  for (uint32_t x = 0; x < 200; ++x) {
    std::string osds;
    for (const int32_t osd : CrushDoRule(crush, 1, x, 6, weights))
      absl::StrAppend(&osds, osds.empty() ? "" : ",", osd);
    const std::string line = absl::StrFormat("CRUSH rule 1 x %u [%s]\n", x, osds);
    EXPECT_NE(mappings.find(line), std::string::npos) << line << mappings.substr(0, 500);
  }
}

TEST_F(RealToolsTest, MonmaptoolReadsOurMap) {
  MonMap map;
  map.fsid = *Uuid::Parse(kFsid);
  map.epoch = 1;
  map.persistent_features = MonMap::kPersistentFeaturesPacific;
  map.min_mon_release = MonMap::kReleasePacific;
  map.Add("a", *EntityAddrVec::Parse("v1:127.0.0.1:6789/0"));
  map.Add("b", *EntityAddrVec::Parse("[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]"));
  const std::string text = Run("monmaptool --print " + Write("monmap", map.Encode()));
  for (const std::string& line :
       {std::string("epoch 1\n"), absl::StrCat("fsid ", kFsid, "\n"),
        std::string("min_mon_release 16 (pacific)\n"),
        std::string("0: v1:127.0.0.1:6789/0 mon.a\n"),
        std::string("1: [v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0] mon.b\n")})
    EXPECT_NE(text.find(line), std::string::npos) << line << "is missing in:\n" << text;
}

}  // namespace
}  // namespace siphon::rados
