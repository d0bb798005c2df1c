#include "services/osd/backoffs.h"

#include <memory>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/features.h"
#include "services/rados/hobject.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::osd {
namespace {

using rados::MOsdBackoff;
using rados::PgId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr PgId kPg{1, 3};
constexpr PgId kOther{1, 4};

class BackoffsTest : public testing::Test {
 protected:
  static std::shared_ptr<FakeConnection> NewClient(uint64_t features = kFeaturesSupported) {
    auto client = std::make_shared<FakeConnection>(nullptr, 1, EntityName{kEntityClient, 4107},
                                                   EntityAddrVec());
    client->set_features(features);
    return client;
  }
  bool Drops(const ConnectionPtr& from, const PgId& pg = kPg) {
    letter_.reset();
    return backoffs_.Drops(from, pg, /*pg_num=*/8, /*epoch=*/12, &letter_);
  }
  // The client takes note of what it was told last.
  std::optional<Backoffs::Letter> Ack(const ConnectionPtr& from, const MOsdBackoff& block) {
    MOsdBackoff ack;
    ack.pg = block.pg;
    ack.op = MOsdBackoff::kAckBlock;
    ack.id = block.id;
    return backoffs_.OnAck(from, ack);
  }

  Backoffs backoffs_;
  std::optional<Backoffs::Letter> letter_;
  const std::shared_ptr<FakeConnection> client_ = NewClient();
};

TEST_F(BackoffsTest, AClientIsToldOnceToWaitForTheRangeOfAHeldGroup) {
  EXPECT_TRUE(backoffs_.idle());
  EXPECT_FALSE(Drops(client_));
  ASSERT_TRUE(backoffs_.Hold(kPg));
  EXPECT_FALSE(backoffs_.Hold(kPg)) << "it is held";
  EXPECT_FALSE(backoffs_.idle());
  EXPECT_FALSE(Drops(client_, kOther));
  ASSERT_TRUE(Drops(client_));
  ASSERT_TRUE(letter_.has_value());
  const MOsdBackoff& block = *letter_->message;
  EXPECT_EQ(letter_->to, client_);
  EXPECT_EQ(block.op, MOsdBackoff::kBlock);
  EXPECT_EQ(block.pg.pg, kPg);
  EXPECT_EQ(block.map_epoch, 12u);
  rados::HObject object;
  object.pool = 1;
  object.oid = "an object";
  object.hash = 0x50 * 8 + 3;
  object.snap = rados::kSnapHead;
  EXPECT_TRUE(block.begin <= object && object < block.end);
  object.hash += 1;
  EXPECT_FALSE(block.begin <= object && object < block.end) << "of the next group";
  EXPECT_TRUE(Drops(client_));
  EXPECT_FALSE(letter_.has_value()) << "it knows";
  EXPECT_EQ(backoffs_.sent(), 1u);
  EXPECT_THAT(backoffs_.held(), ElementsAre(kPg));
}

TEST_F(BackoffsTest, WhoeverTookNoteIsLetGoByTheRelease) {
  backoffs_.Hold(kPg);
  ASSERT_TRUE(Drops(client_));
  const auto block = std::move(*letter_);
  EXPECT_FALSE(Ack(client_, *block.message).has_value());
  EXPECT_FALSE(backoffs_.Release(kOther).has_value()) << "it is not held";
  const auto letters = backoffs_.Release(kPg);
  ASSERT_TRUE(letters.has_value());
  ASSERT_THAT(*letters, SizeIs(1));
  EXPECT_EQ((*letters)[0].to, client_);
  EXPECT_EQ((*letters)[0].message->op, MOsdBackoff::kUnblock);
  EXPECT_EQ((*letters)[0].message->id, block.message->id);
  EXPECT_TRUE((*letters)[0].message->begin == block.message->begin);
  EXPECT_TRUE((*letters)[0].message->end == block.message->end);
  EXPECT_FALSE(Drops(client_));
  EXPECT_TRUE(backoffs_.idle());
}

TEST_F(BackoffsTest, WhatWasSentBeforeTheAckIsDroppedEvenAfterTheRelease) {
  backoffs_.Hold(kPg);
  ASSERT_TRUE(Drops(client_));
  const auto block = std::move(*letter_);
  const auto letters = backoffs_.Release(kPg);
  ASSERT_TRUE(letters.has_value());
  EXPECT_THAT(*letters, IsEmpty());
  EXPECT_TRUE(Drops(client_)) << "it would overtake the one before";
  EXPECT_FALSE(letter_.has_value());
  EXPECT_FALSE(Drops(NewClient())) << "others are served";
  const auto unblock = Ack(client_, *block.message);
  ASSERT_TRUE(unblock.has_value());
  EXPECT_EQ(unblock->message->op, MOsdBackoff::kUnblock);
  EXPECT_FALSE(Drops(client_));
  EXPECT_TRUE(backoffs_.idle());
}

TEST_F(BackoffsTest, HeldAgainBeforeTheAckNobodyIsLetGo) {
  backoffs_.Hold(kPg);
  ASSERT_TRUE(Drops(client_));
  const auto block = std::move(*letter_);
  backoffs_.Release(kPg);
  backoffs_.Hold(kPg);
  EXPECT_FALSE(Ack(client_, *block.message).has_value());
  EXPECT_TRUE(Drops(client_));
  EXPECT_THAT(*backoffs_.Release(kPg), SizeIs(1));
}

TEST_F(BackoffsTest, ARestOfAClientThatIsGoneHoldsNobody) {
  backoffs_.Hold(kPg);
  ASSERT_TRUE(Drops(client_));
  EXPECT_EQ(backoffs_.waiting(), 1u);
  backoffs_.OnReset(client_.get());
  EXPECT_EQ(backoffs_.waiting(), 0u);
  auto brief = NewClient();
  ASSERT_TRUE(Drops(brief));
  letter_.reset();
  brief.reset();
  EXPECT_THAT(*backoffs_.Release(kPg), IsEmpty());
  EXPECT_EQ(backoffs_.waiting(), 0u);
  EXPECT_TRUE(backoffs_.idle());
}

TEST_F(BackoffsTest, WhoIsNotConnectedIsNotWaitedFor) {
  backoffs_.Hold(kPg);
  client_->MarkDown();
  EXPECT_TRUE(Drops(client_));
  EXPECT_FALSE(letter_.has_value());
  EXPECT_EQ(backoffs_.waiting(), 0u);
}

TEST_F(BackoffsTest, AnAckOfSomethingElseIsNone) {
  backoffs_.Hold(kPg);
  ASSERT_TRUE(Drops(client_));
  const auto block = std::move(*letter_);
  MOsdBackoff wrong;
  wrong.pg = block.message->pg;
  wrong.id = block.message->id + 1;
  EXPECT_FALSE(backoffs_.OnAck(client_, wrong).has_value());
  EXPECT_FALSE(Ack(NewClient(), *block.message).has_value());
  EXPECT_THAT(*backoffs_.Release(kPg), IsEmpty()) << "the true ack is still to come";
}

TEST_F(BackoffsTest, ClientsThatKnowNoBackoffsAreServed) {
  backoffs_.Hold(kPg);
  EXPECT_FALSE(Drops(NewClient(kFeaturesSupported & ~(uint64_t{1} << 21))));
}

}  // namespace
}  // namespace siphon::osd
