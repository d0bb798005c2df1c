#include "services/mon/mon_core.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "msg/message.h"
#include "msg/ping.h"
#include "nlohmann/json.hpp"
#include "services/mon/mon_core_fixture.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/auth_reply.h"
#include "services/rados/messages/config.h"
#include "services/rados/messages/get_pool_stats.h"
#include "services/rados/messages/get_pool_stats_reply.h"
#include "services/rados/messages/log.h"
#include "services/rados/messages/log_ack.h"
#include "services/rados/messages/mgr_map.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_command_ack.h"
#include "services/rados/messages/mon_get_map.h"
#include "services/rados/messages/mon_get_version.h"
#include "services/rados/messages/mon_get_version_reply.h"
#include "services/rados/messages/mon_map.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/messages/osd_full.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/osd_mark_me_down.h"
#include "services/rados/messages/osd_pg_create.h"
#include "services/rados/messages/osd_pg_created.h"
#include "services/rados/messages/pool_op.h"
#include "services/rados/messages/pool_op_reply.h"
#include "services/rados/messages/statfs.h"
#include "services/rados/messages/statfs_reply.h"
#include "services/rados/osd_info.h"
#include "services/rados/osd_map.h"
#include "services/rados/uuid.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::mon {
namespace {

class MonCoreTest : public MonCoreFixture {};

TEST_F(MonCoreTest, AnswersOnlyTheFirstStepsBeforeAuthentication) {
  const Peer peer = ConnectUnknown();
  Deliver(peer, std::make_unique<rados::MMonGetMap>());
  EXPECT_EQ(peer->TakeSentOf<rados::MMonMap>().size(), 1u);
  Deliver(peer, std::make_unique<MPing>());
  EXPECT_EQ(peer->TakeSentOf<MPing>().size(), 1u);
  Subscribe(peer, "osdmap", 0, false);
  auto command = std::make_unique<rados::MMonCommand>();
  command->command = {R"({"prefix":"osd pool create","pool":"p"})"};
  Deliver(peer, std::move(command));
  EXPECT_TRUE(peer->TakeSent().empty());
  EXPECT_EQ(core_->osdmap_epoch(), 1u);
}

TEST_F(MonCoreTest, SendsTheMonitorMapToAClientThatWasLetInWithoutIt) {
  for (const uint32_t known : {0u, 1u}) {
    const Peer peer = ConnectUnknown();
    auto auth = std::make_unique<rados::MAuth>();
    auth->monmap_epoch = known;
    Encoder e(&auth->auth_payload);
    e.U8(1);
    e.U32(1);
    e.U32(1);
    e.U32(kEntityClient);
    e.String("x");
    e.U64(0);
    Deliver(peer, std::move(auth));
    const auto sent = peer->TakeSent();
    ASSERT_EQ(sent.size(), known == 0 ? 2u : 1u);
    EXPECT_EQ(sent[0]->type(), rados::MAuthReply::kType);
    EXPECT_EQ(sent.back()->type(), known == 0 ? rados::MMonMap::kType : rados::MAuthReply::kType);
  }
}

TEST_F(MonCoreTest, SendsEachMapThatANewClientSubscribesTo) {
  const Peer peer = Connect();
  for (const char* name : {"config", "monmap", "mgrmap", "osdmap", "mdsmap"})
    Subscribe(peer, name, 0, false);
  const auto sent = peer->TakeSent();
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(sent[0]->type(), rados::MConfig::kType);
  EXPECT_EQ(sent[1]->type(), rados::MMonMap::kType);
  EXPECT_EQ(sent[2]->type(), rados::MMgrMap::kType);
  const auto& maps = MessageAs<rados::MOsdMap>(*sent[3]);
  EXPECT_EQ(maps.full_maps.count(1), 1u);
  EXPECT_TRUE(rados::OsdMap::Decode(maps.full_maps.at(1)).ok());
}

TEST_F(MonCoreTest, PublishesChangesAsIncrementalsToWhoHasTheMapBefore) {
  const Peer watcher = Connect();
  const Peer once = Connect();
  Subscribe(watcher, "osdmap", 0, false);
  Subscribe(once, "osdmap", 2, true);
  watcher->TakeSent();
  const Peer admin = Connect();
  for (const char* pool : {"p", "q"})
    EXPECT_EQ(Command(admin, std::string(R"({"prefix":"osd pool create","pool":")") + pool + "\"}")
                  ->result,
              0);
  const auto maps = watcher->TakeSentOf<rados::MOsdMap>();
  ASSERT_EQ(maps.size(), 2u);
  EXPECT_EQ(maps[0]->incrementals.count(2), 1u);
  EXPECT_TRUE(maps[0]->full_maps.empty());
  EXPECT_EQ(maps[1]->incrementals.begin()->first, 3u);
  EXPECT_EQ(once->TakeSentOf<rados::MOsdMap>().size(), 1u);
  Subscribe(once, "osdmap", 2, true);
  const auto both = once->TakeSentOf<rados::MOsdMap>();
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(both[0]->incrementals.size(), 2u);
}

TEST_F(MonCoreTest, AnOsdGetsEveryEpochFromTheFirstOn) {
  const Peer osd = BootOsd(0);
  for (int i = 0; i < 60; ++i) {
    Command(Connect(), R"({"prefix":"osd set","key":"noout"})");
    Command(Connect(), R"({"prefix":"osd unset","key":"noout"})");
  }
  osd->TakeSent();
  Subscribe(osd, "osdmap", 1, false);
  uint32_t next = 1;
  for (const auto& message : osd->TakeSentOf<rados::MOsdMap>()) {
    EXPECT_LE(message->full_maps.size() + message->incrementals.size(), 40u);
    EXPECT_EQ(message->full_maps.size(), next == 1 ? 1u : 0u);
    if (next == 1) EXPECT_EQ(message->full_maps.begin()->first, next++);
    for (const auto& change : message->incrementals) EXPECT_EQ(change.first, next++);
  }
  EXPECT_EQ(next, core_->osdmap_epoch() + 1);
  // A client that is as far behind is told where things stand now.
  const Peer client = Connect();
  Subscribe(client, "osdmap", 2, false);
  const auto sent = client->TakeSentOf<rados::MOsdMap>();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0]->full_maps.begin()->first, core_->osdmap_epoch());
}

TEST_F(MonCoreTest, ForgetsASessionThatEnded) {
  const Peer watcher = Connect();
  Subscribe(watcher, "osdmap", 2, false);
  core_->HandleReset(watcher);
  Command(Connect(), R"({"prefix":"osd pool create","pool":"p"})");
  EXPECT_TRUE(watcher->TakeSent().empty());
}

TEST_F(MonCoreTest, KeepsEverythingOverARestart) {
  BootOsd(0);
  Command(Connect(), R"({"prefix":"osd pool create","pool":"p","pg_num":16})");
  const uint32_t epoch = core_->osdmap_epoch();
  const nlohmann::json before = Json("osd dump");
  const nlohmann::json mons = Json("mon dump");
  Start();
  EXPECT_EQ(core_->osdmap_epoch(), epoch);
  EXPECT_EQ(Json("osd dump"), before);
  EXPECT_EQ(Json("mon dump"), mons);
  EXPECT_EQ(Json("osd find\",\"id\":\"0")["host"], "box");
}

TEST_F(MonCoreTest, RefusesTheStoreOfAnotherCluster) {
  core_.reset();
  MonCore::Options options;
  options.folder = folder_.path();
  options.fsid.bytes[0] = 0x78;
  options.config = &config_;
  EXPECT_EQ(MonCore::Open(options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(MonCoreTest, MakesANewMonitorMapWhenItsAddressChanges) {
  ASSERT_TRUE(core_->SetAddrs(*EntityAddrVec::Parse("v1:127.0.0.1:6790/0")).ok());
  EXPECT_EQ(Json("mon dump")["epoch"], 2);
  EXPECT_EQ(Json("mon dump")["mons"][0]["addr"], "127.0.0.1:6790/0");
}

TEST_F(MonCoreTest, TakesCommandsWithoutAnFsidButNotOfAnotherCluster) {
  const Peer peer = Connect();
  EXPECT_EQ(Command(peer, R"({"prefix":"fsid"})", false)->result, 0);
  auto foreign = std::make_unique<rados::MMonCommand>();
  foreign->fsid.bytes[3] = 9;
  foreign->command = {R"({"prefix":"fsid"})"};
  Deliver(peer, std::move(foreign));
  EXPECT_EQ(peer->TakeSentOf<rados::MMonCommandAck>().at(0)->result, -EPERM);
}

TEST_F(MonCoreTest, DescribesEveryCommandThatItRuns) {
  const nlohmann::json all = Json("get_command_descriptions");
  ASSERT_GT(all.size(), 30u);
  for (const auto& item : all.items()) {
    std::string prefix;
    bool needs_arguments = false;
    for (const auto& word : item.value()["sig"]) {
      if (word.is_string())
        prefix += (prefix.empty() ? "" : " ") + word.get<std::string>();
      else
        needs_arguments |= word.value("req", "true") == "true";
    }
    if (prefix == "osd setcrushmap" || prefix == "auth import") needs_arguments = true;  // a file
    const auto ack = Command(Connect(), R"({"prefix":")" + prefix + "\"}");
    EXPECT_EQ(ack->result, needs_arguments ? -EINVAL : 0) << prefix << ": " << ack->status;
  }
}

TEST_F(MonCoreTest, BootsAnOsdAndTellsWhoWatches) {
  const Peer watcher = Connect();
  Subscribe(watcher, "osdmap", 2, false);
  BootOsd(0);
  EXPECT_EQ(watcher->TakeSentOf<rados::MOsdMap>().size(), 2u);
  const nlohmann::json dump = Json("osd dump");
  EXPECT_EQ(dump["osds"][0]["up"], 1);
  EXPECT_EQ(dump["osds"][0]["public_addr"], "127.0.0.1:6800/7");
  EXPECT_EQ(Json("versions")["osd"]["test version"], 1);
  EXPECT_EQ(Json("osd stat")["num_up_osds"], 1);
}

TEST_F(MonCoreTest, SendsAnOsdThatBootsTwiceTheMap) {
  const Peer osd = BootOsd(0);
  osd->TakeSent();
  auto boot = std::make_unique<rados::MOsdBoot>();
  boot->superblock.cluster_fsid = core_->fsid();
  boot->superblock.whoami = 0;
  boot->superblock.osd_fsid.bytes[15] = 1;
  const uint32_t epoch = core_->osdmap_epoch();
  Deliver(osd, std::move(boot));
  EXPECT_EQ(core_->osdmap_epoch(), epoch);
  EXPECT_EQ(osd->TakeSentOf<rados::MOsdMap>().size(), 1u);
}

TEST_F(MonCoreTest, DropsWhatOnlyOsdsMaySay) {
  BootOsd(0);
  const Peer client = Connect();
  auto failure = std::make_unique<rados::MOsdFailure>();
  failure->fsid = core_->fsid();
  failure->target = 0;
  failure->target_addrs = Address(0);
  failure->flags = rados::MOsdFailure::kFailed | rados::MOsdFailure::kImmediate;
  Deliver(client, std::move(failure));
  EXPECT_EQ(Json("osd stat")["num_up_osds"], 1);
}

TEST_F(MonCoreTest, WhatIsOnAFullOsdIsFull) {
  const Peer osd = BootOsd(0);
  Command(Connect(), R"({"prefix":"osd crush create-or-move","id":0,"weight":1,)"
                     R"("args":["root=default","host=h"]})");
  Command(Connect(), R"({"prefix":"osd pool create","pool":"p","pg_num":8})");
  const auto say = [&](uint32_t state) {
    auto full = std::make_unique<rados::MOsdFull>();
    full->state = state;
    Deliver(osd, std::move(full));
    return Json("osd dump");
  };
  nlohmann::json dump = say(rados::kOsdNearFull);
  EXPECT_EQ(dump["osds"][0]["state"], (std::vector<std::string>{"exists", "nearfull", "up"}));
  EXPECT_EQ(dump["pools"][0]["flags_names"], "hashpspool,nearfull");
  dump = say(rados::kOsdFull);
  EXPECT_EQ(dump["osds"][0]["state"], (std::vector<std::string>{"exists", "full", "up"}));
  EXPECT_EQ(dump["pools"][0]["flags_names"], "hashpspool,full");
  const nlohmann::json health = Json("health");
  EXPECT_EQ(health["status"], "HEALTH_ERR");
  EXPECT_EQ(health["checks"]["OSD_FULL"]["summary"]["message"], "1 full osd(s)");
  EXPECT_EQ(health["checks"]["POOL_FULL"]["summary"]["message"], "1 pool(s) full");
  const uint32_t epoch = core_->osdmap_epoch();
  say(rados::kOsdFull);
  EXPECT_EQ(core_->osdmap_epoch(), epoch) << "nothing new";
  EXPECT_FALSE(osd->TakeSentOf<rados::MOsdMap>().empty()) << "it is not subscribed to maps";
  dump = say(0);
  EXPECT_EQ(dump["osds"][0]["state"], (std::vector<std::string>{"exists", "up"}));
  EXPECT_EQ(dump["pools"][0]["flags_names"], "hashpspool");
}

TEST_F(MonCoreTest, TellsAnOsdThatAsksWhichGroupsToMake) {
  const Peer osd = BootOsd(0);
  Command(Connect(), R"({"prefix":"osd crush create-or-move","id":0,"weight":1,)"
                     R"("args":["root=default","host=h"]})");
  Subscribe(osd, "osd_pg_creates", 0, false);
  EXPECT_TRUE(osd->TakeSentOf<rados::MOsdPgCreate>().empty()) << "nothing to make";
  Command(Connect(), R"({"prefix":"osd pool create","pool":"p","pg_num":4,"size":1})");
  auto told = osd->TakeSentOf<rados::MOsdPgCreate>();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back()->pgs.size(), 4u);
  EXPECT_EQ(told.back()->epoch, core_->osdmap_epoch());
  EXPECT_EQ(Json("osd dump")["pools"][0]["flags_names"], "hashpspool,creating");
  for (uint32_t ps = 0; ps < 4; ++ps) {
    auto created = std::make_unique<rados::MOsdPgCreated>();
    created->pg = {1, ps};
    Deliver(osd, std::move(created));
  }
  EXPECT_EQ(Json("osd dump")["pools"][0]["flags_names"], "hashpspool");
  osd->TakeSent();
  Subscribe(osd, "osd_pg_creates", 0, false);
  EXPECT_TRUE(osd->TakeSentOf<rados::MOsdPgCreate>().empty()) << "all are made";
}

TEST_F(MonCoreTest, MarksAnOsdDownOnItsOwnWishAndAcks) {
  const Peer osd = BootOsd(0);
  osd->TakeSent();
  auto request = std::make_unique<rados::MOsdMarkMeDown>();
  request->fsid = core_->fsid();
  request->target_osd = 0;
  request->target_addrs = osd->peer_addrs();
  request->request_ack = true;
  Deliver(osd, std::move(request));
  EXPECT_EQ(osd->TakeSentOf<rados::MOsdMarkMeDown>().size(), 1u);
  EXPECT_EQ(Json("osd stat")["num_up_osds"], 0);
}

TEST_F(MonCoreTest, SendsTheNewMapToAReporterOfThePast) {
  const Peer first = BootOsd(0);
  const Peer second = BootOsd(1);
  second->TakeSent();
  auto failure = std::make_unique<rados::MOsdFailure>();
  failure->fsid = core_->fsid();
  failure->target = 0;
  failure->target_addrs = Address(99);
  failure->epoch = core_->osdmap_epoch() - 1;
  Deliver(second, std::move(failure));
  EXPECT_EQ(second->TakeSentOf<rados::MOsdMap>().size(), 1u);
}

TEST_F(MonCoreTest, CreatesAndDeletesPoolsForLibrados) {
  const Peer peer = Connect();
  const auto pool_op = [&](uint32_t op, const std::string& name, uint32_t pool) {
    auto message = std::make_unique<rados::MPoolOp>();
    message->fsid = core_->fsid();
    message->op = op;
    message->name = name;
    message->pool = pool;
    message->set_tid(7);
    Deliver(peer, std::move(message));
    auto replies = peer->TakeSentOf<rados::MPoolOpReply>();
    EXPECT_EQ(replies.size(), 1u);
    EXPECT_EQ(replies.at(0)->tid(), 7u);
    EXPECT_EQ(replies.at(0)->epoch, core_->osdmap_epoch());
    return replies.at(0)->result;
  };
  EXPECT_EQ(pool_op(rados::MPoolOp::kCreate, "p", 0), 0);
  EXPECT_EQ(pool_op(rados::MPoolOp::kCreate, "p", 0), -EEXIST);
  EXPECT_EQ(pool_op(rados::MPoolOp::kDelete, "", 1), -EPERM);
  EXPECT_EQ(pool_op(rados::MPoolOp::kCreateUnmanagedSnap, "", 1), 0);
  EXPECT_EQ(pool_op(rados::MPoolOp::kAuidChange, "", 1), -EOPNOTSUPP);
  ASSERT_TRUE(config_.Set("mon_allow_pool_delete", "true").ok());
  EXPECT_EQ(pool_op(rados::MPoolOp::kDelete, "", 1), 0);
  EXPECT_EQ(pool_op(rados::MPoolOp::kDelete, "", 1), -ENOENT);
}

TEST_F(MonCoreTest, DeletesAPoolOnlyWithItsNameTwiceAndThePhrase) {
  ASSERT_TRUE(config_.Set("mon_allow_pool_delete", "true").ok());
  const Peer peer = Connect();
  Command(peer, R"({"prefix":"osd pool create","pool":"p"})");
  EXPECT_EQ(Command(peer, R"({"prefix":"osd pool delete","pool":"p"})")->result, -EPERM);
  EXPECT_EQ(Command(peer, R"({"prefix":"osd pool delete","pool":"p","pool2":"p"})")->result,
            -EPERM);
  EXPECT_EQ(Command(peer, R"({"prefix":"osd pool delete","pool":"p","pool2":"p",)"
                          R"("yes_i_really_really_mean_it":true})")
                ->result,
            0);
  EXPECT_EQ(Json("osd pool ls").size(), 0u);
}

TEST_F(MonCoreTest, AnswersVersionsStatisticsAndLogs) {
  const Peer peer = Connect();
  auto version = std::make_unique<rados::MMonGetVersion>();
  version->handle = 5;
  version->what = "osdmap";
  Deliver(peer, std::move(version));
  const auto versions = peer->TakeSentOf<rados::MMonGetVersionReply>();
  EXPECT_EQ(versions.at(0)->handle, 5u);
  EXPECT_EQ(versions.at(0)->version, 1u);
  Deliver(peer, std::make_unique<rados::MStatfs>());
  EXPECT_EQ(peer->TakeSentOf<rados::MStatfsReply>().size(), 1u);
  Deliver(peer, std::make_unique<rados::MGetPoolStats>());
  EXPECT_EQ(peer->TakeSentOf<rados::MGetPoolStatsReply>().size(), 1u);
  auto log = std::make_unique<rados::MLog>();
  log->entries.resize(2);
  log->entries[1].seq = 9;
  Deliver(peer, std::move(log));
  EXPECT_EQ(peer->TakeSentOf<rados::MLogAck>().at(0)->last, 9u);
}

TEST_F(MonCoreTest, TicksMarkSilentOsdsDownAndTellWhoWatches) {
  BootOsd(0);
  const Peer watcher = Connect();
  Subscribe(watcher, "osdmap", core_->osdmap_epoch() + 1, false);
  clock_.Advance(absl::Seconds(900));
  core_->Tick();
  EXPECT_EQ(watcher->TakeSentOf<rados::MOsdMap>().size(), 1u);
  EXPECT_EQ(Json("osd stat")["num_up_osds"], 0);
  const nlohmann::json health = Json("health");
  EXPECT_EQ(health["status"], "HEALTH_WARN");
  EXPECT_TRUE(health["checks"].contains("OSD_DOWN"));
}

}  // namespace
}  // namespace siphon::mon
