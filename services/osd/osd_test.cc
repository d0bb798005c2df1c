// An OSD's way into the map and out of it; the monitor is played by the test.
#include "services/osd/osd.h"

#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "base/config.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_name.h"
#include "msg/message_registry.h"
#include "msg/ping.h"
#include "net/network_stack.h"
#include "services/common/mon_client.h"
#include "services/common/mon_host.h"
#include "services/common/process_auth.h"
#include "services/common/start_network_stack.h"
#include "services/osd/osd_messengers.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/test_map.h"
#include "services/rados/messages/auth_reply.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_command_ack.h"
#include "services/rados/messages/mon_map.h"
#include "services/rados/messages/osd_alive.h"
#include "services/rados/messages/osd_beacon.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/messages/osd_mark_me_down.h"
#include "services/rados/messages/pg_stats.h"
#include "services/rados/mon_map.h"
#include "services/rados/pg_stat.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"
#include "testing/fakes/fake_messenger.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {
namespace {

using rados::MOsdBoot;
using State = Osd::State;

class OsdTest : public ::testing::Test {
 protected:
  static constexpr int32_t kWhoami = 1;

  OsdTest() : stack_(StartNetworkStack(config_).value()) {
    // Figures are reported when a test asks, not by the clock.
    EXPECT_TRUE(config_.Set("mgr_stats_period", "3600").ok());
    EXPECT_TRUE(config_.Set("osd_objectstore", "memstore", Config::Source::kCommandLine).ok());
    messengers_ = OsdMessengers::Create({.whoami = kWhoami,
                                         .nonce = 77,
                                         .stack = stack_.get(),
                                         .config = &config_,
                                         .registry = &registry_})
                      .value();
    const EntityAddr local = EntityAddr::Parse("v1:127.0.0.1:0/0").value();
    EXPECT_TRUE(messengers_->Bind(EntityAddrVec(local), EntityAddrVec(local)).ok());
    MonClient::Options mon;
    mon.messenger = &to_mon_;
    mon.config = &config_;
    mon.timer = &timer_;
    mon.clock = &clock_;
    mon.auth = auth_.get();
    mon_client_ = std::make_unique<MonClient>(mon);
    Osd::Options options;
    options.identity = OsdIdentity::Load("", kWhoami, RandomSource::Real()).value();
    uuid_ = options.identity.uuid;
    options.messengers = messengers_.get();
    options.mon_client = mon_client_.get();
    options.store = &store_;
    options.config = &config_;
    options.timer = &timer_;
    options.clock = &clock_;
    options.hostname = "node";
    options.on_active = [this] { ++active_; };
    options.on_fatal = [this](absl::Status why) { fatal_ = std::move(why); };
    osd_ = std::make_unique<Osd>(std::move(options));
    mon_client_->AddObserver(osd_.get());
    EXPECT_TRUE(mon_client_->Start(ParseMonHost("1.1.1.1:6789").value()).ok());
    osd_->Start();
    OpenMonSession();
  }
  ~OsdTest() override {
    osd_->Stop(absl::ZeroDuration());
    mon_client_->Shutdown();
    messengers_->Shutdown();
    messengers_->Wait();
    osd_.reset();
    messengers_.reset();
    stack_->Stop();
  }

  FakeConnection& mon() { return *to_mon_.dialled.back(); }
  void Deliver(MessagePtr message) {
    message->set_connection(to_mon_.dialled.back());
    message->mutable_header().src = {kEntityMon, 0};
    if (!mon_client_->Dispatch(message)) EXPECT_TRUE(osd_->Dispatch(message));
  }
  void OpenMonSession() {
    auto reply = std::make_unique<rados::MAuthReply>();
    reply->protocol = 1;
    reply->global_id = 4107;
    Deliver(std::move(reply));
    rados::MonMap map;
    map.epoch = 1;
    map.fsid = MakeTestMap(1, 1).fsid;
    map.Add("a", ParseMonHost("1.1.1.1:6789").value().front());
    auto message = std::make_unique<rados::MMonMap>();
    message->map = map.Encode();
    Deliver(std::move(message));
  }
  // The one command that waits, which is answered with `result`.
  std::string AnswerCommand(int result) {
    const auto commands = mon().TakeSentOf<rados::MMonCommand>();
    EXPECT_EQ(commands.size(), 1u);
    if (commands.empty()) return "";
    auto ack = std::make_unique<rados::MMonCommandAck>();
    ack->set_tid(commands[0]->tid());
    ack->result = result;
    Deliver(std::move(ack));
    return commands[0]->command.at(0);
  }
  // A map in which this OSD exists and is down.
  rados::OsdMap DownMap(uint32_t epoch) {
    rados::OsdMap map = MakeTestMap(epoch, 3);
    map.osd_state[kWhoami] = rados::kOsdExists;
    map.osd_uuid[kWhoami] = uuid_;
    return map;
  }
  rados::OsdMap UpMap(uint32_t epoch, uint32_t up_from) {
    rados::OsdMap map = MakeTestMap(epoch, 3);
    map.osd_uuid[kWhoami] = uuid_;
    map.client_addrs[kWhoami] = messengers_->public_messenger().addrs();
    map.osd_info[kWhoami].up_from = up_from;
    return map;
  }
  void BringUp() {
    Deliver(MapMessage(DownMap(5)));
    AnswerCommand(0);
    Deliver(MapMessage(UpMap(6, 6)));
    ASSERT_EQ(osd_->state(), State::kActive);
    mon().TakeSent();
  }

  struct WithoutKeys : Config {
    WithoutKeys() { EXPECT_TRUE(Set("auth_cluster_required", "none", Config::Source::kFile).ok()); }
  };
  WithoutKeys config_;
  const std::unique_ptr<ProcessAuth> auth_ =
      ProcessAuth::Create(&config_, AuthName{kEntityOsd, "1"}).value();
  FakeClock clock_;
  FakeTimer timer_{&clock_};
  MessageRegistry registry_;
  MemStore store_;
  FakeMessenger to_mon_{EntityName{kEntityOsd, kWhoami}};
  std::unique_ptr<NetworkStack> stack_;
  std::unique_ptr<OsdMessengers> messengers_;
  std::unique_ptr<MonClient> mon_client_;
  std::unique_ptr<Osd> osd_;
  rados::Uuid uuid_;
  int active_ = 0;
  absl::Status fatal_;
};

TEST_F(OsdTest, ANewOsdIsMadePlacedAndBooted) {
  mon().TakeSent();
  Deliver(MapMessage(MakeTestMap(4, 1)));  // has no osd.1
  const std::string made = AnswerCommand(0);
  EXPECT_TRUE(absl::StrContains(made, "\"osd new\"")) << made;
  EXPECT_TRUE(absl::StrContains(made, uuid_.ToString())) << made;
  const std::string placed = AnswerCommand(0);
  EXPECT_TRUE(absl::StrContains(placed, "\"osd crush create-or-move\"")) << placed;
  EXPECT_TRUE(absl::StrContains(placed, "\"host=node\", \"root=default\"")) << placed;
  const auto boots = mon().TakeSentOf<MOsdBoot>();
  ASSERT_EQ(boots.size(), 1u);
  EXPECT_EQ(boots[0]->superblock.whoami, kWhoami);
  EXPECT_EQ(boots[0]->superblock.osd_fsid, uuid_);
  EXPECT_EQ(boots[0]->superblock.cluster_fsid, MakeTestMap(1, 1).fsid);
  EXPECT_EQ(boots[0]->paxos.version, 4u);
  EXPECT_EQ(boots[0]->cluster_addrs, messengers_->cluster().addrs());
  EXPECT_EQ(boots[0]->hb_back_addrs, messengers_->hb_back_server().addrs());
  EXPECT_EQ(boots[0]->hb_front_addrs, messengers_->hb_front_server().addrs());
  EXPECT_EQ(active_, 0);
  Deliver(MapMessage(UpMap(7, 7)));
  EXPECT_EQ(osd_->state(), State::kActive);
  EXPECT_EQ(active_, 1);
}

TEST_F(OsdTest, AnOsdThatTheMapKnowsIsNotMadeAgain) {
  mon().TakeSent();
  Deliver(MapMessage(DownMap(5)));
  EXPECT_TRUE(absl::StrContains(AnswerCommand(0), "create-or-move"));
  EXPECT_EQ(mon().TakeSentOf<MOsdBoot>().size(), 1u);
}

TEST_F(OsdTest, ANumberThatBelongsToAnotherStoreIsFatal) {
  mon().TakeSent();
  Deliver(MapMessage(MakeTestMap(4, 3)));
  AnswerCommand(-EEXIST);
  EXPECT_EQ(fatal_.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(mon().TakeSent().empty());
}

TEST_F(OsdTest, AsksAgainWhatTheMonitorCouldNotDo) {
  mon().TakeSent();
  Deliver(MapMessage(MakeTestMap(4, 1)));
  AnswerCommand(-EAGAIN);
  EXPECT_TRUE(fatal_.ok());
  timer_.Advance(absl::Seconds(3));
  EXPECT_TRUE(absl::StrContains(AnswerCommand(0), "\"osd new\""));
}

TEST_F(OsdTest, MarkedDownWhileItLivesItBootsAgain) {
  BringUp();
  Deliver(MapMessage(DownMap(7)));
  EXPECT_EQ(osd_->state(), State::kBooting);
  auto boots = mon().TakeSentOf<MOsdBoot>();
  ASSERT_EQ(boots.size(), 1u);
  EXPECT_EQ(boots[0]->boot_epoch, 6u);
  // The monitor does not answer: it is asked again after a while.
  timer_.Advance(absl::Seconds(3));
  EXPECT_EQ(mon().TakeSentOf<MOsdBoot>().size(), 1u);
  Deliver(MapMessage(UpMap(8, 8)));
  EXPECT_EQ(osd_->state(), State::kActive);
  EXPECT_EQ(active_, 1);
}

TEST_F(OsdTest, UpAtAnotherAddressIsNotUp) {
  BringUp();
  Deliver(MapMessage(DownMap(7)));
  rados::OsdMap map = UpMap(8, 8);
  map.client_addrs[kWhoami] = EntityAddrVec::Parse("v1:127.0.0.1:1/1").value();
  Deliver(MapMessage(map));
  EXPECT_EQ(osd_->state(), State::kBooting);
}

TEST_F(OsdTest, ADaemonThatIsUpSendsBeacons) {
  ASSERT_TRUE(config_.Set("osd_beacon_report_interval", "10").ok());
  Deliver(MapMessage(DownMap(5)));
  AnswerCommand(0);
  Deliver(MapMessage(UpMap(6, 6)));
  EXPECT_EQ(mon().TakeSentOf<rados::MOsdBeacon>().size(), 1u);
  timer_.Advance(absl::Seconds(9));
  EXPECT_EQ(mon().TakeSentOf<rados::MOsdBeacon>().size(), 0u);
  timer_.Advance(absl::Seconds(2));
  const auto beacons = mon().TakeSentOf<rados::MOsdBeacon>();
  ASSERT_EQ(beacons.size(), 1u);
  EXPECT_EQ(beacons[0]->report_interval_seconds, 10u);
}

TEST_F(OsdTest, APingOfAClientIsTaken) {
  MessagePtr ping = std::make_unique<MPing>();
  EXPECT_TRUE(osd_->Dispatch(ping));
  EXPECT_EQ(ping, nullptr);
}

TEST_F(OsdTest, ReportsTheFiguresOfTheGroupsThatItLeads) {
  EXPECT_EQ(osd_->stats().SendNow(), 0u);  // nobody knows it yet
  BringUp();
  const uint64_t first = osd_->stats().SendNow();
  EXPECT_EQ(first >> 32, 6u);
  EXPECT_GT(osd_->stats().SendNow(), first);
  const auto reports = mon().TakeSentOf<rados::MPgStats>();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0]->fsid, MakeTestMap(1, 1).fsid);
  EXPECT_EQ(reports[0]->osd_stat.kb, 1 << 20);
  EXPECT_EQ(reports[0]->osd_stat.seq, first);
  ASSERT_EQ(reports[0]->pgs.size(), 3u);  // groups 1, 4 and 7 of eight, on three OSDs
  EXPECT_TRUE(reports[0]->pgs.contains({kTestPool, 4}));
  EXPECT_EQ(rados::PgStateText(reports[0]->pgs.begin()->second.state), "active+clean");
}

TEST_F(OsdTest, AsksToBeRecordedAsAliveOnce) {
  Deliver(MapMessage(DownMap(5)));
  AnswerCommand(0);
  Deliver(MapMessage(UpMap(6, 6)));
  Deliver(MapMessage(UpMap(7, 6)));
  const auto alive = mon().TakeSentOf<rados::MOsdAlive>();
  ASSERT_EQ(alive.size(), 1u);
  EXPECT_EQ(alive[0]->want_up_thru, 6u);
}

TEST_F(OsdTest, ReportsPeersThatFailAndThatComeBack) {
  BringUp();
  HeartbeatService::Failure failure;
  failure.osd = 2;
  failure.epoch = 6;
  failure.failed_for = absl::Seconds(21);
  osd_->OnPeerFailed(failure);
  osd_->OnPeerAlive(failure);
  const auto reports = mon().TakeSentOf<rados::MOsdFailure>();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_TRUE(reports[0]->failed());
  EXPECT_FALSE(reports[0]->immediate());
  EXPECT_EQ(reports[0]->target, 2);
  EXPECT_EQ(reports[0]->failed_for_seconds, 21);
  EXPECT_FALSE(reports[1]->failed());
}

TEST_F(OsdTest, AMapThatDoesNotFollowMakesItAskForAWholeOne) {
  BringUp();
  auto bad = std::make_unique<rados::MOsdMap>();
  bad->incrementals[9] = BufferList::CopyOf("rubbish");
  Deliver(std::move(bad));
  const auto commands = mon().TakeSentOf<rados::MMonCommand>();
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_TRUE(absl::StrContains(commands[0]->command.at(0), "osd getmap"));
  auto ack = std::make_unique<rados::MMonCommandAck>();
  ack->set_tid(commands[0]->tid());
  ack->mutable_data() = UpMap(9, 6).Encode();
  Deliver(std::move(ack));
  EXPECT_EQ(osd_->maps().epoch(), 9u);
}

TEST_F(OsdTest, AsksToBeMarkedDownAndWaitsForIt) {
  BringUp();
  std::thread stop([this] { osd_->Stop(absl::Seconds(30)); });
  std::vector<std::unique_ptr<rados::MOsdMarkMeDown>> asked;
  while (asked.empty()) {
    asked = mon().TakeSentOf<rados::MOsdMarkMeDown>();
    std::this_thread::yield();
  }
  EXPECT_EQ(asked[0]->target_osd, kWhoami);
  EXPECT_TRUE(asked[0]->request_ack);
  EXPECT_EQ(asked[0]->target_addrs, messengers_->public_messenger().addrs());
  // A map that has it down is not a reason to boot any more.
  Deliver(MapMessage(DownMap(7)));
  EXPECT_TRUE(mon().TakeSentOf<MOsdBoot>().empty());
  Deliver(std::make_unique<rados::MOsdMarkMeDown>());
  stop.join();
}

TEST_F(OsdTest, BelongsToOneCluster) {
  BringUp();
  rados::OsdMap foreign = UpMap(7, 6);
  foreign.fsid.bytes[0] = 0x99;
  Deliver(MapMessage(foreign));
  EXPECT_EQ(fatal_.code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace siphon::osd
