#include "dispatch/prioritized_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr uint64_t kMaxTokens = 16777216;
constexpr uint64_t kMinCost = 65536;

using Queue = PrioritizedQueue<std::string>;

std::vector<std::string> DequeueAll(Queue* queue) {
  std::vector<std::string> items;
  while (!queue->empty()) items.push_back(queue->Dequeue());
  return items;
}

TEST(PrioritizedQueueTest, ServesStrictItemsHighestPriorityFirstAndBeforeAllWeighted) {
  Queue queue(kMaxTokens, kMinCost);
  queue.Enqueue(1, 63, 100, "weighted");
  queue.EnqueueStrict(1, 64, "low");
  queue.EnqueueStrict(1, 255, "highest");
  queue.EnqueueStrict(1, 127, "default 1");
  queue.EnqueueStrict(1, 127, "default 2");
  EXPECT_THAT(DequeueAll(&queue),
              ElementsAre("highest", "default 1", "default 2", "low", "weighted"));
}

TEST(PrioritizedQueueTest, TakesTurnsAmongConnectionsOfOnePriorityOnly) {
  Queue queue(kMaxTokens, kMinCost);
  for (const char* item : {"a1", "a2"}) queue.EnqueueStrict(1, 127, item);
  for (const char* item : {"b1", "b2"}) queue.EnqueueStrict(2, 127, item);
  queue.EnqueueStrict(2, 196, "b high");
  EXPECT_THAT(DequeueAll(&queue), ElementsAre("b high", "a1", "b1", "a2", "b2"));
}

// All costs are 65536. Buckets begin empty, so the highest is served; both get tokens in proportion
// to their priorities (10 and 30 of 40: 16385 and 49153 an item), and the lower one is served each
// time that it has saved for it: every fourth time.
TEST(PrioritizedQueueTest, SlowsALowPriorityDownWithoutStarvingIt) {
  Queue queue(kMaxTokens, kMinCost);
  for (int i = 0; i < 100; ++i) {
    queue.Enqueue(1, 10, 1, "low");
    queue.Enqueue(2, 30, 1, "high");
  }
  std::vector<int> low_at;
  for (int i = 0; i < 40; ++i) {
    if (queue.Dequeue() == "low") low_at.push_back(i);
  }
  // 4 * 16385 is just more than the cost, and a bucket pays only what is less than it holds.
  EXPECT_THAT(low_at, ElementsAre(4, 8, 12, 16, 20, 24, 28, 32, 36));
}

TEST(PrioritizedQueueTest, AnItemNeverCostsMoreThanABucketHolds) {
  Queue queue(/*max_tokens=*/1000, /*min_cost=*/100);
  for (int i = 0; i < 3; ++i) queue.Enqueue(1, 1, uint64_t{1} << 40, "huge");
  for (int i = 0; i < 3; ++i) queue.Enqueue(1, 2, 1, "small");
  EXPECT_EQ(DequeueAll(&queue).size(), 6u);
}

TEST(PrioritizedQueueTest, APriorityOfZeroIsServedToo) {
  Queue queue(kMaxTokens, kMinCost);
  queue.Enqueue(1, 0, 1, "a");
  queue.Enqueue(1, 0, 1, "b");
  EXPECT_THAT(DequeueAll(&queue), ElementsAre("a", "b"));
}

TEST(PrioritizedQueueTest, RemovesAConnectionFromEveryPriority) {
  Queue queue(kMaxTokens, kMinCost);
  queue.Enqueue(1, 5, 1, "a5");
  queue.EnqueueStrict(1, 127, "a127 1");
  queue.EnqueueStrict(2, 127, "b127");
  queue.EnqueueStrict(1, 127, "a127 2");
  queue.EnqueueStrict(1, 200, "a200");
  queue.Enqueue(2, 5, 1, "b5");
  EXPECT_THAT(queue.RemoveByClass(1), ElementsAre("a200", "a127 1", "a127 2", "a5"));
  EXPECT_THAT(queue.RemoveByClass(1), IsEmpty());
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_THAT(DequeueAll(&queue), ElementsAre("b127", "b5"));
}

TEST(PrioritizedQueueTest, TellsItsSizesByPriorityHighestFirst) {
  Queue queue(kMaxTokens, kMinCost);
  queue.Enqueue(1, 5, 1, "");
  queue.EnqueueStrict(1, 127, "");
  queue.EnqueueStrict(2, 127, "");
  queue.EnqueueStrict(1, 255, "");
  queue.EnqueueStrict(1, 200, "");
  queue.Dequeue();
  std::vector<std::pair<int, size_t>> sizes;
  queue.ForEachPriority([&](int priority, size_t n) { sizes.emplace_back(priority, n); });
  EXPECT_THAT(sizes, ElementsAre(Pair(200, 1), Pair(127, 2), Pair(5, 1)));
}

// The rules again, written for reading instead of speed.
class Model {
 public:
  void Enqueue(uint64_t id, int priority, bool strict, uint64_t cost, int item) {
    Bucket& bucket = (strict ? strict_ : weighted_)[priority];
    auto cls = std::find_if(bucket.turns.begin(), bucket.turns.end(),
                            [id](const auto& c) { return c.first == id; });
    if (cls == bucket.turns.end()) cls = bucket.turns.insert(cls, {id, {}});
    cls->second.push_back({std::clamp(cost, kMinCost, kMaxTokens), item});
  }

  int Dequeue() {
    if (!strict_.empty()) return Serve(&strict_, std::prev(strict_.end())->first).second;
    int chosen = std::prev(weighted_.end())->first;
    for (auto& [priority, bucket] : weighted_) {
      const uint64_t cost = bucket.turns.front().second.front().first;
      if (cost < bucket.tokens) {
        bucket.tokens -= cost;
        chosen = priority;
        break;
      }
    }
    const auto [cost, item] = Serve(&weighted_, chosen);
    uint64_t total = 0;
    for (const auto& [priority, bucket] : weighted_) total += priority;
    for (auto& [priority, bucket] : weighted_) {
      if (total == 0) break;
      bucket.tokens = std::min(bucket.tokens + priority * cost / total + 1, kMaxTokens);
    }
    return item;
  }

  std::vector<int> Remove(uint64_t id) {
    std::vector<int> removed;
    for (auto* buckets : {&strict_, &weighted_}) {
      for (auto it = buckets->rbegin(); it != buckets->rend(); ++it) {
        auto& turns = it->second.turns;
        for (const auto& [cls, items] : turns) {
          if (cls != id) continue;
          for (const auto& [cost, item] : items) removed.push_back(item);
        }
        std::erase_if(turns, [id](const auto& c) { return c.first == id; });
      }
      std::erase_if(*buckets, [](const auto& b) { return b.second.turns.empty(); });
    }
    return removed;
  }

 private:
  using Items = std::deque<std::pair<uint64_t, int>>;  // cost, item
  struct Bucket {
    std::deque<std::pair<uint64_t, Items>> turns;  // whose turn is next is first
    uint64_t tokens = 0;
  };

  std::pair<uint64_t, int> Serve(std::map<int, Bucket>* buckets, int priority) {
    Bucket& bucket = buckets->at(priority);
    auto [id, items] = std::move(bucket.turns.front());
    bucket.turns.pop_front();
    const auto served = items.front();
    items.pop_front();
    if (!items.empty()) bucket.turns.push_back({id, std::move(items)});
    if (bucket.turns.empty()) buckets->erase(priority);
    return served;
  }

  std::map<int, Bucket> strict_;
  std::map<int, Bucket> weighted_;
};

TEST(PrioritizedQueueTest, DoesWhatTheRulesSayForRandomLoads) {
  constexpr int kPriorities[] = {0, 1, 10, 40, 63, 64, 127, 196, 255};
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    PrioritizedQueue<int> queue(kMaxTokens, kMinCost);
    Model model;
    size_t size = 0;
    for (int item = 0; item < 3000; ++item) {
      const unsigned what = random() % 100;
      if (what < 52) {
        const int priority = kPriorities[random() % std::size(kPriorities)];
        const uint64_t id = 1 + random() % 5;
        const uint64_t cost = random() % (random() % 4 == 0 ? 2 * kMaxTokens : 2 * kMinCost);
        if (priority >= 64) {
          queue.EnqueueStrict(id, priority, item);
        } else {
          queue.Enqueue(id, priority, cost, item);
        }
        model.Enqueue(id, priority, priority >= 64, cost, item);
        ++size;
      } else if (what < 99 && size > 0) {
        ASSERT_EQ(queue.Dequeue(), model.Dequeue());
        --size;
      } else if (what == 99) {
        const uint64_t id = 1 + random() % 5;
        const std::vector<int> removed = queue.RemoveByClass(id);
        ASSERT_EQ(removed, model.Remove(id));
        size -= removed.size();
      }
      ASSERT_EQ(queue.size(), size);
    }
    for (; size > 0; --size) ASSERT_EQ(queue.Dequeue(), model.Dequeue());
    EXPECT_TRUE(queue.empty());
  }
}

}  // namespace
}  // namespace siphon
