#include "services/osd/pg/watch_table.h"

#include <cerrno>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "gtest/gtest.h"
#include "msg/entity_type.h"
#include "services/rados/messages/watch_notify.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::MWatchNotify;
using Key = std::pair<uint64_t, uint64_t>;

struct Outcome {
  std::map<Key, std::string> replies;
  std::set<Key> missing;
};

Outcome Decode(const MWatchNotify& message) {
  Outcome outcome;
  Decoder d(message.data());
  for (uint32_t n = d.Count(20); n > 0; --n) {
    const uint64_t client = d.U64();
    const Key key{client, d.U64()};
    outcome.replies[key] = d.String();
  }
  for (uint32_t n = d.Count(16); n > 0; --n) {
    const uint64_t client = d.U64();
    outcome.missing.insert({client, d.U64()});
  }
  EXPECT_TRUE(d.ok());
  return outcome;
}

class WatchTableTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kTimeout = 30;

  WatchTableTest() { object_.oid = "object"; }

  static std::shared_ptr<FakeConnection> NewClient(int64_t num) {
    return std::make_shared<FakeConnection>(nullptr, static_cast<uint64_t>(num),
                                            EntityName{kEntityClient, num},
                                            EntityAddrVec::Parse("v1:10.0.0.9:0/77").value());
  }
  void Perform(const OpEffects& effects, const std::shared_ptr<FakeConnection>& by) {
    table_.Perform(object_, effects, by->peer_name(), by, 17);
  }
  WatchKey Watch(const std::shared_ptr<FakeConnection>& by, uint64_t cookie, bool pings = true) {
    const WatchKey key{cookie, by->peer_name()};
    OpEffects effects;
    effects.connects.push_back({key, {by->peer_addr(), kTimeout}, pings});
    Perform(effects, by);
    return key;
  }
  uint64_t Notify(const std::shared_ptr<FakeConnection>& by, const std::string& text) {
    OpEffects effects;
    effects.notifies.push_back({table_.NextNotifyId(3), 99, 10, BufferList::CopyOf(text)});
    Perform(effects, by);
    return effects.notifies[0].id;
  }
  void Ack(const std::shared_ptr<FakeConnection>& by, uint64_t id, uint64_t cookie,
           const std::string& text) {
    OpEffects effects;
    effects.acks.push_back({id, cookie, BufferList::CopyOf(text)});
    Perform(effects, by);
  }
  void Ping(const WatchKey& key, const std::shared_ptr<FakeConnection>& by) {
    OpEffects effects;
    effects.pings.push_back(key);
    Perform(effects, by);
  }

  HObject object_;
  FakeClock clock_;
  FakeTimer timer_{&clock_};
  std::vector<WatchKey> lapsed_;
  WatchTable table_{{.timer = &timer_,
                     .clock = &clock_,
                     .on_watch_due =
                         [this](const HObject& object, const WatchKey& key) {
                           if (!table_.OnDue(object, key)) return;
                           lapsed_.push_back(key);
                           table_.Remove(object, key, /*tell=*/true);
                         },
                     .on_notify_due = [this](uint64_t id) { table_.ExpireNotify(id); }}};
  std::shared_ptr<FakeConnection> watcher_ = NewClient(1);
  std::shared_ptr<FakeConnection> notifier_ = NewClient(2);
};

TEST_F(WatchTableTest, ANotifyCollectsTheAnswersOfAllWatchers) {
  const auto other = NewClient(3);
  Watch(watcher_, 5);
  Watch(other, 6);
  const uint64_t id = Notify(notifier_, "hello");
  const auto event = watcher_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(event.size(), 1u);
  EXPECT_EQ(event[0]->op, MWatchNotify::kNotify);
  EXPECT_EQ(event[0]->cookie, 5u);
  EXPECT_EQ(event[0]->version, 17u);
  EXPECT_EQ(event[0]->payload, "hello");
  EXPECT_EQ(event[0]->notifier_gid, 2u);
  Ack(watcher_, id, 5, "one");
  EXPECT_TRUE(notifier_->TakeSent().empty());
  Ack(other, id, 6, "two");
  const auto done = notifier_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0]->op, MWatchNotify::kNotifyComplete);
  EXPECT_EQ(done[0]->cookie, 99u);
  EXPECT_EQ(done[0]->notify_id, id);
  EXPECT_EQ(done[0]->result, 0);
  const Outcome outcome = Decode(*done[0]);
  EXPECT_EQ(outcome.replies, (std::map<Key, std::string>{{{1, 5}, "one"}, {{3, 6}, "two"}}));
  EXPECT_TRUE(outcome.missing.empty());
  EXPECT_EQ(table_.notifies(), 0u);
}

TEST_F(WatchTableTest, ANotifyWithoutWatchersEndsAtOnce) {
  Notify(notifier_, "hello");
  EXPECT_EQ(notifier_->TakeSentOf<MWatchNotify>().size(), 1u);
}

TEST_F(WatchTableTest, ALateNotifyNamesWhoIsMissing) {
  const auto other = NewClient(3);
  Watch(watcher_, 5);
  Watch(other, 6);
  const uint64_t id = Notify(notifier_, "hello");
  Ack(watcher_, id, 5, "one");
  timer_.Advance(absl::Seconds(9));
  EXPECT_TRUE(notifier_->TakeSent().empty());
  timer_.Advance(absl::Seconds(1));
  const auto done = notifier_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0]->result, -ETIMEDOUT);
  const Outcome outcome = Decode(*done[0]);
  EXPECT_EQ(outcome.replies.size(), 1u);
  EXPECT_EQ(outcome.missing, (std::set<Key>{{3, 6}}));
  Ack(other, id, 6, "late");
  EXPECT_TRUE(notifier_->TakeSent().empty());
}

TEST_F(WatchTableTest, ASilentWatchLapsesAndAPingKeepsIt) {
  const WatchKey key = Watch(watcher_, 5);
  timer_.Advance(absl::Seconds(20));
  Ping(key, watcher_);
  timer_.Advance(absl::Seconds(29));
  EXPECT_TRUE(lapsed_.empty());
  timer_.Advance(absl::Seconds(1));
  EXPECT_EQ(lapsed_, std::vector<WatchKey>{key});
  const auto told = watcher_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]->op, MWatchNotify::kDisconnect);
  EXPECT_EQ(told[0]->cookie, 5u);
  EXPECT_EQ(timer_.pending(), 0u);
}

TEST_F(WatchTableTest, AWatchWithoutPingsLivesAsLongAsItsConnection) {
  const WatchKey key = Watch(watcher_, 5, /*pings=*/false);
  timer_.Advance(absl::Seconds(1000));
  EXPECT_TRUE(lapsed_.empty());
  table_.OnReset(watcher_.get());
  EXPECT_FALSE(table_.IsConnected(object_, key));
  timer_.Advance(absl::Seconds(30));
  EXPECT_EQ(lapsed_.size(), 1u);
}

TEST_F(WatchTableTest, AWatcherThatComesBackIsToldAgain) {
  Watch(watcher_, 5);
  table_.OnReset(watcher_.get());
  const uint64_t id = Notify(notifier_, "hello");
  EXPECT_TRUE(watcher_->TakeSent().empty());
  const auto again = NewClient(1);
  Watch(again, 5);
  EXPECT_EQ(again->TakeSentOf<MWatchNotify>().size(), 1u);
  Ack(again, id, 5, "");
  EXPECT_EQ(notifier_->TakeSentOf<MWatchNotify>().size(), 1u);
}

TEST_F(WatchTableTest, ANotifyWaitsNoLongerForAWatchThatEnds) {
  const WatchKey key = Watch(watcher_, 5);
  Notify(notifier_, "hello");
  table_.Remove(object_, key, /*tell=*/false);
  const auto done = notifier_->TakeSentOf<MWatchNotify>();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_TRUE(Decode(*done[0]).missing.empty());
}

TEST_F(WatchTableTest, AKeptWatchWaitsForItsClient) {
  const WatchKey key{5, watcher_->peer_name()};
  table_.Populate(object_, {{key, {watcher_->peer_addr(), kTimeout}}});
  EXPECT_FALSE(table_.IsConnected(object_, key));
  timer_.Advance(absl::Seconds(29));
  Watch(watcher_, 5);
  EXPECT_TRUE(table_.IsConnected(object_, key));
  timer_.Advance(absl::Seconds(29));
  EXPECT_TRUE(lapsed_.empty());
  timer_.Advance(absl::Seconds(1));
  EXPECT_EQ(lapsed_.size(), 1u);
}

TEST_F(WatchTableTest, AnAnswerWithoutACookieCountsForAllWatchesOfTheClient) {
  Watch(watcher_, 5);
  Watch(watcher_, 6);
  OpEffects effects;
  effects.acks.push_back({Notify(notifier_, "x"), std::nullopt, {}});
  Perform(effects, watcher_);
  EXPECT_EQ(notifier_->TakeSentOf<MWatchNotify>().size(), 1u);
}

TEST_F(WatchTableTest, NothingComesAfterClear) {
  Watch(watcher_, 5);
  Notify(notifier_, "hello");
  table_.Clear();
  EXPECT_EQ(timer_.pending(), 0u);
  EXPECT_EQ(table_.watches() + table_.notifies(), 0u);
}

}  // namespace
}  // namespace siphon::osd
