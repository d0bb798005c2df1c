#include "services/osd/op_service.h"

#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/config.h"
#include "base/encoder.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/features.h"
#include "services/osd/op_tracker.h"
#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/remote_objects.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/test_map.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/object_hash.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::osd {
namespace {

using rados::MOsdMap;
using rados::MOsdOp;
using rados::MOsdOpReply;
using rados::OsdOp;

// Objects elsewhere, which answer when the test says so.
class FakeRemoteObjects final : public RemoteObjects {
 public:
  void Read(const std::string& oid, const rados::ObjectLocator& locator, uint64_t snap,
            std::vector<OsdOp> ops, Done done) override {
    asked.push_back(oid);
    ops_ = std::move(ops);
    done_ = std::move(done);
  }
  // All answers the same: empty maps, and `data` for a read.
  void Reply(int32_t result, const std::string& data) {
    Answer answer;
    answer.result = result;
    answer.user_version = 77;
    for (OsdOp& op : ops_) {
      Encoder e(&op.out);
      if (op.code == rados::kOpRead) e.Raw(data);
      if (op.code == rados::kOpGetXattrs || op.code == rados::kOpOmapGetVals) e.U32(0);
      if (op.code == rados::kOpOmapGetVals) e.Bool(false);
    }
    answer.ops = std::move(ops_);
    std::exchange(done_, nullptr)(std::move(answer));
  }

  std::vector<std::string> asked;

 private:
  std::vector<OsdOp> ops_;
  Done done_;
};

// Says that large reads wait, and keeps the first who asks for durability waiting.
class WaitingStore : public MemStore {
 public:
  void WhenDurable(Done done) override {
    if (!asked_.exchange(true)) go.WaitForNotification();
    MemStore::WhenDurable(std::move(done));
  }
  bool LargeReadsWait() const override { return true; }

  Notification go;

 private:
  std::atomic<bool> asked_{false};
};

class OpServiceTest : public ::testing::Test {
 protected:
  OpServiceTest() { Publish(MakeTestMap(5, 1)); }

  void Publish(const rados::OsdMap& map) {
    ASSERT_TRUE(maps_.Update(*MapMessage(map)).ok());
    service_.OnMapChange();
  }
  static std::shared_ptr<FakeConnection> NewClient(uint64_t id) {
    return std::make_shared<FakeConnection>(nullptr, id,
                                            EntityName{kEntityClient, static_cast<int64_t>(id)},
                                            EntityAddrVec::Parse("v1:10.0.0.9:0/77").value());
  }
  // Appends `text` to "object", as placed by map `epoch`.
  void Append(const std::shared_ptr<FakeConnection>& from, const std::string& text,
              uint32_t epoch) {
    service_.FastDispatch(MakeAppend(from, text, epoch));
  }
  std::unique_ptr<MOsdOp> MakeAppend(const std::shared_ptr<FakeConnection>& from,
                                     const std::string& text, uint32_t epoch) {
    auto op = std::make_unique<MOsdOp>();
    op->set_connection(from);
    op->mutable_header().src = from->peer_name();
    op->set_tid(++tid_);
    op->oid = "object";
    op->raw_hash = rados::ObjectHash("object");
    op->pg.pg = {static_cast<uint64_t>(kTestPool), op->raw_hash % kTestPgNum};
    op->locator.pool = kTestPool;
    op->map_epoch = epoch;
    op->flags = rados::kRequestWrite | rados::kRequestOnDisk;
    OsdOp append;
    append.code = rados::kOpAppend;
    append.in = BufferList::CopyOf(text);
    OsdOp::Extent extent;
    extent.length = text.size();
    append.Set(extent);
    op->ops.push_back(append);
    return op;
  }

  MemStore store_;
  MapKeeper maps_;
  PgTable pgs_{&store_, 0, PgEnvironment()};
  Config config_;
  FakeClock clock_;
  OpTracker tracker_{&config_, &clock_};
  FakeRemoteObjects remote_;
  ObjectCopier copier_{&remote_};
  OpService service_{{.maps = &maps_, .pgs = &pgs_, .tracker = &tracker_, .copier = &copier_}};
  std::shared_ptr<FakeConnection> client_ = NewClient(1);
  uint64_t tid_ = 0;
};

TEST_F(OpServiceTest, AnswersOnTheConnectionThatAsked) {
  Append(client_, "abc", 5);
  const auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->result, 0);
  EXPECT_EQ(replies[0]->tid(), 1u);
  EXPECT_EQ(replies[0]->map_epoch, 5u);
  EXPECT_EQ(service_.served(), 1u);
}

TEST_F(OpServiceTest, RefusesWhatTheClientsCapabilitiesDoNotAllow) {
  auto reader = std::make_shared<PeerIdentity>();
  reader->entity = "client.reader";
  reader->caps = "allow r";
  client_->set_peer_identity(std::move(reader));
  Append(client_, "abc", 5);
  const auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->result, -EPERM);
  EXPECT_EQ(service_.served(), 0u);
}

TEST_F(OpServiceTest, ARequestByANewerMapWaitsAndTheNextOnesWithIt) {
  const auto other = NewClient(2);
  Append(client_, "first", 6);
  Append(client_, "second", 5);
  Append(other, "other", 5);
  EXPECT_EQ(service_.waiting(), 2u);
  EXPECT_TRUE(client_->TakeSent().empty());
  EXPECT_EQ(other->TakeSentOf<MOsdOpReply>().size(), 1u);
  Publish(MakeTestMap(6, 1));
  const auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0]->tid(), 1u);
  EXPECT_EQ(replies[1]->tid(), 2u);
  EXPECT_EQ(service_.waiting(), 0u);
  Append(client_, "later", 6);
  EXPECT_EQ(client_->TakeSentOf<MOsdOpReply>().size(), 1u);
}

TEST_F(OpServiceTest, DropsWhatAnotherOsdLeads) {
  rados::OsdMap map = MakeTestMap(6, 2);
  for (auto& [pg, osds] : map.pg_temp) osds = {1};
  Publish(map);
  Append(client_, "abc", 6);
  EXPECT_TRUE(client_->TakeSent().empty());
  EXPECT_EQ(service_.dropped(), 1u);
  EXPECT_TRUE(store_.ListCollections().empty());
}

// Clients ask any copy if they are told to; what they get is never what a copy may have missed.
TEST_F(OpServiceTest, AReadThatAnyCopyMayServeIsSentOnToTheOneThatLeads) {
  const auto read = [&](uint32_t flags, uint32_t epoch) {
    auto op = MakeAppend(client_, "", epoch);
    op->ops[0].code = rados::kOpRead;
    op->flags = flags;
    service_.FastDispatch(std::move(op));
    return client_->TakeSentOf<MOsdOpReply>();
  };
  constexpr uint32_t kRead = rados::kRequestRead;
  Append(client_, "abc", 5);
  client_->TakeSent();
  for (const uint32_t flag : {rados::kRequestBalanceReads, rados::kRequestLocalizeReads}) {
    const auto served = read(kRead | flag, 5);
    ASSERT_EQ(served.size(), 1u);
    EXPECT_EQ(served[0]->result, 0) << "it leads";
  }
  rados::OsdMap map = MakeTestMap(6, 2);
  map.pools[kTestPool].size = 2;
  for (auto& [pg, osds] : map.pg_temp) osds = {1, 0};
  Publish(map);
  for (const uint32_t flag : {rados::kRequestBalanceReads, rados::kRequestLocalizeReads}) {
    const auto sent_on = read(kRead | flag, 6);
    ASSERT_EQ(sent_on.size(), 1u);
    EXPECT_EQ(sent_on[0]->result, -EAGAIN);
    EXPECT_TRUE(read(kRead | rados::kRequestWrite | flag, 6).empty()) << "not a write";
  }
  EXPECT_TRUE(read(kRead, 6).empty()) << "it asked for the one that leads";
  map.epoch = 7;
  for (auto& [pg, osds] : map.pg_temp) osds = {1};
  Publish(map);
  EXPECT_TRUE(read(kRead | rados::kRequestBalanceReads, 7).empty()) << "no copy either";
}

// What the cluster's flag does to a request is the group's matter; it is to hear of it.
TEST_F(OpServiceTest, AFullClusterTakesNoMore) {
  rados::OsdMap map = MakeTestMap(6, 1);
  map.flags |= rados::OsdMap::kFull;
  Publish(map);
  Append(client_, "abc", 6);
  EXPECT_TRUE(client_->TakeSent().empty());
  auto op = MakeAppend(client_, "abc", 6);
  op->flags |= rados::kRequestFullTry;
  service_.FastDispatch(std::move(op));
  const auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->result, -ENOSPC);
}

TEST_F(OpServiceTest, DropsARequestForAPoolOrGroupThatIsNot) {
  auto op = MakeAppend(client_, "abc", 5);
  op->pg.pg.pool = 9;
  service_.FastDispatch(std::move(op));
  op = MakeAppend(client_, "abc", 5);
  op->pg.pg.ps = kTestPgNum + 3;
  service_.FastDispatch(std::move(op));
  op = MakeAppend(client_, "abc", 5);
  op->pg.pg.ps = (op->pg.pg.ps + 1) % kTestPgNum;
  service_.FastDispatch(std::move(op));
  EXPECT_TRUE(client_->TakeSent().empty());
  EXPECT_EQ(service_.dropped(), 3u);
}

TEST_F(OpServiceTest, AClientWithAnOldMapIsSentTheNewOneOnce) {
  Append(client_, "a", 4);
  Append(client_, "b", 4);
  EXPECT_EQ(client_->TakeSentOf<MOsdMap>().size(), 1u);
  Publish(MakeTestMap(7, 1));
  Append(client_, "c", 4);
  const auto maps = client_->TakeSentOf<MOsdMap>();
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_EQ(maps[0]->last_epoch(), 7u);
}

TEST_F(OpServiceTest, ABlocklistedClientIsRefused) {
  rados::OsdMap map = MakeTestMap(6, 1);
  map.blocklist[client_->peer_addr()] = absl::FromUnixSeconds(2'000'000'000);
  Publish(map);
  Append(client_, "abc", 6);
  const auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->result, -ESHUTDOWN);
}

TEST_F(OpServiceTest, TooManyWaitersAreDisconnected) {
  for (size_t i = 0; i < OpService::kMaxWaiting; ++i) Append(client_, "a", 6);
  EXPECT_FALSE(client_->is_down());
  const auto late = NewClient(2);
  Append(late, "b", 6);
  EXPECT_TRUE(late->is_down());
  EXPECT_EQ(service_.waiting(), OpService::kMaxWaiting);
}

TEST_F(OpServiceTest, ADeletedPoolsObjectsGo) {
  Append(client_, "abc", 5);
  EXPECT_EQ(store_.GetUsage().objects, 1u);
  rados::OsdMap map = MakeTestMap(6, 1);
  map.pools.clear();
  map.pool_names.clear();
  map.pg_temp.clear();
  Publish(map);
  pgs_.DropDeletedPools(*maps_.current());
  EXPECT_EQ(store_.GetUsage().objects, 0u);
  EXPECT_EQ(pgs_.size(), 0u);
}

TEST_F(OpServiceTest, PausedRequestsWaitAndTheNextOnesWithThem) {
  rados::OsdMap map = MakeTestMap(6, 1);
  map.flags |= rados::OsdMap::kPauseWrite;
  Publish(map);
  Append(client_, "abc", 6);
  auto read = MakeAppend(client_, "", 6);
  read->flags = rados::kRequestRead;
  read->ops[0].code = rados::kOpRead;
  service_.FastDispatch(std::move(read));
  EXPECT_TRUE(client_->TakeSent().empty());
  EXPECT_EQ(tracker_.in_flight(), 2u);
  Publish(MakeTestMap(7, 1));
  const auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[1]->ops[0].out, "abc");
  EXPECT_EQ(tracker_.in_flight(), 0u);
}

TEST_F(OpServiceTest, WhileReadsArePausedWritesGoOn) {
  rados::OsdMap map = MakeTestMap(6, 1);
  map.flags |= rados::OsdMap::kPauseRead;
  Publish(map);
  const auto other = NewClient(2);
  auto read = MakeAppend(other, "", 6);
  read->flags = rados::kRequestRead;
  read->ops[0].code = rados::kOpRead;
  service_.FastDispatch(std::move(read));
  Append(client_, "abc", 6);
  EXPECT_EQ(client_->TakeSentOf<MOsdOpReply>().size(), 1u);
  EXPECT_TRUE(other->TakeSent().empty());
  Publish(MakeTestMap(7, 1));
  const auto replies = other->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->ops[0].out, "abc");
}

TEST_F(OpServiceTest, ALargeReadLeavesTheWorkerAndWhatComesBehindItKeepsItsPlace) {
  WaitingStore store;
  PgTable pgs(&store, 0, PgEnvironment());
  std::vector<uint64_t> answered;
  Notification both;
  client_->set_on_send([&](MessagePtr message) {
    answered.push_back(message->tid());
    if (answered.size() == 2) both.Notify();
  });
  OpService service(
      {.maps = &maps_, .pgs = &pgs, .tracker = &tracker_, .copier = &copier_, .shards = 2});
  auto read = MakeAppend(client_, "", 5);
  read->flags = rados::kRequestRead;
  read->ops[0].code = rados::kOpRead;
  OsdOp::Extent extent;
  extent.length = 1 << 20;
  read->ops[0].Set(extent);
  service.FastDispatch(std::move(read));
  service.FastDispatch(MakeAppend(client_, "behind", 5));
  store.go.Notify();
  both.WaitForNotification();
  EXPECT_EQ(answered, (std::vector<uint64_t>{1, 2}));
}

TEST_F(OpServiceTest, ACopyIsFetchedWhileTheClientsNextRequestsWait) {
  const auto other = NewClient(2);
  auto copy = MakeAppend(client_, "", 5);
  copy->ops[0] = OsdOp();
  copy->ops[0].code = rados::kOpCopyFrom;
  copy->ops[0].Set(OsdOp::CopyFrom{rados::kSnapHead, 0, 0, 0});
  Encoder e(&copy->ops[0].in);
  e.String("source");
  copy->locator.Encode(e);
  service_.FastDispatch(std::move(copy));
  Append(client_, "!", 5);
  Append(other, "?", 5);
  EXPECT_TRUE(client_->TakeSent().empty());
  EXPECT_EQ(other->TakeSentOf<MOsdOpReply>().size(), 1u);
  ASSERT_EQ(remote_.asked, std::vector<std::string>{"source"});
  remote_.Reply(0, "copied");
  auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0]->result, 0);
  EXPECT_EQ(replies[0]->user_version, 77u) << "the source's";
  auto read = MakeAppend(client_, "", 5);
  read->flags = rados::kRequestRead;
  read->ops[0].code = rados::kOpRead;
  service_.FastDispatch(std::move(read));
  replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->ops[0].out, "copied!");
  EXPECT_EQ(service_.waiting(), 0u);
}

TEST_F(OpServiceTest, ACopyOfWhatIsNotThereFails) {
  auto copy = MakeAppend(client_, "", 5);
  copy->ops[0] = OsdOp();
  copy->ops[0].code = rados::kOpCopyFrom;
  copy->ops[0].Set(OsdOp::CopyFrom{rados::kSnapHead, 5, 0, 0});
  Encoder e(&copy->ops[0].in);
  e.String("source");
  copy->locator.Encode(e);
  service_.FastDispatch(std::move(copy));
  remote_.Reply(-ENOENT, "");
  auto replies = client_->TakeSentOf<MOsdOpReply>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->result, -ENOENT);
  EXPECT_EQ(store_.GetUsage().objects, 0u);
}

TEST_F(OpServiceTest, NothingRunsAfterShutdown) {
  Append(client_, "abc", 6);
  service_.Shutdown();
  EXPECT_EQ(service_.waiting(), 0u);
  Publish(MakeTestMap(6, 1));
  EXPECT_TRUE(client_->TakeSent().empty());
}

TEST_F(OpServiceTest, WhatAHeldGroupDroppedComesAgainWhenItIsReleased) {
  client_->set_features(kFeaturesSupported);
  const rados::PgId pg{static_cast<uint64_t>(kTestPool), rados::ObjectHash("object") % kTestPgNum};
  ASSERT_TRUE(service_.Hold(pg));
  Append(client_, "a", 5);
  Append(client_, "b", 5);
  const auto told = client_->TakeSentOf<rados::MOsdBackoff>();
  ASSERT_EQ(told.size(), 1u) << "and no answers";
  EXPECT_EQ(told[0]->op, rados::MOsdBackoff::kBlock);
  EXPECT_TRUE(told[0]->pg.pg == pg);
  ASSERT_TRUE(service_.Release(pg));
  EXPECT_FALSE(service_.Release(pg));
  Append(client_, "sent before it knew", 5);
  EXPECT_TRUE(client_->TakeSent().empty());

  auto ack = std::make_unique<rados::MOsdBackoff>();
  ack->set_connection(client_);
  ack->pg = told[0]->pg;
  ack->id = told[0]->id;
  ack->op = rados::MOsdBackoff::kAckBlock;
  service_.FastDispatch(std::move(ack));
  const auto unblock = client_->TakeSentOf<rados::MOsdBackoff>();
  ASSERT_EQ(unblock.size(), 1u);
  EXPECT_EQ(unblock[0]->op, rados::MOsdBackoff::kUnblock);
  EXPECT_EQ(unblock[0]->id, told[0]->id);
  Append(client_, "c", 5);
  EXPECT_EQ(client_->TakeSentOf<MOsdOpReply>().size(), 1u);
  EXPECT_EQ(service_.served(), 1u);
}

TEST_F(OpServiceTest, TheWordThatABackoffIsKnownDoesNotOvertakeRequests) {
  client_->set_features(kFeaturesSupported);
  const rados::PgId pg{static_cast<uint64_t>(kTestPool), rados::ObjectHash("object") % kTestPgNum};
  ASSERT_TRUE(service_.Hold(pg));
  Append(client_, "first", 5);
  const auto told = client_->TakeSentOf<rados::MOsdBackoff>();
  ASSERT_EQ(told.size(), 1u);
  Append(client_, "second", 6);  // waits for that map
  auto ack = std::make_unique<rados::MOsdBackoff>();
  ack->set_connection(client_);
  ack->pg = told[0]->pg;
  ack->id = told[0]->id;
  ack->op = rados::MOsdBackoff::kAckBlock;
  service_.FastDispatch(std::move(ack));
  ASSERT_TRUE(service_.Release(pg));
  EXPECT_TRUE(client_->TakeSent().empty()) << "it is let go before its second request was dropped";
  Publish(MakeTestMap(6, 1));
  EXPECT_EQ(client_->TakeSentOf<rados::MOsdBackoff>().size(), 1u) << "now it is let go";
  EXPECT_EQ(service_.served(), 0u);
  EXPECT_EQ(service_.waiting(), 0u);
  Append(client_, "first", 6);
  Append(client_, "second", 6);
  EXPECT_EQ(client_->TakeSentOf<MOsdOpReply>().size(), 2u);
}

TEST_F(OpServiceTest, AGroupThatMovesIsHeldNoMore) {
  client_->set_features(kFeaturesSupported);
  const rados::PgId pg{static_cast<uint64_t>(kTestPool), 1};
  ASSERT_TRUE(service_.Hold(pg));
  Publish(MakeTestMap(6, 2));  // osd.1 leads it now
  EXPECT_FALSE(service_.Release(pg));
}

}  // namespace
}  // namespace siphon::osd
