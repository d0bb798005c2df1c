#include "dispatch/dispatcher_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "dispatch/dispatcher.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SlowDispatcher : public Dispatcher {};

class FastDispatcher : public Dispatcher {
 public:
  bool CanFastDispatchAny() const override { return true; }
};

TEST(DispatcherListTest, AsksHeadsBeforeTails) {
  SlowDispatcher a, b, c;
  DispatcherList list;
  EXPECT_THAT(list.all(), IsEmpty());
  list.AddTail(&b);
  list.AddTail(&c);
  list.AddHead(&a);
  EXPECT_THAT(list.all(), ElementsAre(&a, &b, &c));
}

TEST(DispatcherListTest, KeepsTheFastOnesInAListOfTheirOwn) {
  SlowDispatcher slow;
  FastDispatcher first, second;
  DispatcherList list;
  list.AddTail(&slow);
  list.AddTail(&second);
  list.AddHead(&first);
  EXPECT_THAT(list.all(), ElementsAre(&first, &slow, &second));
  EXPECT_THAT(list.fast(), ElementsAre(&first, &second));
}

TEST(DispatcherListTest, AReaderKeepsTheListThatItBeganWith) {
  FastDispatcher a, b;
  DispatcherList list;
  list.AddTail(&a);
  const DispatcherList::Dispatchers& before = list.all();
  list.AddTail(&b);
  EXPECT_THAT(before, ElementsAre(&a));
  EXPECT_THAT(list.all(), ElementsAre(&a, &b));
}

TEST(DispatcherListTest, IsReadOnSomeThreadsWhileOthersAdd) {
  FastDispatcher dispatchers[20];
  DispatcherList list;
  std::thread reader([&] {
    size_t seen = 0;
    while (seen < std::size(dispatchers)) {
      const DispatcherList::Dispatchers& fast = list.fast();
      ASSERT_GE(fast.size(), seen);
      seen = fast.size();
      for (size_t i = 0; i < seen; ++i) ASSERT_EQ(fast[i], &dispatchers[i]);
    }
  });
  for (FastDispatcher& dispatcher : dispatchers) list.AddTail(&dispatcher);
  reader.join();
}

}  // namespace
}  // namespace siphon
