#include "services/osd/store/commit_queue.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(CommitQueueTest, CallsAtOnceWhenAllIsDurable) {
  CommitQueue queue([] { return absl::OkStatus(); });
  const std::thread::id here = std::this_thread::get_id();
  std::thread::id there;
  queue.WhenDurable([&](const absl::Status& status) {
    EXPECT_TRUE(status.ok());
    there = std::this_thread::get_id();
  });
  EXPECT_EQ(there, here);
  EXPECT_EQ(queue.syncs(), 0u);
}

TEST(CommitQueueTest, OneSynchronisationServesAllThatCameMeanwhile) {
  Notification begun;
  Notification go_on;
  std::atomic<int> syncs{0};
  std::vector<int> order;
  {
    CommitQueue queue([&] {
      if (syncs.fetch_add(1) == 0) {
        begun.Notify();
        go_on.WaitForNotification();
      }
      return absl::OkStatus();
    });
    queue.NoteApplied();
    queue.WhenDurable([&](const absl::Status&) { order.push_back(0); });
    begun.WaitForNotification();
    for (int i = 1; i <= 50; ++i) {
      queue.NoteApplied();
      queue.WhenDurable([&order, i](const absl::Status&) { order.push_back(i); });
    }
    go_on.Notify();
  }
  ASSERT_EQ(order.size(), 51u);
  for (int i = 0; i <= 50; ++i) EXPECT_EQ(order[i], i);
  EXPECT_EQ(syncs.load(), 2);
}

TEST(CommitQueueTest, ACallbackNeverPassesAnEarlierOne) {
  Notification in_callback;
  Notification go_on;
  std::vector<int> order;
  {
    CommitQueue queue([] { return absl::OkStatus(); });
    queue.NoteApplied();
    queue.WhenDurable([&](const absl::Status&) {
      in_callback.Notify();
      go_on.WaitForNotification();
      order.push_back(1);
    });
    in_callback.WaitForNotification();
    // Nothing new was written, but the first one is still being called.
    queue.WhenDurable([&](const absl::Status&) { order.push_back(2); });
    go_on.Notify();
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(CommitQueueTest, AFailureIsForAllThatFollow) {
  int syncs = 0;
  std::vector<absl::StatusCode> codes;
  {
    CommitQueue queue([&] {
      ++syncs;
      return absl::UnavailableError("the disk is gone");
    });
    for (int i = 0; i < 3; ++i) {
      Notification done;
      queue.NoteApplied();
      queue.WhenDurable([&](const absl::Status& status) {
        codes.push_back(status.code());
        done.Notify();
      });
      done.WaitForNotification();
    }
  }
  EXPECT_EQ(codes, std::vector<absl::StatusCode>(3, absl::StatusCode::kUnavailable));
  EXPECT_EQ(syncs, 1);
}

}  // namespace
}  // namespace siphon::osd
