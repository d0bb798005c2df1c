// Watches and notifications by requests; what the table does with them is tested there.
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/osd/pg/pg_fixture.h"
#include "services/rados/messages/watch_notify.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::osd {
namespace {

using rados::MWatchNotify;
using rados::OsdOp;

class PgWatchTest : public PgFixture {
 protected:
  static std::shared_ptr<FakeConnection> NewClient(int64_t num) {
    return std::make_shared<FakeConnection>(
        nullptr, static_cast<uint64_t>(num), EntityName{kEntityClient, num},
        EntityAddrVec::Parse("v1:10.0.0.9:0/" + std::to_string(num)).value());
  }
  static OsdOp WatchOp(uint8_t what, uint64_t cookie, uint32_t timeout = 0) {
    OsdOp op = Op(rados::kOpWatch);
    OsdOp::Watch watch;
    watch.cookie = cookie;
    watch.op = what;
    watch.timeout = timeout;
    op.Set(watch);
    return op;
  }
  static OsdOp NotifyOp(const std::string& payload) {
    OsdOp op = Op(rados::kOpNotify);
    Encoder e(&op.in);
    e.U32(1);
    e.U32(10);
    e.String(payload);
    return op;
  }
  static OsdOp AckOp(uint64_t notify_id, uint64_t cookie, const std::string& reply) {
    OsdOp op = Op(rados::kOpNotifyAck);
    Encoder e(&op.in);
    e.U64(notify_id);
    e.U64(cookie);
    e.String(reply);
    return op;
  }
  int32_t By(const std::shared_ptr<FakeConnection>& who, OsdOp op) {
    client_ = who->peer_name();
    connection_ = who;
    return Run({std::move(op)})->result;
  }
  std::vector<std::string> Watchers() {
    const auto reply = Run({Op(rados::kOpListWatchers)});
    std::vector<std::string> out;
    if (reply->result < 0) return out;
    Decoder d(reply->ops[0].out);
    Decoder::Versioned v(d, 1, "obj_list_watch_response_t");
    for (uint32_t n = d.Count(10); n > 0; --n) {
      Decoder::Versioned each(d, 2, "watch_item_t");
      const std::string client = EntityName::Decode(d).ToString();
      const uint64_t cookie = d.U64();
      const uint32_t timeout = d.U32();
      out.push_back(client + " " + std::to_string(cookie) + " " + std::to_string(timeout) + " " +
                    EntityAddr::Decode(d).ToString());
    }
    EXPECT_TRUE(d.ok());
    return out;
  }

  std::shared_ptr<FakeConnection> watcher_ = NewClient(1);
  std::shared_ptr<FakeConnection> other_ = NewClient(2);
};

TEST_F(PgWatchTest, AWatchIsListedUntilItEnds) {
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpWatch, 5)), -ENOENT);
  Run({WriteFull("x")});
  const uint64_t version = Run({Op(rados::kOpStat)})->user_version;
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpWatch, 5, 7)), 0);
  EXPECT_EQ(By(other_, WatchOp(rados::kWatchOpWatch, 5)), 0);
  EXPECT_EQ(Watchers(), (std::vector<std::string>{"client.1 5 7 v1:10.0.0.9:0/1",
                                                  "client.2 5 30 v1:10.0.0.9:0/2"}));
  EXPECT_EQ(Run({Op(rados::kOpStat)})->user_version, version) << "a watch is no new version";
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpUnwatch, 5)), 0);
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpUnwatch, 5)), 0);
  EXPECT_EQ(Watchers().size(), 1u);
}

TEST_F(PgWatchTest, ANotifyReachesTheWatcherAndItsAnswerTheNotifier) {
  Run({WriteFull("x")});
  By(watcher_, WatchOp(rados::kWatchOpWatch, 5));
  client_ = other_->peer_name();
  connection_ = other_;
  const auto reply = Run({NotifyOp("hello")});
  ASSERT_EQ(reply->result, 0);
  Decoder d(reply->ops[0].out);
  const uint64_t id = d.U64();
  const auto event = watcher_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(event.size(), 1u);
  EXPECT_EQ(event[0]->payload, "hello");
  EXPECT_EQ(event[0]->notify_id, id);
  EXPECT_EQ(By(watcher_, AckOp(id, 5, "fine")), 0);
  const auto done = other_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0]->op, MWatchNotify::kNotifyComplete);
}

TEST_F(PgWatchTest, APingNeedsAWatchThatIsConnected) {
  Run({WriteFull("x")});
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpPing, 5)), -ENOTCONN);
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpReconnect, 5)), -ENOTCONN);
  By(watcher_, WatchOp(rados::kWatchOpWatch, 5));
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpPing, 5)), 0);
  pg_->OnReset(watcher_.get());
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpPing, 5)), -ETIMEDOUT);
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpReconnect, 5)), 0);
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpPing, 5)), 0);
}

TEST_F(PgWatchTest, ASilentWatchLapsesAndIsNoLongerKept) {
  Run({WriteFull("x")});
  By(watcher_, WatchOp(rados::kWatchOpWatch, 5, 10));
  timer_.Advance(absl::Seconds(9));
  EXPECT_EQ(Watchers().size(), 1u);
  timer_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Watchers().empty());
  const auto told = watcher_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]->op, MWatchNotify::kDisconnect);
}

TEST_F(PgWatchTest, AWatchOutlivesARestart) {
  Run({WriteFull("x")});
  By(watcher_, WatchOp(rados::kWatchOpWatch, 5, 10));
  pg_ = Load();
  EXPECT_EQ(Watchers().size(), 1u);
  timer_.Advance(absl::Seconds(5));
  EXPECT_EQ(By(watcher_, WatchOp(rados::kWatchOpReconnect, 5, 10)), 0);
  timer_.Advance(absl::Seconds(6));
  EXPECT_EQ(Watchers().size(), 1u) << "the client came back in time";
  timer_.Advance(absl::Seconds(6));
  EXPECT_TRUE(Watchers().empty());
}

TEST_F(PgWatchTest, RemovingTheObjectEndsItsWatches) {
  Run({WriteFull("x")});
  By(watcher_, WatchOp(rados::kWatchOpWatch, 5));
  EXPECT_EQ(By(other_, Op(rados::kOpDelete)), 0);
  ASSERT_EQ(watcher_->TakeSentOf<MWatchNotify>().size(), 1u);
  EXPECT_EQ(timer_.pending(), 0u);
}

TEST_F(PgWatchTest, ABlockedClientLosesItsWatches) {
  Run({WriteFull("x")});
  By(watcher_, WatchOp(rados::kWatchOpWatch, 5));
  By(other_, WatchOp(rados::kWatchOpWatch, 6));
  pg_->DropWatches([](const EntityAddr& addr) { return addr.nonce() == 1; });
  EXPECT_EQ(Watchers().size(), 1u);
  EXPECT_EQ(watcher_->TakeSentOf<MWatchNotify>().size(), 1u);
  EXPECT_TRUE(other_->TakeSentOf<MWatchNotify>().empty());
}

TEST_F(PgWatchTest, NothingHappensWhenTheRequestFails) {
  Run({WriteFull("x")});
  client_ = watcher_->peer_name();
  connection_ = watcher_;
  EXPECT_EQ(Run({WatchOp(rados::kWatchOpWatch, 5), Op(0x2fff)})->result, -EOPNOTSUPP);
  EXPECT_TRUE(Watchers().empty());
  EXPECT_EQ(timer_.pending(), 0u);
}

}  // namespace
}  // namespace siphon::osd
