#include "services/rados/osd_map.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "services/rados/map_vectors.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map_incremental.h"
#include "services/rados/pg_pool.h"

namespace siphon::rados {
namespace {

OsdMap ReadOsdMap(const std::string& name) {
  absl::StatusOr<OsdMap> map = OsdMap::Decode(ReadMapVectorList(name));
  EXPECT_TRUE(map.ok()) << name << ": " << map.status();
  return map.ok() ? *std::move(map) : OsdMap();
}

OsdMapIncremental ReadIncremental(int epoch) {
  absl::StatusOr<OsdMapIncremental> inc = OsdMapIncremental::Decode(
      ReadMapVectorList(absl::StrCat("osdmap_boot_inc_e", epoch, ".bin")));
  EXPECT_TRUE(inc.ok()) << "epoch " << epoch << ": " << inc.status();
  return inc.ok() ? *std::move(inc) : OsdMapIncremental();
}

TEST(OsdMapTest, ReencodesRecordedMapsToTheSameBytes) {
  for (const char* name : {"osdmap_e1.bin", "osdmap_e2.bin", "osdmap_e5.bin", "osdmap_e8.bin",
                           "osdmap_e12.bin", "osdmap_e15_2osd_2pools.bin", "osdmap_12osd.bin",
                           "osdmap_boot_e1.bin", "osdmap_boot_e19.bin"})
    EXPECT_EQ(ReadOsdMap(name).Encode(), ReadMapVectorList(name)) << name;
}

TEST(OsdMapTest, ReencodesRecordedIncrementalsToTheSameBytes) {
  for (int epoch = 1; epoch <= 25; ++epoch)
    EXPECT_EQ(ReadIncremental(epoch).Encode(),
              ReadMapVectorList(absl::StrCat("osdmap_boot_inc_e", epoch, ".bin")))
        << "epoch " << epoch;
}

TEST(OsdMapTest, ReadsWhatOsdmaptoolPrints) {
  const OsdMap map = ReadOsdMap("osdmap_e15_2osd_2pools.bin");
  EXPECT_EQ(map.epoch, 15u);
  EXPECT_EQ(map.fsid.ToString(), "11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(map.FindPoolByName("p2"), 2);
  ASSERT_NE(map.FindPool(1), nullptr);
  EXPECT_EQ(map.FindPool(1)->pg_num, 8u);
  EXPECT_EQ(map.FindPool(1)->applications.count("rados"), 1u);
  EXPECT_EQ(map.flags, OsdMap::kFreshFlags);
  EXPECT_TRUE(map.IsUp(1) && map.IsIn(1));
  EXPECT_FALSE(map.Exists(2) || map.Exists(-1));
  EXPECT_EQ(map.osd_info[1].up_from, 8u);
  EXPECT_EQ(map.ClientAddrs(0).ToString(), "[v2:127.0.0.1:18000/10527,v1:127.0.0.1:18001/10527]");
  EXPECT_EQ(map.osd_uuid[0].ToString(), "a01a0809-cb9a-4744-8f2f-164de106b103");
}

// Each change carries the checksum of the map that Ceph got from it, and Apply() compares.
TEST(OsdMapTest, AppliesAClustersHistoryToTheSameMaps) {
  OsdMap map;
  for (int epoch = 1; epoch <= 25; ++epoch) {
    const OsdMapIncremental inc = ReadIncremental(epoch);
    EXPECT_TRUE(epoch == 1 || inc.full_crc != 0);
    const absl::Status status = map.Apply(inc);
    ASSERT_TRUE(status.ok()) << "epoch " << epoch << ": " << status;
    if (epoch == 5) EXPECT_EQ(map.Encode(), ReadMapVectorList("osdmap_e5.bin"));
    if (epoch == 12) EXPECT_EQ(map.Encode(), ReadMapVectorList("osdmap_e12.bin"));
    if (epoch == 19) EXPECT_EQ(map.Encode(), ReadMapVectorList("osdmap_boot_e19.bin"));
  }
}

TEST(OsdMapTest, RefusesAChangeForAnotherEpochOrCluster) {
  OsdMap map = ReadOsdMap("osdmap_e5.bin");
  EXPECT_EQ(map.Apply(ReadIncremental(5)).code(), absl::StatusCode::kFailedPrecondition);
  OsdMapIncremental foreign = ReadIncremental(6);
  foreign.fsid.bytes[0] ^= 1;
  EXPECT_EQ(map.Apply(foreign).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(map.Encode(), ReadMapVectorList("osdmap_e5.bin"));
}

TEST(OsdMapTest, KeepsItsStateWhenTheResultHasAnotherChecksum) {
  OsdMap map = ReadOsdMap("osdmap_e5.bin");
  OsdMapIncremental inc = ReadIncremental(6);
  inc.full_crc ^= 1;
  EXPECT_EQ(map.Apply(inc).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(map.Encode(), ReadMapVectorList("osdmap_e5.bin"));
}

TEST(OsdMapTest, RefusesAChangeToAnOsdBeyondTheMap) {
  OsdMap map = ReadOsdMap("osdmap_e5.bin");
  OsdMapIncremental inc;
  inc.fsid = map.fsid;
  inc.epoch = 6;
  inc.new_weight[map.max_osd] = 0;
  EXPECT_EQ(map.Apply(inc).code(), absl::StatusCode::kInvalidArgument);
  inc.new_weight = {{-1, 0}};
  EXPECT_EQ(map.Apply(inc).code(), absl::StatusCode::kInvalidArgument);
  inc.new_weight.clear();
  inc.new_max_osd = 0x7fffffff;
  EXPECT_EQ(map.Apply(inc).code(), absl::StatusCode::kInvalidArgument);
}

TEST(OsdMapTest, FindsEveryFlippedByteByTheChecksum) {
  const std::string bytes = ReadMapVector("osdmap_e12.bin");
  for (size_t i = 6; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    EXPECT_FALSE(OsdMap::Decode(BufferList::CopyOf(bad)).ok()) << "byte " << i;
  }
  std::string bad = bytes;
  bad[bytes.size() - 1] = static_cast<char>(bad[bytes.size() - 1] ^ 1);
  EXPECT_EQ(OsdMap::Decode(BufferList::CopyOf(bad)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(OsdMapTest, FindsEveryFlippedByteOfAnIncremental) {
  const std::string bytes = ReadMapVector("osdmap_boot_inc_e11.bin");
  for (size_t i = 6; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    EXPECT_FALSE(OsdMapIncremental::Decode(BufferList::CopyOf(bad)).ok()) << "byte " << i;
  }
}

TEST(OsdMapTest, RefusesEveryTruncation) {
  for (const char* name : {"osdmap_e15_2osd_2pools.bin", "osdmap_12osd.bin"}) {
    const std::string bytes = ReadMapVector(name);
    for (size_t n = 0; n < bytes.size(); ++n)
      EXPECT_FALSE(OsdMap::Decode(BufferList::CopyOf(bytes.substr(0, n))).ok()) << n << " bytes";
  }
  const std::string inc = ReadMapVector("osdmap_boot_inc_e18.bin");
  for (size_t n = 0; n < inc.size(); ++n)
    EXPECT_FALSE(OsdMapIncremental::Decode(BufferList::CopyOf(inc.substr(0, n))).ok()) << n;
}

TEST(OsdMapTest, RefusesListsThatDoNotFitMaxOsd) {
  OsdMap map = ReadOsdMap("osdmap_e5.bin");
  map.osd_weight.pop_back();
  EXPECT_EQ(OsdMap::Decode(map.Encode()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(OsdMapTest, KeepsSnapshotsOfRemovedIntervalsQueuedUntilPurged) {
  OsdMap map = ReadOsdMap("osdmap_e12.bin");
  OsdMapIncremental inc;
  inc.fsid = map.fsid;
  inc.epoch = 13;
  inc.new_removed_snaps[1] = {{3, 2}, {7, 1}};
  ASSERT_TRUE(map.Apply(inc).ok());
  inc.epoch = 14;
  inc.new_removed_snaps[1] = {{5, 2}};
  ASSERT_TRUE(map.Apply(inc).ok());
  EXPECT_EQ(map.removed_snaps_queue[1], (IntervalSet{{3, 5}}));
  inc.epoch = 15;
  inc.new_removed_snaps.clear();
  inc.new_purged_snaps[1] = {{4, 2}};
  ASSERT_TRUE(map.Apply(inc).ok());
  EXPECT_EQ(map.removed_snaps_queue[1], (IntervalSet{{3, 1}, {6, 2}}));
  inc.epoch = 16;
  inc.new_purged_snaps[1] = {{3, 5}};
  ASSERT_TRUE(map.Apply(inc).ok());
  EXPECT_TRUE(map.removed_snaps_queue.empty());
  EXPECT_EQ(map.Encode(), OsdMap::Decode(map.Encode())->Encode());
}

TEST(OsdMapTest, ForgetsAnOsdThatIsRemoved) {
  OsdMap map = ReadOsdMap("osdmap_e12.bin");
  OsdMapIncremental inc;
  inc.fsid = map.fsid;
  inc.epoch = 13;
  inc.new_state[0] = kOsdUp;
  ASSERT_TRUE(map.Apply(inc).ok());
  EXPECT_TRUE(map.IsDown(0));
  EXPECT_EQ(map.osd_info[0].down_at, 13u);
  inc.epoch = 14;
  inc.new_state[0] = kOsdExists;
  ASSERT_TRUE(map.Apply(inc).ok());
  EXPECT_FALSE(map.Exists(0));
  EXPECT_TRUE(map.osd_uuid[0].is_zero());
  EXPECT_EQ(map.osd_info[0], OsdInfo());
}

TEST(OsdMapTest, BlocklistsAClientOrAWholeHost) {
  OsdMap map;
  map.blocklist[*EntityAddr::Parse("127.0.0.1:0/77", EntityAddr::kAny)] = absl::UnixEpoch();
  map.blocklist[*EntityAddr::Parse("10.0.0.9:0/0", EntityAddr::kAny)] = absl::UnixEpoch();
  EXPECT_TRUE(map.IsBlocklisted(*EntityAddr::Parse("v1:127.0.0.1:0/77")));
  EXPECT_FALSE(map.IsBlocklisted(*EntityAddr::Parse("v1:127.0.0.1:0/78")));
  EXPECT_TRUE(map.IsBlocklisted(*EntityAddr::Parse("v2:10.0.0.9:1234/5")));
}

}  // namespace
}  // namespace siphon::rados
