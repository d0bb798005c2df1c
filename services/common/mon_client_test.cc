#include "services/common/mon_client.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/config.h"
#include "base/encoder.h"
#include "base/random_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/crypto_key.h"
#include "services/common/mon_host.h"
#include "services/common/process_auth.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_get_version.h"
#include "services/rados/messages/mon_subscribe.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"
#include "testing/fakes/fake_messenger.h"
#include "testing/fakes/fake_timer.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class RecordingObserver final : public MonClient::Observer {
 public:
  void OnMonSession() override { ++sessions; }
  void OnMonMap(const rados::MonMap& map) override { monmap_epochs.push_back(map.epoch); }
  void OnConfig(const std::map<std::string, std::string>& options) override { config = options; }
  void OnOsdMap(const rados::MOsdMap& maps) override { osdmap_epochs.push_back(maps.last_epoch()); }
  int sessions = 0;
  std::vector<uint32_t> monmap_epochs, osdmap_epochs;
  std::map<std::string, std::string> config;
};

class MonClientTest : public ::testing::Test {
 protected:
  MonClientTest() {
    for (const char* option : {"auth_client_required", "auth_cluster_required"}) {
      EXPECT_TRUE(config_.Set(option, "none", Config::Source::kFile).ok());
    }
  }
  void Start(std::string_view mon_host, EntityType type = kEntityClient,
             const std::string& id = "admin") {
    options_.messenger = &messenger_;
    options_.config = &config_;
    options_.timer = &timer_;
    options_.clock = &clock_;
    auth_ = ProcessAuth::Create(&config_, AuthName{type, id}).value();
    options_.auth = auth_.get();
    client_ = std::make_unique<MonClient>(options_);
    client_->AddObserver(&observer_);
    ASSERT_TRUE(client_->Start(ParseMonHost(mon_host).value()).ok());
  }
  ~MonClientTest() override {
    if (client_) client_->Shutdown();
  }

  FakeConnection& mon() { return *messenger_.dialled.back(); }
  void Deliver(MessagePtr message) { DeliverFrom(messenger_.dialled.back(), std::move(message)); }
  void DeliverFrom(const ConnectionPtr& from, MessagePtr message) {
    message->set_connection(from);
    EXPECT_TRUE(client_->Dispatch(message));
    EXPECT_EQ(message, nullptr);
  }
  void AcceptAuth(uint64_t global_id = 4107) {
    auto reply = std::make_unique<rados::MAuthReply>();
    reply->protocol = kAuthNone;
    reply->global_id = global_id;
    Deliver(std::move(reply));
  }
  void GiveMonMap(uint32_t epoch, std::string_view mon_host) {
    rados::MonMap map;
    map.epoch = epoch;
    map.fsid.bytes[0] = 0x11;
    int n = 0;
    const std::vector<EntityAddrVec> monitors = ParseMonHost(mon_host).value();
    for (const EntityAddrVec& addrs : monitors) {
      map.Add(std::string(1, static_cast<char>('a' + n++)), addrs);
    }
    auto message = std::make_unique<rados::MMonMap>();
    message->map = map.Encode();
    Deliver(std::move(message));
  }
  void Open(std::string_view mon_host = "1.1.1.1:6789") {
    AcceptAuth();
    GiveMonMap(1, mon_host);
  }
  void Acknowledge(uint64_t tid, int result, std::string status, std::string_view data) {
    auto ack = std::make_unique<rados::MMonCommandAck>();
    ack->set_tid(tid);
    ack->result = result;
    ack->status = std::move(status);
    ack->mutable_data().Append(data);
    Deliver(std::move(ack));
  }

  FakeClock clock_;
  FakeTimer timer_{&clock_};
  Config config_;
  FakeMessenger messenger_{EntityName{kEntityClient, -1}};
  std::unique_ptr<ProcessAuth> auth_;
  RecordingObserver observer_;
  MonClient::Options options_;
  std::unique_ptr<MonClient> client_;
};

TEST_F(MonClientTest, BeginsWithTheAuthenticationThatCephSends) {
  Start("1.1.1.1:6789");
  const auto sent = mon().TakeSentOf<rados::MAuth>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0]->protocol, 0u);
  EXPECT_EQ(sent[0]->auth_payload.ToString(),
            std::string("\x01\x01\0\0\0\x01\0\0\0\x08\0\0\0\x05\0\0\0admin\0\0\0\0\0\0\0\0", 30));
}

TEST_F(MonClientTest, TakesItsNumberAndSubscribesOnceAuthenticated) {
  Start("1.1.1.1:6789");
  client_->Subscribe("osdmap", 0, false);
  EXPECT_TRUE(mon().TakeSentOf<rados::MMonSubscribe>().empty());
  AcceptAuth(4107);
  EXPECT_EQ(messenger_.entity().ToString(), "client.4107");
  EXPECT_EQ(auth_->global_id(), 4107u);
  const auto sent = mon().TakeSentOf<rados::MMonSubscribe>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0]->what.size(), 3u);
  EXPECT_TRUE(sent[0]->what.contains("osdmap"));
  EXPECT_TRUE(sent[0]->what.contains("monmap"));
  EXPECT_TRUE(sent[0]->what.contains("config"));
}

TEST_F(MonClientTest, ADaemonKeepsItsName) {
  messenger_.SetEntity(EntityName{kEntityOsd, 3});
  Start("1.1.1.1:6789", kEntityOsd, "3");
  AcceptAuth();
  EXPECT_EQ(messenger_.entity().ToString(), "osd.3");
}

TEST_F(MonClientTest, CommandsWaitForTheMonitorMapSoThatTheyCarryTheClustersFsid) {
  Start("1.1.1.1:6789");
  int result = 1;
  std::string output;
  client_->Command(R"({"prefix":"fsid"})", BufferList::CopyOf("in"),
                   [&](int r, std::string status, BufferList data) {
                     result = r;
                     output = status + "/" + data.ToString();
                   });
  AcceptAuth();
  EXPECT_TRUE(mon().TakeSentOf<rados::MMonCommand>().empty());
  EXPECT_EQ(observer_.sessions, 0);
  GiveMonMap(1, "1.1.1.1:6789");
  EXPECT_EQ(observer_.sessions, 1);
  const auto sent = mon().TakeSentOf<rados::MMonCommand>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0]->fsid.bytes[0], 0x11);
  EXPECT_EQ(sent[0]->command, std::vector<std::string>{R"({"prefix":"fsid"})"});
  EXPECT_EQ(sent[0]->data().ToString(), "in");
  Acknowledge(sent[0]->tid(), -2, "status", "out");
  EXPECT_EQ(result, -2);
  EXPECT_EQ(output, "status/out");
}

TEST_F(MonClientTest, AsksTheNextMonitorTheSameThingsWithTheSameTids) {
  Start("1.1.1.1:6789 2.2.2.2:6789");
  Open("1.1.1.1:6789 2.2.2.2:6789");
  int answers = 0;
  client_->Command("{}", BufferList(), [&](int, std::string, BufferList) { ++answers; });
  client_->GetVersion("osdmap", [&](absl::Status, uint64_t newest, uint64_t) {
    EXPECT_EQ(newest, 19u);
    ++answers;
  });
  client_->Subscribe("osdmap", 0, false);
  client_->GotMap("osdmap", 17);
  std::vector<MessagePtr> before = mon().TakeSent();
  const uint64_t tid = before[before.size() - 3]->tid();
  const ConnectionPtr first = messenger_.dialled.back();

  EXPECT_TRUE(client_->HandleReset(first));
  ASSERT_EQ(messenger_.dialled.size(), 2u);
  EXPECT_NE(mon().peer_addr(), first->peer_addr());
  AcceptAuth();

  uint64_t handle = 0;
  int seen = 0;
  for (MessagePtr& message : mon().TakeSent()) {
    if (message->type() == rados::MMonCommand::kType) {
      EXPECT_EQ(message->tid(), tid);
      ++seen;
    }
    if (message->type() == rados::MMonGetVersion::kType) {
      handle = MessageAs<rados::MMonGetVersion>(*message).handle;
      ++seen;
    }
    if (message->type() == rados::MMonSubscribe::kType) {
      const auto& subscribe = MessageAs<rados::MMonSubscribe>(*message);
      EXPECT_EQ(subscribe.what.at("osdmap").start, 18u);
      EXPECT_EQ(subscribe.what.at("monmap").start, 2u);
      ++seen;
    }
  }
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(observer_.sessions, 2);
  Acknowledge(tid, 0, "", "");
  auto reply = std::make_unique<rados::MMonGetVersionReply>();
  reply->handle = handle;
  reply->version = 19;
  Deliver(std::move(reply));
  EXPECT_EQ(answers, 2);
}

TEST_F(MonClientTest, IgnoresWhatAMonitorSaysThatItHasLeft) {
  Start("1.1.1.1:6789");
  Open();
  int answers = 0;
  client_->Command("{}", BufferList(), [&](int, std::string, BufferList) { ++answers; });
  const ConnectionPtr first = messenger_.dialled.back();
  client_->HandleReset(first);
  auto ack = std::make_unique<rados::MMonCommandAck>();
  ack->set_tid(1);
  DeliverFrom(first, std::move(ack));
  EXPECT_EQ(answers, 0);
  // While what the last answer counts in is still there.
  client_->Shutdown();
  client_.reset();
}

TEST_F(MonClientTest, HuntsOnWhenAMonitorDoesNotAnswer) {
  Start("1.1.1.1:6789 2.2.2.2:6789 3.3.3.3:6789");
  const std::shared_ptr<FakeConnection> first = messenger_.dialled.back();
  timer_.Advance(absl::Seconds(2));
  EXPECT_EQ(messenger_.dialled.size(), 1u);
  timer_.Advance(absl::Seconds(1));
  ASSERT_EQ(messenger_.dialled.size(), 2u);
  EXPECT_TRUE(first->is_down());
  EXPECT_NE(mon().peer_addr(), first->peer_addr());
}

TEST_F(MonClientTest, GoesToTheNextMonitorAtOnceWhenRefusedButNotInCircles) {
  Start("1.1.1.1:6789 2.2.2.2:6789");
  EXPECT_TRUE(client_->HandleRefused(messenger_.dialled.back()));
  ASSERT_EQ(messenger_.dialled.size(), 2u);
  EXPECT_TRUE(client_->HandleRefused(messenger_.dialled.back()));
  EXPECT_EQ(messenger_.dialled.size(), 2u);  // both were tried
  timer_.Advance(absl::Seconds(1));
  EXPECT_GT(messenger_.dialled.size(), 2u);
}

TEST_F(MonClientTest, LeavesAMonitorThatDoesNotAnswerKeepalives) {
  Start("1.1.1.1:6789");
  Open();
  const std::shared_ptr<FakeConnection> first = messenger_.dialled.back();
  timer_.Advance(absl::Seconds(25));
  EXPECT_EQ(first->keepalives(), 2);
  first->set_last_keepalive_ack(clock_.Now());
  timer_.Advance(absl::Seconds(25));
  EXPECT_FALSE(first->is_down());
  timer_.Advance(absl::Seconds(20));
  EXPECT_TRUE(first->is_down());
  EXPECT_GE(messenger_.dialled.size(), 2u);
}

TEST_F(MonClientTest, LeavesAMonitorThatIsRemovedFromTheMap) {
  Start("1.1.1.1:6789");
  Open();
  GiveMonMap(2, "2.2.2.2:6789");
  ASSERT_EQ(messenger_.dialled.size(), 2u);
  EXPECT_EQ(mon().peer_addr().ToString(), "v1:2.2.2.2:6789/0");
  EXPECT_EQ(observer_.monmap_epochs, (std::vector<uint32_t>{1, 2}));
}

TEST_F(MonClientTest, SaysWhyAMonitorRefusedIt) {
  Start("1.1.1.1:6789");
  auto reply = std::make_unique<rados::MAuthReply>();
  reply->result = -EACCES;
  Deliver(std::move(reply));
  const absl::Status status = client_->WaitForSession(absl::ZeroDuration());
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("client.admin"));
}

TEST_F(MonClientTest, OverV2TheConnectionItselfIsTheLogin) {
  Start("v2:1.1.1.1:3300");
  EXPECT_TRUE(mon().TakeSentOf<rados::MAuth>().empty());
  EXPECT_TRUE(mon().TakeSentOf<rados::MMonSubscribe>().empty());
  client_->HandleConnect(messenger_.dialled.back());
  EXPECT_EQ(mon().TakeSentOf<rados::MMonSubscribe>().size(), 1u);
}

TEST_F(MonClientTest, OverV1CephxIsAGreetingAnAnswerAndTickets) {
  ASSERT_TRUE(config_.Set("auth_client_required", "cephx", Config::Source::kFile).ok());
  ASSERT_TRUE(
      config_.Set("key", "AQAAAAAAAAAAABAAAAECAwQFBgcICQoLDA0ODw==", Config::Source::kFile).ok());
  Start("1.1.1.1:6789");
  ASSERT_EQ(mon().TakeSentOf<rados::MAuth>().size(), 1u);
  auto reply = std::make_unique<rados::MAuthReply>();
  reply->protocol = kAuthCephx;
  reply->auth_payload =
      BufferList::CopyOf(std::string("\x01"
                                     "challeng",
                                     9));
  Deliver(std::move(reply));
  const auto sent = mon().TakeSentOf<rados::MAuth>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0]->protocol, kAuthCephx);
  EXPECT_EQ(sent[0]->auth_payload.ToString().substr(0, 2), std::string("\0\x01", 2));
  // A monitor that does not know the secret cannot make tickets.
  reply = std::make_unique<rados::MAuthReply>();
  reply->protocol = kAuthCephx;
  reply->auth_payload = BufferList::CopyOf("forged");
  Deliver(std::move(reply));
  EXPECT_FALSE(client_->WaitForSession(absl::ZeroDuration()).ok());
}

TEST_F(MonClientTest, SaysThatCephxNeedsAKey) {
  Start("1.1.1.1:6789");
  auto reply = std::make_unique<rados::MAuthReply>();
  reply->protocol = kAuthCephx;
  Deliver(std::move(reply));
  EXPECT_TRUE(absl::IsUnimplemented(client_->WaitForSession(absl::ZeroDuration())));
}

TEST_F(MonClientTest, NamesTheMonitorsThatItTriedInVain) {
  Start("1.1.1.1:6789");
  client_->HandleRefused(messenger_.dialled.back());
  const absl::Status status = client_->WaitForSession(absl::ZeroDuration());
  EXPECT_TRUE(absl::IsDeadlineExceeded(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("v1:1.1.1.1:6789/0 refused"));
}

TEST_F(MonClientTest, FailsACommandAfterItsTimeAndWhenShutDown) {
  ASSERT_TRUE(config_.Set("rados_mon_op_timeout", "5").ok());
  Start("1.1.1.1:6789");
  Open();
  std::vector<int> results;
  const auto record = [&](int r, std::string, BufferList) { results.push_back(r); };
  client_->Command("{}", BufferList(), record);
  timer_.Advance(absl::Seconds(5));
  client_->Command("{}", BufferList(), record);
  client_->Shutdown();
  client_->Command("{}", BufferList(), record);
  EXPECT_EQ(results, (std::vector<int>{-ETIMEDOUT, -ECANCELED, -ECANCELED}));
  EXPECT_EQ(timer_.pending(), 0u);
  EXPECT_TRUE(mon().is_down());
}

TEST_F(MonClientTest, RenewsSubscriptionsForMonitorsThatForgetThem) {
  Start("1.1.1.1:6789");
  Open();
  mon().TakeSent();
  auto ack = std::make_unique<rados::MMonSubscribeAck>();
  ack->interval_seconds = 8;
  Deliver(std::move(ack));
  timer_.Advance(absl::Seconds(4));
  EXPECT_EQ(mon().TakeSentOf<rados::MMonSubscribe>().size(), 1u);
}

TEST_F(MonClientTest, HandsMapsAndConfigurationToItsObserver) {
  Start("1.1.1.1:6789");
  Open();
  auto maps = std::make_unique<rados::MOsdMap>();
  maps->full_maps[7] = BufferList::CopyOf("map");
  Deliver(std::move(maps));
  auto config = std::make_unique<rados::MConfig>();
  config->options["objecter_inflight_ops"] = "5";
  Deliver(std::move(config));
  EXPECT_EQ(observer_.osdmap_epochs, std::vector<uint32_t>{7});
  EXPECT_EQ(observer_.config.at("objecter_inflight_ops"), "5");
  EXPECT_EQ(config_.GetInt("objecter_inflight_ops"), 5);
}

TEST_F(MonClientTest, KeepsMessagesUntilASessionIsOpen) {
  Start("1.1.1.1:6789");
  client_->Send(std::make_unique<rados::MMonGetVersion>());
  EXPECT_TRUE(mon().TakeSentOf<rados::MMonGetVersion>().empty());
  Open();
  EXPECT_EQ(mon().TakeSentOf<rados::MMonGetVersion>().size(), 1u);
}

TEST_F(MonClientTest, AnUnreadableMonitorMapChangesNothing) {
  Start("1.1.1.1:6789");
  Open();
  auto message = std::make_unique<rados::MMonMap>();
  message->map.Append("garbage");
  Deliver(std::move(message));
  EXPECT_TRUE(client_->in_session());
  EXPECT_EQ(client_->monmap().epoch, 1u);
}

TEST(MonClientStartTest, NeedsAMonitorWithAnAddressOfAProtocolThatIsSpoken) {
  FakeClock clock;
  FakeTimer timer(&clock);
  Config config;
  FakeMessenger messenger(EntityName{kEntityClient, -1});
  MonClient::Options options;
  options.messenger = &messenger;
  options.config = &config;
  options.timer = &timer;
  const auto auth = ProcessAuth::Create(&config, AuthName{kEntityClient, "admin"}).value();
  options.auth = auth.get();
  ASSERT_TRUE(messenger.Bind(EntityAddrVec(*EntityAddr::Parse("v1:127.0.0.1:6800"))).ok());
  MonClient client(options);
  const absl::Status status = client.Start(ParseMonHost("v2:1.1.1.1:3300").value());
  EXPECT_TRUE(absl::IsInvalidArgument(status));
}

TEST(MonClientStartTest, SecureModeAloneRulesV1Out) {
  FakeClock clock;
  FakeTimer timer(&clock);
  Config config;
  const auto set = [&](const char* name, const std::string& value) {
    ASSERT_TRUE(config.Set(name, value, Config::Source::kFile).ok());
  };
  set("auth_client_required", "cephx");
  set("ms_mon_client_mode", "secure");
  set("key", cephx::CryptoKey::Generate(clock.Now(), RandomSource::Real()).ToBase64());
  FakeMessenger messenger(EntityName{kEntityClient, -1});
  MonClient::Options options;
  options.messenger = &messenger;
  options.config = &config;
  options.timer = &timer;
  const auto auth = ProcessAuth::Create(&config, AuthName{kEntityClient, "admin"}).value();
  options.auth = auth.get();
  MonClient v1_only(options);
  const absl::Status status = v1_only.Start(ParseMonHost("v1:1.1.1.1:6789").value());
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("secure mode"));
  MonClient both(options);
  EXPECT_TRUE(both.Start(ParseMonHost("[v2:1.1.1.1:3300,v1:1.1.1.1:6789]").value()).ok());
  EXPECT_EQ(both.current_monitor().type(), EntityAddr::kMsgr2);
  EXPECT_TRUE(both.HandleRefused(messenger.dialled.back()));
  timer.Advance(absl::Seconds(5));
  EXPECT_EQ(both.current_monitor().type(), EntityAddr::kMsgr2);
  both.Shutdown();
}

}  // namespace
}  // namespace siphon
