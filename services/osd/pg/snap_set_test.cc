#include "services/osd/pg/snap_set.h"

#include <map>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

using rados::SnapContext;

// Clones 3 (of snapshots 3 and 2) and 6 (of 6 alone; 5 was removed before).
SnapSet TwoClones() {
  SnapSet set;
  set.seq = 1;
  set.AddClone(SnapContext{3, {3, 2, 1}}, 100);
  set.seq = 5;
  set.AddClone(SnapContext{6, {6, 3, 2, 1}}, 50);
  set.seq = 6;
  return set;
}

TEST(SnapSetTest, ASnapshotReadsTheOldestCloneThatIsNotOlder) {
  const SnapSet set = TwoClones();
  EXPECT_EQ(set.CloneOf(2), std::optional<uint64_t>(3));
  EXPECT_EQ(set.CloneOf(3), std::optional<uint64_t>(3));
  EXPECT_EQ(set.CloneOf(6), std::optional<uint64_t>(6));
  EXPECT_EQ(set.CloneOf(1), std::nullopt);
  EXPECT_EQ(set.CloneOf(5), std::nullopt);
  EXPECT_EQ(set.CloneOf(7), std::nullopt);
}

TEST(SnapSetTest, AWriteClonesOnlyUnderANewerSnapshot) {
  const SnapSet set = TwoClones();
  EXPECT_TRUE(set.NeedsClone(SnapContext{7, {7, 6}}));
  EXPECT_FALSE(set.NeedsClone(SnapContext{6, {6}}));
  EXPECT_FALSE(set.NeedsClone(SnapContext{7, {}}));
}

TEST(SnapSetTest, ACloneGoesWithItsLastSnapshot) {
  SnapSet set = TwoClones();
  EXPECT_FALSE(set.RemoveSnap(3, 2));
  EXPECT_EQ(set.clones[3].snaps, std::vector<uint64_t>{3});
  EXPECT_TRUE(set.RemoveSnap(3, 3));
  EXPECT_FALSE(set.clones.contains(3));
  EXPECT_FALSE(set.RemoveSnap(3, 3));
}

TEST(SnapSetTest, TheOverlapIsWhatNoWriteTouched) {
  SnapSet set;
  set.AddClone(SnapContext{1, {1}}, 100);
  set.seq = 1;
  ByteRanges modified;
  modified.Insert(10, 20);
  set.MarkModified(modified);
  set.AddClone(SnapContext{2, {2, 1}}, 100);
  set.seq = 2;
  ByteRanges tail;
  tail.Insert(90, 1000);
  set.MarkModified(tail);
  EXPECT_EQ(set.clones[1].overlap.ranges(), (std::map<uint64_t, uint64_t>{{0, 10}, {30, 70}}));
  // Without the second clone, the first one differs from the head in both.
  EXPECT_TRUE(set.RemoveSnap(2, 2));
  EXPECT_EQ(set.clones[1].overlap.ranges(), (std::map<uint64_t, uint64_t>{{0, 10}, {30, 60}}));
}

TEST(SnapSetTest, ReadsBackWhatItWroteAndRefusesAPart) {
  const BufferList bytes = TwoClones().Encode();
  const auto read = SnapSet::Decode(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->seq, 6u);
  EXPECT_EQ(read->clones.at(3).snaps, (std::vector<uint64_t>{3, 2}));
  EXPECT_EQ(read->clones.at(6).size, 50u);
  EXPECT_EQ(read->Encode().ToString(), bytes.ToString());
  EXPECT_FALSE(SnapSet::Decode(bytes.Substr(0, bytes.size() - 1)).ok());
}

}  // namespace
}  // namespace siphon::osd
