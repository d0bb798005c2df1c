#include "services/rados/mon_map.h"

#include <string>

#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "services/rados/map_vectors.h"
#include "services/rados/uuid.h"

namespace siphon::rados {
namespace {

TEST(MonMapTest, ReencodesRecordedMapsToTheSameBytes) {
  for (const char* name : {"monmap_1mon_v2v1.bin", "monmap_3mon.bin"}) {
    const BufferList bytes = ReadMapVectorList(name);
    const absl::StatusOr<MonMap> map = MonMap::Decode(bytes);
    ASSERT_TRUE(map.ok()) << map.status();
    EXPECT_EQ(map->Encode(), bytes) << name;
  }
}

TEST(MonMapTest, ReadsWhoIsWhere) {
  const absl::StatusOr<MonMap> map = MonMap::Decode(ReadMapVectorList("monmap_3mon.bin"));
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->fsid.ToString(), "11111111-2222-3333-4444-555555555555");
  ASSERT_EQ(map->ranks.size(), 3u);
  EXPECT_EQ(map->FindRank(1)->addrs.ToString(), "[v2:127.0.0.2:3300/0,v1:127.0.0.2:6789/0]");
  EXPECT_EQ(map->FindRank(2)->addrs.ToString(), "v1:127.0.0.3:6789/0");
  EXPECT_EQ(map->FindRank(3), nullptr);
}

TEST(MonMapTest, RefusesEveryTruncation) {
  const std::string bytes = ReadMapVector("monmap_1mon_v2v1.bin");
  for (size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(MonMap::Decode(BufferList::CopyOf(bytes.substr(0, n))).ok()) << n << " bytes";
}

TEST(MonMapTest, RefusesARankWithoutAMonitor) {
  MonMap map;
  map.ranks = {"a"};
  EXPECT_FALSE(MonMap::Decode(map.Encode()).ok());
}

}  // namespace
}  // namespace siphon::rados
