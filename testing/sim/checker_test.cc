#include "testing/sim/checker.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class CheckerTest : public testing::Test {
 protected:
  static constexpr uint16_t kPriority = 127;

  std::unique_ptr<SimMessage> Send(bool lossy = false) {
    auto message = checker_.MakeMessage(kSender, 1, lossy, kPriority, 10);
    message->mutable_header().seq = ++seq_;
    return message;
  }
  void Deliver(const SimMessage& message, const ConnectionKey& at) {
    checker_.OnArrived(at, message);
    checker_.OnDelivered(at, message);
  }
  bool Settled() {
    std::string open;
    return checker_.AllSettled([](const ConnectionKey&) { return false; }, &open);
  }

  static constexpr ConnectionKey kSender{0, 0, 1};
  static constexpr ConnectionKey kReceiver{1, 0, 1};
  static constexpr ConnectionKey kOther{1, 0, 2};
  SimClock clock_;
  Trace trace_{&clock_, false};
  Checker checker_{&trace_};
  uint64_t seq_ = 0;
};

TEST_F(CheckerTest, IsContentWithEachOnceAndInOrder) {
  const auto a = Send();
  const auto b = Send();
  EXPECT_FALSE(Settled());
  Deliver(*a, kReceiver);
  Deliver(*b, kReceiver);
  EXPECT_TRUE(Settled());
  checker_.Finish();
  EXPECT_TRUE(checker_.ok()) << checker_.violation();
}

TEST_F(CheckerTest, SeesARepeat) {
  const auto a = Send();
  Deliver(*a, kReceiver);
  Deliver(*a, kReceiver);
  EXPECT_THAT(checker_.violation(), HasSubstr("arrived again"));
}

TEST_F(CheckerTest, SeesAWrongOrder) {
  const auto a = Send();
  const auto b = Send();
  Deliver(*b, kReceiver);
  Deliver(*a, kReceiver);
  EXPECT_THAT(checker_.violation(), HasSubstr("behind message 1"));
}

TEST_F(CheckerTest, SeesOtherContentsAndAWrongReceiver) {
  const auto a = Send();
  Deliver(*a, {2, 0, 1});
  EXPECT_THAT(checker_.violation(), HasSubstr("arrived at node 2"));

  Checker another(&trace_);
  const auto b = another.MakeMessage(kSender, 1, false, kPriority, 10);
  b->mutable_data().Append(std::string("x"));
  another.OnDelivered(kReceiver, *b);
  EXPECT_THAT(another.violation(), HasSubstr("other contents"));
}

TEST_F(CheckerTest, ALossNeedsAResetThatTheSenderWasToldOfAfterwards) {
  checker_.OnRemoteReset(kSender, 1);
  const auto a = Send();
  checker_.OnRemoteReset(kSender, 1);
  EXPECT_TRUE(Settled());
  const auto b = Send();
  EXPECT_FALSE(Settled());
}

TEST_F(CheckerTest, ThePeersDeathExcusesOnlyWhereNobodyHasToTell) {
  const auto a = Send();
  checker_.OnCrash(1);
  EXPECT_TRUE(Settled());
  checker_.ExpectToBeTold();
  EXPECT_FALSE(Settled());
  checker_.OnRemoteReset(kSender, 1);
  EXPECT_TRUE(Settled());
}

TEST_F(CheckerTest, TwoReceiversOfOneMessageNeedTheFirstToBeDead) {
  const auto a = Send();
  Deliver(*a, kReceiver);
  Deliver(*a, kOther);
  EXPECT_TRUE(checker_.ok());
  Checker copy = checker_;
  copy.OnMarkedDown(kReceiver, 0);
  copy.Finish();
  EXPECT_TRUE(copy.ok()) << copy.violation();
  checker_.Finish();
  EXPECT_THAT(checker_.violation(), HasSubstr("though that one lives"));
}

TEST_F(CheckerTest, AJumpOfTheSequenceNeedsAReset) {
  const auto a = Send();
  seq_ = 40;
  const auto b = Send();
  Deliver(*a, kReceiver);
  Deliver(*b, kReceiver);
  Checker copy = checker_;
  copy.OnRemoteReset(kSender, 1);
  copy.Finish();
  EXPECT_TRUE(copy.ok()) << copy.violation();
  checker_.Finish();
  EXPECT_THAT(checker_.violation(), HasSubstr("jumped 1 times"));
}

TEST_F(CheckerTest, AResetComesOnceAndNeverToALosslessSession) {
  const auto a = Send(/*lossy=*/true);
  checker_.OnReset(kSender, 1);
  EXPECT_TRUE(checker_.ok());
  checker_.OnReset(kSender, 1);
  EXPECT_THAT(checker_.violation(), HasSubstr("reset twice"));

  Checker another(&trace_);
  another.MakeMessage(kSender, 1, /*lossy=*/false, kPriority, 10);
  another.OnReset(kSender, 1);
  EXPECT_THAT(another.violation(), HasSubstr("is lossless"));
}

TEST_F(CheckerTest, WithoutFaultsNoResetHasACause) {
  checker_.ExpectNoResets();
  checker_.OnRemoteReset(kSender, 1);
  EXPECT_THAT(checker_.violation(), HasSubstr("without a cause"));
}

}  // namespace
}  // namespace siphon
