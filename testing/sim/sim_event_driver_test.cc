#include "testing/sim/sim_event_driver.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

class FakeFile final : public SimFile {
 public:
  MonoNanos ReadyAt(EventMask mask) const override {
    return mask == kEventReadable ? readable : writable;
  }
  MonoNanos readable = kNever;
  MonoNanos writable = kNever;
};

class SimEventDriverTest : public testing::Test {
 protected:
  std::vector<FiredEvent> Wait() {
    std::vector<FiredEvent> fired;
    driver_.Wait(absl::ZeroDuration(), &fired);
    return fired;
  }

  SimClock clock_;
  SimRandom random_{7};
  SimDescriptors descriptors_;
  SimEventDriver driver_{&descriptors_, &clock_, &random_};
  FakeFile file_;
};

TEST_F(SimEventDriverTest, TellsWhatIsWatchedAndReadyAgainAndAgain) {
  const int fd = descriptors_.Open(&file_);
  ASSERT_TRUE(driver_.Update(fd, kEventNone, kEventReadable).ok());
  file_.writable = 0;
  EXPECT_TRUE(Wait().empty());
  file_.readable = clock_.now() + 5;
  EXPECT_EQ(driver_.ReadyAt(), clock_.now() + 5);
  EXPECT_TRUE(Wait().empty());
  clock_.Advance(5);
  for (int round = 0; round < 2; ++round) {
    const std::vector<FiredEvent> fired = Wait();
    ASSERT_EQ(fired.size(), 1u);
    EXPECT_EQ(fired[0].fd, fd);
    EXPECT_EQ(fired[0].mask, kEventReadable);
  }
}

TEST_F(SimEventDriverTest, AnEndedWatchIsSilent) {
  const int fd = descriptors_.Open(&file_);
  file_.readable = 0;
  ASSERT_TRUE(driver_.Update(fd, kEventNone, kEventReadable).ok());
  ASSERT_TRUE(driver_.Update(fd, kEventReadable, kEventNone).ok());
  EXPECT_TRUE(Wait().empty());
  EXPECT_EQ(driver_.ReadyAt(), kNever);
}

TEST_F(SimEventDriverTest, EveryReadyDescriptorIsToldInTheEnd) {
  FakeFile files[5];
  for (FakeFile& file : files) {
    file.readable = 0;
    ASSERT_TRUE(driver_.Update(descriptors_.Open(&file), kEventNone, kEventReadable).ok());
  }
  std::vector<int> told(5);
  for (int round = 0; round < 50; ++round) {
    for (const FiredEvent& fired : Wait()) ++told[static_cast<size_t>(fired.fd)];
  }
  EXPECT_THAT(told, testing::Each(testing::Gt(20)));
}

TEST_F(SimEventDriverTest, DescriptorsAreReusedLowestFirst) {
  EXPECT_EQ(descriptors_.Open(&file_), 0);
  EXPECT_EQ(descriptors_.Open(&file_), 1);
  descriptors_.Close(0);
  EXPECT_EQ(descriptors_.open(), 1u);
  EXPECT_EQ(descriptors_.Open(&file_), 0);
}

}  // namespace
}  // namespace siphon
