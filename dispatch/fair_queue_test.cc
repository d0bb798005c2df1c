#include "dispatch/fair_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Queue = FairQueue<std::string>;

std::vector<std::string> PopAll(Queue* queue) {
  std::vector<std::string> items;
  while (!queue->empty()) items.push_back(queue->Pop());
  return items;
}

TEST(FairQueueTest, ServesOneItemOfEachClassInTurnAndEachClassInOrder) {
  Queue::Pool pool;
  Queue queue(&pool);
  for (const char* item : {"a1", "a2", "a3"}) queue.Push(7, 0, item);
  for (const char* item : {"b1", "b2"}) queue.Push(3, 0, item);
  queue.Push(5, 0, "c1");
  EXPECT_EQ(queue.size(), 6u);
  EXPECT_THAT(PopAll(&queue), ElementsAre("a1", "b1", "c1", "a2", "b2", "a3"));
}

TEST(FairQueueTest, AClassThatWasEmptyJoinsBehindAllOthers) {
  Queue::Pool pool;
  Queue queue(&pool);
  queue.Push(1, 0, "a1");
  queue.Push(2, 0, "b1");
  queue.Push(2, 0, "b2");
  EXPECT_EQ(queue.Pop(), "a1");
  queue.Push(3, 0, "c1");
  queue.Push(1, 0, "a2");
  EXPECT_THAT(PopAll(&queue), ElementsAre("b1", "c1", "a2", "b2"));
}

TEST(FairQueueTest, FrontCostIsThatOfTheNextItem) {
  Queue::Pool pool;
  Queue queue(&pool);
  queue.Push(1, 10, "a1");
  queue.Push(1, 11, "a2");
  queue.Push(2, 20, "b1");
  std::vector<uint64_t> costs;
  while (!queue.empty()) {
    costs.push_back(queue.front_cost());
    queue.Pop();
  }
  EXPECT_THAT(costs, ElementsAre(10, 20, 11));
}

TEST(FairQueueTest, RemovesAClassAndKeepsTheTurnOfTheOthers) {
  Queue::Pool pool;
  Queue queue(&pool);
  for (uint64_t id : {1, 2, 3}) {
    for (int i = 0; i < 2; ++i) queue.Push(id, 0, std::to_string(id) + "." + std::to_string(i));
  }
  EXPECT_EQ(queue.Pop(), "1.0");
  std::vector<std::string> removed;
  queue.RemoveClass(2, &removed);  // whose turn it is
  EXPECT_THAT(removed, ElementsAre("2.0", "2.1"));
  EXPECT_EQ(queue.size(), 3u);
  EXPECT_THAT(PopAll(&queue), ElementsAre("3.0", "1.1", "3.1"));
}

TEST(FairQueueTest, RemovingAnUnknownClassRemovesNothing) {
  Queue::Pool pool;
  Queue queue(&pool);
  queue.Push(1, 0, "a");
  std::vector<std::string> removed;
  queue.RemoveClass(2, &removed);
  EXPECT_THAT(removed, IsEmpty());
  EXPECT_EQ(queue.size(), 1u);
}

TEST(FairQueueTest, ShowsTheOldestItemOfEachClass) {
  Queue::Pool pool;
  Queue queue(&pool);
  queue.Push(1, 0, "a1");
  queue.Push(1, 0, "a2");
  queue.Push(2, 0, "b1");
  std::vector<std::string> fronts;
  queue.ForEachFront([&](const std::string& item) { fronts.push_back(item); });
  EXPECT_THAT(fronts, UnorderedElementsAre("a1", "b1"));
}

TEST(FairQueueTest, LetsGoOfWhatItGaveOutAndOfWhatIsLeft) {
  const auto item = std::make_shared<int>(1);
  FairQueue<std::shared_ptr<int>>::Pool pool;
  {
    FairQueue<std::shared_ptr<int>> queue(&pool);
    for (int i = 0; i < 3; ++i) queue.Push(i, 0, item);
    queue.Pop();
    EXPECT_EQ(item.use_count(), 3);
  }
  EXPECT_EQ(item.use_count(), 1);
}

}  // namespace
}  // namespace siphon
