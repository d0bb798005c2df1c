#include "services/osd/op_shards.h"

#include <memory>
#include <vector>

#include "base/mutex.h"
#include "gtest/gtest.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {
namespace {

constexpr rados::PgId kPg{3, 5};

// Runs all that is queued for the group before.
void Drain(OpShards* shards, const rados::PgId& pg) {
  Notification done;
  shards->Queue(pg, [&] { done.Notify(); });
  done.WaitForNotification();
}

TEST(OpShardsTest, FastWorkStaysWhereItIs) {
  OpShards shards(2);
  EXPECT_FALSE(shards.MustQueue(kPg, /*slow=*/false));
  EXPECT_TRUE(shards.MustQueue(kPg, /*slow=*/true));
}

TEST(OpShardsTest, WithoutShardsNothingIsQueued) {
  EXPECT_FALSE(OpShards(0).MustQueue(kPg, /*slow=*/true));
}

TEST(OpShardsTest, WhatComesBehindSlowWorkIsQueuedAndRunsInOrder) {
  Notification go;
  std::vector<int> order;
  OpShards shards(3);
  shards.Queue(kPg, [&] {
    go.WaitForNotification();
    order.push_back(1);
  });
  EXPECT_TRUE(shards.MustQueue(kPg, /*slow=*/false));
  for (const int i : {2, 3, 4}) shards.Queue(kPg, [&order, i] { order.push_back(i); });
  go.Notify();
  Drain(&shards, kPg);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}

TEST(OpShardsTest, GroupsOfOtherShardsDoNotWait) {
  Notification go;
  OpShards shards(4);
  shards.Queue(kPg, [&] { go.WaitForNotification(); });
  rados::PgId other = kPg;
  while (shards.MustQueue(other, /*slow=*/false)) ++other.ps;
  Drain(&shards, other);
  go.Notify();
}

TEST(OpShardsTest, StopDropsWhatWaitsAndWaitsForWhatRuns) {
  Notification runs;
  Notification go;
  bool finished = false;
  OpShards shards(1);
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  shards.Queue(kPg, [&] {
    runs.Notify();
    go.WaitForNotification();
    finished = true;
  });
  runs.WaitForNotification();
  shards.Queue(kPg, [held = std::move(held)] {});
  go.Notify();
  shards.Stop();
  EXPECT_TRUE(finished);
  EXPECT_TRUE(watched.expired());
  bool ran = false;
  shards.Queue(kPg, [&ran] { ran = true; });
  shards.Stop();
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace siphon::osd
