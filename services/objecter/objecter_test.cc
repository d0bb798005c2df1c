#include "services/objecter/objecter.h"

#include <cerrno>
#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "services/objecter/objecter_fixture.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/osd_info.h"

namespace siphon::client {
namespace {

class ObjecterTest : public ObjecterFixture {
 protected:
  static ObjectOperation AWrite() { return ObjectOperation().WriteFull(BufferList::CopyOf("x")); }
  static ObjectOperation ARead() { return ObjectOperation().Read(0, 1); }

  void Backoff(const std::shared_ptr<FakeConnection>& osd, const rados::MOsdOp& about, uint8_t op) {
    auto backoff = std::make_unique<rados::MOsdBackoff>();
    backoff->op = op;
    backoff->id = 9;
    backoff->pg = about.pg;
    backoff->begin = rados::HObject::Min();
    backoff->end = rados::HObject::Max();
    backoff->set_connection(osd);
    objecter_->FastDispatch(std::move(backoff));
  }
};

TEST_F(ObjecterTest, SendsToThePrimaryWithItsPlacementGroupAndTheMapsEpoch) {
  PublishFull();
  const std::string oid = ObjectOn(1);
  Submit(oid, AWrite());
  const auto sent = SentTo(1);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0]->pg.pg, map_.ObjectToPg(kPool, oid).value());
  EXPECT_EQ(sent[0]->raw_hash, map_.ObjectToRawPg(kPool, oid)->ps);
  EXPECT_EQ(sent[0]->map_epoch, map_.epoch);
  EXPECT_EQ(sent[0]->flags, 0x400024u);
  EXPECT_EQ(sent[0]->retry_attempt, 0);
  EXPECT_EQ(sent[0]->priority(), 63);
  EXPECT_EQ(sent[0]->mtime, clock_.Now());
  Reply(Osd(1), *sent[0], 0);
  EXPECT_EQ(results_, std::vector<int32_t>{0});
  EXPECT_EQ(objecter_->operations_under_way(), 0u);
}

TEST_F(ObjecterTest, HoldsOperationsUntilTheFirstMap) {
  const std::string oid = ObjectOn(0);
  Submit(oid, ARead());
  EXPECT_EQ(SentTo(0).size(), 0u);
  PublishFull();
  EXPECT_EQ(SentTo(0).size(), 1u);
}

TEST_F(ObjecterTest, ResendsInOrderWithTheRetryFlagWhenAConnectionIsLost) {
  PublishFull();
  const std::string oid = ObjectOn(0);
  Submit(oid, AWrite());
  Submit(oid, ARead());
  const auto first = Osd(0);
  const auto before = SentTo(0);
  ASSERT_EQ(before.size(), 2u);
  EXPECT_TRUE(objecter_->HandleReset(first));
  timer_.Advance(absl::ZeroDuration());
  ASSERT_NE(Osd(0), first);
  const auto again = SentTo(0);
  ASSERT_EQ(again.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again[i]->tid(), before[i]->tid());
    EXPECT_EQ(again[i]->retry_attempt, 1);
    EXPECT_NE(again[i]->flags & rados::kRequestRetry, 0u);
  }
  // An answer that comes over the old connection, or to the first attempt, is late.
  Reply(first, *again[0], 0);
  Reply(Osd(0), *before[0], 0);
  EXPECT_TRUE(results_.empty());
  Reply(Osd(0), *again[0], 0);
  Reply(Osd(0), *again[1], -ENOENT);
  EXPECT_EQ(results_, (std::vector<int32_t>{0, -ENOENT}));
}

TEST_F(ObjecterTest, WaitsLongerEachTimeThatAConnectionIsLostWithoutAnAnswer) {
  PublishFull();
  Submit(ObjectOn(0), AWrite());
  objecter_->HandleReset(Osd(0));
  timer_.Advance(absl::ZeroDuration());
  const size_t dialled = messenger_.dialled.size();
  objecter_->HandleReset(Osd(0));
  timer_.Advance(absl::Milliseconds(49));
  EXPECT_EQ(messenger_.dialled.size(), dialled);
  timer_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(messenger_.dialled.size(), dialled + 1);
  objecter_->HandleReset(Osd(0));
  timer_.Advance(absl::Milliseconds(99));
  EXPECT_EQ(messenger_.dialled.size(), dialled + 1);
  timer_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(messenger_.dialled.size(), dialled + 2);
}

TEST_F(ObjecterTest, MovesToTheOsdThatTakesOverWhenOneGoesDown) {
  PublishFull();
  const std::string oid = ObjectOn(0);
  Submit(oid, AWrite());
  const auto old = Osd(0);
  const auto before = SentTo(0);
  Publish([](rados::OsdMapIncremental& next) {
    next.ToggleState(0, rados::kOsdUp);
    next.new_weight[0] = 0;
  });
  ASSERT_EQ(PrimaryOf(oid), 1);
  EXPECT_TRUE(old->is_down());
  const auto again = SentTo(1);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0]->tid(), before[0]->tid());
  EXPECT_EQ(again[0]->map_epoch, map_.epoch);
  EXPECT_EQ(again[0]->retry_attempt, 1);
}

TEST_F(ObjecterTest, WaitsWhileNoOsdServesThePlacementGroup) {
  PublishFull();
  const std::string oid = ObjectOn(0);
  Publish([](rados::OsdMapIncremental& next) {
    next.ToggleState(0, rados::kOsdUp);
    next.ToggleState(1, rados::kOsdUp);
  });
  Submit(oid, AWrite());
  EXPECT_EQ(messenger_.dialled.size(), 1u);  // the monitor
  Publish([](rados::OsdMapIncremental& next) {
    next.new_up_client[0] = EntityAddrVec::Parse("v1:127.0.0.1:18017/77").value();
    next.new_hb_back_up[0] = next.new_hb_front_up[0] = next.new_up_cluster[0] =
        next.new_up_client[0];
    next.new_weight[1] = 0;
  });
  EXPECT_EQ(SentTo(0).size(), 1u);
  EXPECT_EQ(Osd(0)->peer_addr().ToString(), "v1:127.0.0.1:18017/77");
}

TEST_F(ObjecterTest, AMapThatMovesNothingResendsNothing) {
  PublishFull();
  Submit(ObjectOn(0), AWrite());
  SentTo(0);
  Publish([](rados::OsdMapIncremental&) {});
  EXPECT_EQ(SentTo(0).size(), 0u);
}

TEST_F(ObjecterTest, ResendsAfterTheRangeOfABackoffIsFreed) {
  PublishFull();
  const std::string oid = ObjectOn(0);
  Submit(oid, AWrite());
  const auto sent = SentTo(0);
  Backoff(Osd(0), *sent[0], rados::MOsdBackoff::kBlock);
  auto acks = Osd(0)->TakeSentOf<rados::MOsdBackoff>();
  ASSERT_EQ(acks.size(), 1u);
  EXPECT_EQ(acks[0]->op, rados::MOsdBackoff::kAckBlock);
  EXPECT_EQ(acks[0]->id, 9u);
  Submit(oid, ARead());
  EXPECT_EQ(SentTo(0).size(), 0u);
  Backoff(Osd(0), *sent[0], rados::MOsdBackoff::kUnblock);
  const auto again = SentTo(0);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0]->retry_attempt, 1);
  EXPECT_EQ(again[1]->retry_attempt, 0);
}

TEST_F(ObjecterTest, FailsForAPoolThatIsInNoMapOnlyOnceAMonitorConfirmsIt) {
  PublishFull();
  Submit("a", AWrite(), /*pool=*/77);
  EXPECT_TRUE(results_.empty());
  AnswerGetVersion(map_.epoch + 1);
  EXPECT_TRUE(results_.empty());  // a newer map exists, and may have it
  Publish([](rados::OsdMapIncremental&) {});
  EXPECT_EQ(results_, std::vector<int32_t>{-ENOENT});
}

TEST_F(ObjecterTest, FindsAPoolInTheMapThatItWaitedFor) {
  PublishFull();
  Submit("a", AWrite(), /*pool=*/77);
  AnswerGetVersion(map_.epoch + 1);
  Publish([this](rados::OsdMapIncremental& next) {
    next.new_pools[77] = map_.pools.at(kPool);
    next.new_pool_names[77] = "new";
    next.new_pool_max = 77;
  });
  EXPECT_TRUE(results_.empty());
  EXPECT_EQ(SentTo(0).size() + SentTo(1).size(), 1u);
}

TEST_F(ObjecterTest, HoldsWritesButNotReadsWhileTheMapPausesThem) {
  PublishFull();
  Publish([this](rados::OsdMapIncremental& next) {
    next.new_flags = static_cast<int32_t>(map_.flags | rados::OsdMap::kPauseWrite);
  });
  Submit(ObjectOn(0), AWrite());
  Submit(ObjectOn(0), ARead());
  auto sent = SentTo(0);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0]->may_read());
  Publish([this](rados::OsdMapIncremental& next) {
    next.new_flags = static_cast<int32_t>(map_.flags & ~rados::OsdMap::kPauseWrite);
  });
  sent = SentTo(0);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0]->may_write());
}

TEST_F(ObjecterTest, HasNoMoreOperationsUnderWayThanAllowed) {
  ASSERT_TRUE(config_.Set("objecter_inflight_ops", "2").ok());
  PublishFull();
  const std::string oid = ObjectOn(0);
  for (int i = 0; i < 4; ++i) Submit(oid, ARead());
  auto sent = SentTo(0);
  ASSERT_EQ(sent.size(), 2u);
  Reply(Osd(0), *sent[0], 0);
  EXPECT_EQ(SentTo(0).size(), 1u);
}

TEST_F(ObjecterTest, HasNoMoreBytesUnderWayThanAllowedButSendsAnyAlone) {
  ASSERT_TRUE(config_.Set("objecter_inflight_op_bytes", "1").ok());
  PublishFull();
  const std::string oid = ObjectOn(0);
  Submit(oid, ObjectOperation().Append(BufferList::CopyOf("more than one")));
  Submit(oid, ObjectOperation().Append(BufferList::CopyOf("more than one")));
  auto sent = SentTo(0);
  ASSERT_EQ(sent.size(), 1u);
  Reply(Osd(0), *sent[0], 0);
  EXPECT_EQ(SentTo(0).size(), 1u);
}

TEST_F(ObjecterTest, FailsAnOperationWhoseTimeIsOver) {
  ASSERT_TRUE(config_.Set("rados_osd_op_timeout", "3").ok());
  PublishFull();
  Submit(ObjectOn(0), AWrite());
  const auto sent = SentTo(0);
  timer_.Advance(absl::Seconds(3));
  EXPECT_EQ(results_, std::vector<int32_t>{-ETIMEDOUT});
  Reply(Osd(0), *sent[0], 0);  // late
  EXPECT_EQ(results_.size(), 1u);
}

TEST_F(ObjecterTest, CancelsWhatIsUnderWayAtShutdown) {
  PublishFull();
  Submit(ObjectOn(0), AWrite());
  Submit("a", AWrite(), /*pool=*/77);
  objecter_->Shutdown();
  EXPECT_EQ(results_, (std::vector<int32_t>{-ECANCELED, -ECANCELED}));
  EXPECT_TRUE(Osd(0)->is_down());
  Submit(ObjectOn(0), AWrite());
  EXPECT_EQ(results_.size(), 3u);
}

TEST_F(ObjecterTest, FollowsARedirectToAnotherObject) {
  PublishFull();
  const std::string from = ObjectOn(0), to = ObjectOn(1);
  Submit(from, ARead());
  const auto sent = SentTo(0);
  auto reply = std::make_unique<rados::MOsdOpReply>();
  reply->set_tid(sent[0]->tid());
  reply->retry_attempt = 0;
  reply->redirect = rados::MOsdOpReply::Redirect{};
  reply->redirect->locator.pool = kPool;
  reply->redirect->object = to;
  reply->set_connection(Osd(0));
  objecter_->FastDispatch(std::move(reply));
  const auto redirected = SentTo(1);
  ASSERT_EQ(redirected.size(), 1u);
  EXPECT_EQ(redirected[0]->oid, to);
}

TEST_F(ObjecterTest, AsksForAFullMapWhenTheOnesThatCameDoNotFollow) {
  PublishFull();
  mon().TakeSent();
  auto message = std::make_unique<rados::MOsdMap>();
  message->fsid = map_.fsid;
  message->incrementals[map_.epoch + 5] = BufferList::CopyOf("not looked at");
  FromMon(std::move(message));
  const auto asked = mon().TakeSentOf<rados::MMonSubscribe>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0]->what.at("osdmap").start, 0u);
  EXPECT_EQ(objecter_->map()->epoch, map_.epoch);
}

TEST_F(ObjecterTest, WaitsForAMapAsNewAsTheMonitors) {
  PublishFull();
  int called = 0;
  objecter_->WaitForLatestMap([&](absl::Status status) {
    EXPECT_TRUE(status.ok());
    ++called;
  });
  AnswerGetVersion(map_.epoch + 1);
  EXPECT_EQ(called, 0);
  Publish([](rados::OsdMapIncremental&) {});
  EXPECT_EQ(called, 1);
}

}  // namespace
}  // namespace siphon::client
