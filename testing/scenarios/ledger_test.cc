#include "testing/scenarios/ledger.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LedgerTest : public testing::Test {
 protected:
  void SendThree() {
    for (int i = 0; i < 3; ++i) ledger_.Send(stream_, 0);
  }
  void RoundTrip(uint64_t number) {
    ledger_.PingArrived(stream_, 0, number);
    ledger_.PongArrived(stream_, 0, number);
  }

  Ledger ledger_;
  const uint64_t stream_ = ledger_.OpenStream("a to b");
};

TEST_F(LedgerTest, AnAccountInWhichEverythingArrivedIsRight) {
  SendThree();
  EXPECT_EQ(ledger_.Pending(), 3u);
  for (uint64_t i = 1; i <= 3; ++i) RoundTrip(i);
  EXPECT_EQ(ledger_.Pending(), 0u);
  const Ledger::Account account = ledger_.Close();
  EXPECT_THAT(account.violations, IsEmpty());
  EXPECT_EQ(account.sent, 3u);
  EXPECT_EQ(account.delivered, 3u);
  EXPECT_EQ(account.answered, 3u);
}

TEST_F(LedgerTest, SeesWhatIsRepeatedReorderedMissingOrInvented) {
  SendThree();
  RoundTrip(1);
  ledger_.PingArrived(stream_, 0, 1);
  EXPECT_THAT(ledger_.Close().violations[0], HasSubstr("ping 1 after 1"));
  ledger_.PingArrived(stream_, 0, 3);
  ledger_.PingArrived(stream_, 0, 2);
  EXPECT_THAT(ledger_.Close().violations[1], HasSubstr("ping 2 after 3"));
  EXPECT_THAT(ledger_.Close().violations[2], HasSubstr("pings 2 to 2 of 3 are missing"));
  ledger_.PongArrived(stream_, 0, 4);
  EXPECT_THAT(ledger_.Close().violations[2], HasSubstr("never sent"));
  ledger_.PingArrived(77, 0, 1);
  EXPECT_THAT(ledger_.Close().violations[3], HasSubstr("which is none"));
}

TEST_F(LedgerTest, AResetExplainsOneGapAndNothingThatWasSentLater) {
  SendThree();
  RoundTrip(1);
  ledger_.Disturbed(stream_);
  EXPECT_EQ(ledger_.Pending(), 0u);
  ledger_.Send(stream_, 0);
  RoundTrip(4);
  EXPECT_THAT(ledger_.Close().violations, IsEmpty());
  EXPECT_EQ(ledger_.Close().lost_pings, 2u);
  ledger_.Send(stream_, 0);
  ledger_.Send(stream_, 0);
  RoundTrip(6);
  EXPECT_THAT(ledger_.Close().violations,
              ElementsAre(HasSubstr("pings 5 to 5 of 6"), HasSubstr("pongs 5 to 5 of 6")));
}

TEST_F(LedgerTest, TwoGapsNeedTwoResets) {
  SendThree();
  RoundTrip(2);  // without the first
  ledger_.Disturbed(stream_);
  EXPECT_EQ(ledger_.Close().violations.size(), 2u) << "the third is missing too, of both kinds";
}

TEST_F(LedgerTest, TheEndOfAStreamExplainsItsLastGap) {
  SendThree();
  RoundTrip(1);
  ledger_.Ended(stream_, /*marked_down=*/true);
  EXPECT_TRUE(ledger_.WaitForPending(0, absl::ZeroDuration()));
  EXPECT_THAT(ledger_.Close().violations, IsEmpty());
  EXPECT_EQ(ledger_.Close().marked_down, 1u);
  EXPECT_EQ(ledger_.Close().lost_pongs, 2u);
}

TEST_F(LedgerTest, LanesAreCountedApart) {
  ledger_.Send(stream_, 0);
  ledger_.Send(stream_, 1);
  ledger_.PingArrived(stream_, 1, 1);
  ledger_.PongArrived(stream_, 1, 1);
  EXPECT_EQ(ledger_.Pending(), 1u);
  RoundTrip(1);
  EXPECT_THAT(ledger_.Close().violations, IsEmpty());
}

TEST_F(LedgerTest, AnUnansweredPingIsNoticed) {
  SendThree();
  EXPECT_FALSE(ledger_.WaitForPending(2, absl::Milliseconds(1)));
  EXPECT_THAT(ledger_.DescribePending(), HasSubstr("sent 3 delivered to 0"));
  EXPECT_EQ(ledger_.Close().violations.size(), 2u);
}

}  // namespace
}  // namespace siphon
