#include "testing/sim/sim_world.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

// Has `left` pieces of work, from `at` on.
class Labourer final : public SimActor {
 public:
  MonoNanos RunnableAt() override { return left > 0 ? at : kNever; }
  void Run() override {
    --left;
    ++ran;
  }
  MonoNanos at = 0;
  int left = 0;
  int ran = 0;
};

TEST(SimWorldTest, TimeJumpsToTheNextThingToDo) {
  SimWorld world({});
  const MonoNanos begun = world.clock().now();
  MonoNanos ran_at = 0;
  world.After(absl::Hours(1), [&] { ran_at = world.clock().now(); });
  while (ran_at == 0) ASSERT_TRUE(world.Step(kNever));
  EXPECT_GE(ran_at, begun + absl::ToInt64Nanoseconds(absl::Hours(1)));
  EXPECT_LT(world.steps(), 5u);
}

TEST(SimWorldTest, StopsWhereItIsToldTo) {
  SimWorld world({});
  world.After(absl::Hours(1), [] { FAIL() << "too early"; });
  const MonoNanos until = world.clock().now() + 1000;
  EXPECT_FALSE(world.Step(until));
  EXPECT_EQ(world.clock().now(), until);
}

TEST(SimWorldTest, TheSeedChoosesWhoRuns) {
  const auto order = [](uint64_t seed) {
    SimWorld world({.seed = seed, .weather = {}});
    Labourer a, b;
    a.left = b.left = 20;
    world.AddActor(&a);
    world.AddActor(&b);
    std::vector<int> lead;
    while (a.left + b.left > 0) {
      world.Step(kNever);
      lead.push_back(a.ran - b.ran);
    }
    return lead;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
}

TEST(SimWorldTest, WhoIsStarvedRunsAllTheSame) {
  SimWorld world({.seed = 3, .weather = {}, .starved = 0});
  Labourer starved, other;
  starved.left = other.left = 50;
  world.AddActor(&starved);
  world.AddActor(&other);
  while (other.left > 0) world.Step(kNever);
  EXPECT_LT(starved.ran, 25);
  while (starved.left > 0) world.Step(kNever);
}

TEST(SimWorldTest, AUserIsInNoWorkersCenter) {
  SimWorld world({});
  SimDescriptors descriptors;
  EventCenter worker(
      "worker", std::make_unique<SimEventDriver>(&descriptors, &world.clock(), &world.random()),
      &world.clock());
  worker.SetOwner();
  bool in_worker = true;
  world.AsUserThread([&] { in_worker = worker.InCenter(); });
  EXPECT_FALSE(in_worker);
}

TEST(SimWorldTest, TheWallClockJumpsAndTheMonotonicDoesNot) {
  SimWorld world({});
  const MonoNanos mono = world.clock().Monotonic();
  const absl::Time wall = world.clock().Now();
  world.clock().JumpWall(-absl::Hours(5));
  EXPECT_EQ(world.clock().Monotonic(), mono);
  EXPECT_EQ(world.clock().Now(), wall - absl::Hours(5));
}

}  // namespace
}  // namespace siphon
