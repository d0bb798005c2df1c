#include "services/objecter/osd_map_tracker.h"

#include <string>

#include "gtest/gtest.h"
#include "services/rados/map_vectors.h"

namespace siphon::client {
namespace {

// The boot of a real cluster: the map of epoch 1, and the changes up to 19.
class OsdMapTrackerTest : public ::testing::Test {
 protected:
  OsdMapTrackerTest() {
    full_.full_maps[1] = rados::ReadMapVectorList("osdmap_boot_e1.bin");
    full_.fsid = rados::OsdMap::Decode(full_.full_maps[1])->fsid;
  }
  rados::MOsdMap& Changes(uint32_t from, uint32_t to) {
    changes_.incrementals.clear();
    changes_.full_maps.clear();
    changes_.fsid = full_.fsid;
    for (uint32_t e = from; e <= to; ++e) {
      changes_.incrementals[e] =
          rados::ReadMapVectorList("osdmap_boot_inc_e" + std::to_string(e) + ".bin");
    }
    return changes_;
  }
  rados::MOsdMap full_, changes_;
  OsdMapTracker tracker_;
};

TEST_F(OsdMapTrackerTest, FollowsARealClustersChangesToTheSameMap) {
  EXPECT_TRUE(tracker_.Update(full_).changed);
  const OsdMapTracker::Outcome outcome = tracker_.Update(Changes(2, 19));
  EXPECT_TRUE(outcome.changed) << outcome.error;
  EXPECT_EQ(tracker_.epoch(), 19u);
  EXPECT_EQ(tracker_.map()->Encode(), rados::ReadMapVectorList("osdmap_boot_e19.bin"));
}

TEST_F(OsdMapTrackerTest, IgnoresWhatItHasAlready) {
  tracker_.Update(full_);
  tracker_.Update(Changes(2, 10));
  const auto map = tracker_.map();
  const OsdMapTracker::Outcome outcome = tracker_.Update(Changes(2, 9));
  EXPECT_FALSE(outcome.changed);
  EXPECT_FALSE(outcome.needs_full);
  EXPECT_EQ(tracker_.map(), map);
  EXPECT_TRUE(tracker_.Update(Changes(5, 12)).changed);  // the part that is new
  EXPECT_EQ(tracker_.epoch(), 12u);
}

TEST_F(OsdMapTrackerTest, NeedsAFullMapAcrossAGap) {
  tracker_.Update(full_);
  const OsdMapTracker::Outcome outcome = tracker_.Update(Changes(4, 6));
  EXPECT_FALSE(outcome.changed);
  EXPECT_TRUE(outcome.needs_full);
  rados::MOsdMap jump;
  jump.fsid = full_.fsid;
  jump.full_maps[19] = rados::ReadMapVectorList("osdmap_boot_e19.bin");
  EXPECT_TRUE(tracker_.Update(jump).changed);
  EXPECT_EQ(tracker_.epoch(), 19u);
}

TEST_F(OsdMapTrackerTest, KeepsWhatIsGoodBeforeADamagedMap) {
  tracker_.Update(full_);
  rados::MOsdMap& changes = Changes(2, 6);
  std::string damaged = changes.incrementals[5].ToString();
  damaged[damaged.size() / 2] ^= 1;
  changes.incrementals[5] = BufferList::CopyOf(damaged);
  const OsdMapTracker::Outcome outcome = tracker_.Update(changes);
  EXPECT_TRUE(outcome.needs_full);
  EXPECT_FALSE(outcome.error.ok());
  EXPECT_EQ(tracker_.epoch(), 4u);
}

TEST_F(OsdMapTrackerTest, IgnoresMapsOfAnotherCluster) {
  tracker_.Update(full_);
  rados::MOsdMap& changes = Changes(2, 3);
  changes.fsid.bytes[0] ^= 1;
  const OsdMapTracker::Outcome outcome = tracker_.Update(changes);
  EXPECT_FALSE(outcome.changed);
  EXPECT_FALSE(outcome.needs_full);
  EXPECT_FALSE(outcome.error.ok());
}

}  // namespace
}  // namespace siphon::client
