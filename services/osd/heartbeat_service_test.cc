#include "services/osd/heartbeat_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/osd/heartbeat_peers.h"
#include "services/osd/test_map.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"
#include "testing/fakes/fake_messenger.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {
namespace {

using rados::MOsdPing;

class RecordingListener : public HeartbeatService::Listener {
 public:
  void OnPeerFailed(const HeartbeatService::Failure& failure) override {
    failed.push_back(failure);
  }
  void OnPeerAlive(const HeartbeatService::Failure& earlier) override { alive.push_back(earlier); }
  void OnToldDead(uint32_t peer_epoch) override { told_dead = peer_epoch; }
  std::vector<HeartbeatService::Failure> failed, alive;
  uint32_t told_dead = 0;
};

class HeartbeatServiceTest : public ::testing::Test {
 protected:
  HeartbeatServiceTest() {
    HeartbeatService::Options options;
    options.whoami = 0;
    options.back_client = &back_;
    options.front_client = &front_;
    options.config = &config_;
    options.timer = &timer_;
    options.listener = &listener_;
    options.clock = &clock_;
    service_ = std::make_unique<HeartbeatService>(options);
    Publish(MakeTestMap(5, 2));
    service_->Start();
  }
  void Publish(rados::OsdMap map) {
    service_->SetMap(std::make_shared<const rados::OsdMap>(std::move(map)));
  }
  // Lets `by` pass in steps, answering pings on the given sides.
  void Pass(absl::Duration by, bool answer_back, bool answer_front) {
    for (absl::Duration d; d < by; d += absl::Seconds(1)) {
      timer_.Advance(absl::Seconds(1));
      Answer(back_, answer_back);
      Answer(front_, answer_front);
    }
  }
  void Answer(FakeMessenger& side, bool answer) {
    for (const auto& connection : side.dialled) {
      for (const auto& ping : connection->TakeSentOf<MOsdPing>()) {
        ++pings_;
        if (!answer) continue;
        auto reply = std::make_unique<MOsdPing>();
        reply->op = MOsdPing::kPingReply;
        reply->ping_stamp = ping->ping_stamp;
        reply->set_connection(connection);
        service_->FastDispatch(std::move(reply));
      }
    }
  }

  FakeClock clock_;
  FakeTimer timer_{&clock_};
  Config config_;
  FakeMessenger back_{EntityName{kEntityOsd, 0}};
  FakeMessenger front_{EntityName{kEntityOsd, 0}};
  RecordingListener listener_;
  std::unique_ptr<HeartbeatService> service_;
  int pings_ = 0;
};

TEST_F(HeartbeatServiceTest, PingsEachPeerOnBothNetworksOverOneConnectionEach) {
  Pass(absl::Seconds(60), true, true);
  ASSERT_EQ(back_.dialled.size(), 1u);
  ASSERT_EQ(front_.dialled.size(), 1u);
  EXPECT_EQ(back_.dialled[0]->peer_addr().ToString(), "v1:10.0.0.1:1012/1");
  EXPECT_EQ(front_.dialled[0]->peer_addr().ToString(), "v1:10.0.0.1:1013/1");
  // Every 3 to 6 seconds, on two sides.
  EXPECT_GE(pings_, 2 * 9);
  EXPECT_LE(pings_, 2 * 21);
  EXPECT_TRUE(listener_.failed.empty());
}

TEST_F(HeartbeatServiceTest, ReportsOnceAPeerThatIsSilentOnOneNetworkForTheGrace) {
  Pass(absl::Seconds(30), true, true);
  Pass(absl::Seconds(19), true, false);
  EXPECT_TRUE(listener_.failed.empty());
  Pass(absl::Seconds(15), true, false);
  ASSERT_EQ(listener_.failed.size(), 1u);
  EXPECT_EQ(listener_.failed[0].osd, 1);
  EXPECT_EQ(listener_.failed[0].addrs.ToString(), "v1:10.0.0.1:1010/1");
  EXPECT_GE(listener_.failed[0].failed_for, absl::Seconds(20));
  EXPECT_FALSE(listener_.failed[0].immediate);
}

TEST_F(HeartbeatServiceTest, TakesTheReportBackWhenThePeerAnswersAgain) {
  Pass(absl::Seconds(40), false, false);
  ASSERT_EQ(listener_.failed.size(), 1u);
  Pass(absl::Seconds(10), true, true);
  ASSERT_EQ(listener_.alive.size(), 1u);
  EXPECT_EQ(listener_.alive[0].osd, 1);
  EXPECT_FALSE(service_->Peers().at(0).failed);
}

TEST_F(HeartbeatServiceTest, ANewMonitorIsToldAgain) {
  Pass(absl::Seconds(40), false, false);
  service_->ReportAgain();
  Pass(absl::Seconds(10), false, false);
  EXPECT_EQ(listener_.failed.size(), 2u);
}

TEST_F(HeartbeatServiceTest, APeerWhereNobodyListensIsReportedAtOnce) {
  Pass(absl::Seconds(7), true, true);
  service_->HandleRefused(back_.dialled.at(0));
  ASSERT_EQ(listener_.failed.size(), 1u);
  EXPECT_TRUE(listener_.failed[0].immediate);
  service_->HandleRefused(front_.dialled.at(0));
  EXPECT_EQ(listener_.failed.size(), 1u);
}

TEST_F(HeartbeatServiceTest, DialsAgainAfterAReset) {
  Pass(absl::Seconds(7), true, true);
  service_->HandleReset(back_.dialled.at(0));
  Pass(absl::Seconds(7), true, true);
  EXPECT_EQ(back_.dialled.size(), 2u);
  EXPECT_EQ(front_.dialled.size(), 1u);
}

TEST_F(HeartbeatServiceTest, LeavesAPeerThatTheMapHasDown) {
  Pass(absl::Seconds(7), true, true);
  rados::OsdMap map = MakeTestMap(6, 2);
  map.osd_state[1] = rados::kOsdExists;
  Publish(map);
  EXPECT_TRUE(back_.dialled.at(0)->is_down());
  EXPECT_TRUE(service_->Peers().empty());
  Pass(absl::Seconds(60), false, false);
  EXPECT_TRUE(listener_.failed.empty());
}

TEST_F(HeartbeatServiceTest, APeerThatCameUpAgainIsDialledAnew) {
  Pass(absl::Seconds(40), false, false);
  rados::OsdMap map = MakeTestMap(7, 2);
  map.osd_info[1].up_from = 7;
  Publish(map);
  Pass(absl::Seconds(7), true, true);
  EXPECT_EQ(back_.dialled.size(), 2u);
  EXPECT_FALSE(service_->Peers().at(0).failed);
}

TEST_F(HeartbeatServiceTest, AnswersPingsWithTheirStampsAndItsOwnEpoch) {
  auto ping = std::make_unique<MOsdPing>();
  ping->fsid = MakeTestMap(5, 2).fsid;
  ping->op = MOsdPing::kPing;
  ping->map_epoch = 5;
  ping->ping_stamp = absl::FromUnixSeconds(1234);
  ping->mono_ping_stamp = absl::Seconds(77);
  ping->mutable_header().src = {kEntityOsd, 1};
  const auto peer = std::make_shared<FakeConnection>(nullptr, 1, EntityName{kEntityOsd, 1},
                                                     EntityAddrVec(EntityAddr()));
  ping->set_connection(peer);
  service_->FastDispatch(std::move(ping));
  const auto replies = peer->TakeSentOf<MOsdPing>();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0]->op, MOsdPing::kPingReply);
  EXPECT_EQ(replies[0]->ping_stamp, absl::FromUnixSeconds(1234));
  EXPECT_EQ(replies[0]->mono_ping_stamp, absl::Seconds(77));
  EXPECT_EQ(replies[0]->up_from, 1u);
  EXPECT_EQ(replies[0]->padding, 1971u);
}

TEST_F(HeartbeatServiceTest, TellsAPeerWithAnOldMapThatItIsDown) {
  rados::OsdMap map = MakeTestMap(6, 2);
  map.osd_state[1] = rados::kOsdExists;
  Publish(map);
  auto ping = std::make_unique<MOsdPing>();
  ping->fsid = map.fsid;
  ping->op = MOsdPing::kPing;
  ping->map_epoch = 5;
  ping->mutable_header().src = {kEntityOsd, 1};
  const auto peer = std::make_shared<FakeConnection>(nullptr, 1, EntityName{kEntityOsd, 1},
                                                     EntityAddrVec(EntityAddr()));
  ping->set_connection(peer);
  service_->FastDispatch(std::move(ping));
  const auto replies = peer->TakeSentOf<MOsdPing>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[1]->op, MOsdPing::kYouDied);
}

TEST_F(HeartbeatServiceTest, IgnoresPingsOfAnotherCluster) {
  auto ping = std::make_unique<MOsdPing>();
  ping->op = MOsdPing::kPing;
  const auto peer = std::make_shared<FakeConnection>(nullptr, 1, EntityName{kEntityOsd, 1},
                                                     EntityAddrVec(EntityAddr()));
  ping->set_connection(peer);
  service_->FastDispatch(std::move(ping));
  EXPECT_TRUE(peer->TakeSent().empty());
}

TEST(ChooseHeartbeatPeersTest, TakesTheNearestOnBothSides) {
  EXPECT_EQ(ChooseHeartbeatPeers(MakeTestMap(1, 20), 5, 4), (std::vector<int32_t>{6, 4, 7, 3}));
  EXPECT_EQ(ChooseHeartbeatPeers(MakeTestMap(1, 3), 2, 10), (std::vector<int32_t>{0, 1}));
  EXPECT_TRUE(ChooseHeartbeatPeers(MakeTestMap(1, 1), 0, 10).empty());
  rados::OsdMap map = MakeTestMap(1, 4);
  map.osd_state[1] = rados::kOsdExists;
  EXPECT_EQ(ChooseHeartbeatPeers(map, 0, 10), (std::vector<int32_t>{2, 3}));
}

}  // namespace
}  // namespace siphon::osd
