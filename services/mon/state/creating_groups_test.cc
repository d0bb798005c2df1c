#include "services/mon/state/creating_groups.h"

#include <utility>

#include "gtest/gtest.h"
#include "services/mon/state/mon_fixture.h"
#include "services/mon/state/mon_store.h"

namespace siphon::mon {
namespace {

class CreatingGroupsTest : public MonFixture {
 protected:
  void Begin(int64_t id) {
    CreatingGroups::Pool pool{.epoch = 7, .when = absl::FromUnixSeconds(99), .groups = {0, 1, 2}};
    MonStore::Batch batch;
    CreatingGroups::Put(id, pool, &batch);
    ASSERT_TRUE(store_->Commit(batch).ok());
    groups_.Began(id, std::move(pool));
  }

  CreatingGroups groups_{store_.get()};
};

TEST_F(CreatingGroupsTest, KeepsAGroupUntilSomebodyHasItAlsoOverARestart) {
  Begin(1);
  groups_.Created({1, 2});
  groups_.Created({1, 2});
  groups_.Created({9, 0});
  ASSERT_TRUE(groups_.Flush().ok());
  CreatingGroups again(store_.get());
  ASSERT_TRUE(again.Load().ok());
  ASSERT_EQ(again.pools().size(), 1u);
  EXPECT_EQ(again.pools().at(1).epoch, 7u);
  EXPECT_EQ(again.pools().at(1).when, absl::FromUnixSeconds(99));
  EXPECT_EQ(again.pools().at(1).groups, (std::set<uint32_t>{0, 1}));
  again.Created({1, 0});
  again.Created({1, 1});
  ASSERT_TRUE(again.Flush().ok());
  CreatingGroups last(store_.get());
  ASSERT_TRUE(last.Load().ok());
  EXPECT_TRUE(last.pools().empty());
}

TEST_F(CreatingGroupsTest, ForgetsPoolsThatAreGone) {
  Begin(1);
  groups_.Prune(rados::OsdMap());
  EXPECT_TRUE(groups_.pools().empty());
  ASSERT_TRUE(groups_.Flush().ok());
  ASSERT_TRUE(groups_.Load().ok());
  EXPECT_TRUE(groups_.pools().empty());
}

TEST_F(CreatingGroupsTest, ARecordThatDoesNotDecodeIsDamage) {
  MonStore::Batch batch;
  batch.Put(MonStore::kCreatingGroups, "1", "nonsense");
  ASSERT_TRUE(store_->Commit(batch).ok());
  EXPECT_EQ(groups_.Load().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace siphon::mon
