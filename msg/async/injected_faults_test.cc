#include "msg/async/injected_faults.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using Kind = FaultInjection::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const EntityAddr kPeer = *EntityAddr::Parse("v1:127.0.0.1:6801/4711");
const EntityAddr kOther = *EntityAddr::Parse("v1:127.0.0.1:6802/4711");

TEST(InjectedFaultsTest, AnOrderIsForItsPeerUntilItIsTakenBack) {
  InjectedFaults faults;
  EXPECT_FALSE(faults.IsPartitioned(kPeer));
  faults.Apply(Kind::kPartition, kPeer);
  EXPECT_TRUE(faults.IsPartitioned(kPeer));
  EXPECT_FALSE(faults.IsPartitioned(kOther));
  EXPECT_FALSE(faults.IsReadingPaused(kPeer));
  faults.Apply(Kind::kPauseReading, kPeer);
  faults.Apply(Kind::kPauseReading, kPeer);
  EXPECT_THAT(faults.List(), ElementsAre("partition v1:127.0.0.1:6801/4711",
                                         "pause-reading v1:127.0.0.1:6801/4711"));
  faults.Apply(Kind::kHeal, kPeer);
  EXPECT_FALSE(faults.IsPartitioned(kPeer));
  EXPECT_TRUE(faults.IsReadingPaused(kPeer));
  faults.Apply(Kind::kResumeReading, kPeer);
  EXPECT_THAT(faults.List(), IsEmpty());
}

TEST(InjectedFaultsTest, NonceZeroIsForEveryIncarnation) {
  EntityAddr any = kPeer;
  any.set_nonce(0);
  InjectedFaults faults;
  faults.Apply(Kind::kPartition, any);
  EXPECT_TRUE(faults.IsPartitioned(kPeer));
  EXPECT_FALSE(faults.IsPartitioned(kOther));
  faults.Apply(Kind::kHeal, any);
  faults.Apply(Kind::kPartition, kPeer);
  EXPECT_FALSE(faults.IsPartitioned(any)) << "another incarnation";
}

TEST(InjectedFaultsTest, AllOrdersOfAKindAreTakenBackAtOnce) {
  InjectedFaults faults;
  faults.Apply(Kind::kPartition, kPeer);
  faults.Apply(Kind::kPartition, kOther);
  faults.Apply(Kind::kPauseReading, kOther);
  faults.Apply(Kind::kHeal, std::nullopt);
  EXPECT_THAT(faults.List(), ElementsAre("pause-reading v1:127.0.0.1:6802/4711"));
}

TEST(InjectedFaultsTest, AnOrderForOneProtocolsAddressIsForTheOthersToo) {
  InjectedFaults faults;
  faults.Apply(FaultInjection::Kind::kPartition, *EntityAddr::Parse("v1:127.0.0.1:6801/7"));
  EXPECT_TRUE(faults.IsPartitioned(*EntityAddr::Parse("v1:127.0.0.1:6801/7")));
  EXPECT_TRUE(faults.IsPartitioned(*EntityAddr::Parse("v2:127.0.0.1:6800/7")));
  EXPECT_FALSE(faults.IsPartitioned(*EntityAddr::Parse("v2:127.0.0.1:6800/8")));
  EXPECT_FALSE(faults.IsPartitioned(*EntityAddr::Parse("v1:127.0.0.1:6809/7")));
}

}  // namespace
}  // namespace siphon
