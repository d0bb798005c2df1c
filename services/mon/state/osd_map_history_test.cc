#include "services/mon/state/osd_map_history.h"

#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

class OsdMapHistoryTest : public MonFixture {
 protected:
  absl::Status Step() {
    rados::OsdMapIncremental change = maps_->NewChange(clock_.Now());
    change.new_flags = static_cast<int32_t>(rados::OsdMap::kFreshFlags ^ maps_->epoch() % 2);
    return maps_->Commit(std::move(change));
  }
};

TEST_F(OsdMapHistoryTest, ComesBackAfterARestart) {
  ASSERT_TRUE(Step().ok());
  ASSERT_TRUE(Step().ok());
  const BufferList newest = map().Encode();
  OsdMapHistory again(store_.get());
  ASSERT_TRUE(again.Load().ok());
  EXPECT_EQ(again.epoch(), 3u);
  EXPECT_EQ(again.first_epoch(), 1u);
  EXPECT_EQ(again.current().Encode(), newest);
}

TEST_F(OsdMapHistoryTest, IncrementalsLeadFromEachMapToTheNext) {
  ASSERT_TRUE(Step().ok());
  ASSERT_TRUE(Step().ok());
  rados::OsdMap walker = *maps_->MapAt(1);
  for (uint32_t epoch = 2; epoch <= 3; ++epoch) {
    const auto change = rados::OsdMapIncremental::Decode(*maps_->Incremental(epoch));
    ASSERT_TRUE(change.ok()) << change.status();
    ASSERT_TRUE(walker.Apply(*change).ok());
    EXPECT_EQ(walker.Encode(), *maps_->Full(epoch));
  }
}

TEST_F(OsdMapHistoryTest, ForgetsEpochsThatAreLongPast) {
  for (uint32_t i = 0; i < OsdMapHistory::kEpochsKept + 4; ++i) ASSERT_TRUE(Step().ok());
  EXPECT_EQ(maps_->first_epoch(), maps_->epoch() - OsdMapHistory::kEpochsKept + 1);
  EXPECT_EQ(maps_->Full(1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(maps_->Full(maps_->first_epoch()).ok());
  EXPECT_EQ(store_->Keys(MonStore::kOsdMapIncremental)->size(), OsdMapHistory::kEpochsKept);
}

TEST_F(OsdMapHistoryTest, ChangesNothingWhenAChangeIsRefused) {
  rados::OsdMapIncremental change = maps_->NewChange(clock_.Now());
  change.new_weight[5] = 0;
  EXPECT_FALSE(maps_->Commit(std::move(change)).ok());
  EXPECT_EQ(maps_->epoch(), 1u);
  EXPECT_EQ(store_->Keys(MonStore::kOsdMapFull)->size(), 1u);
}

TEST_F(OsdMapHistoryTest, BeginsOnce) {
  EXPECT_EQ(maps_->Begin(rados::OsdMap()).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace siphon::mon
