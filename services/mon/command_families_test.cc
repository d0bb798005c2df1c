// The monitor's commands as a client gives them: results, errors, and what is in the maps after.
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "services/mon/mon_core_fixture.h"
#include "services/rados/messages/config.h"
#include "services/rados/messages/log.h"
#include "services/rados/messages/pg_stats.h"

namespace siphon::mon {
namespace {

class CommandFamiliesTest : public MonCoreFixture {
 protected:
  CommandFamiliesTest() : admin_(Connect()) {
    for (const int osd : {0, 1}) {
      osd_[osd] = BootOsd(osd);
      Run("osd crush create-or-move",
          R"("id":)" + std::to_string(osd) + R"(,"weight":1.0,"args":["root=default","host=h"])");
    }
    Run("osd pool create", R"("pool":"p","pg_num":8)");
  }
  // The status line of a command that must succeed, or with an errno of one that must fail.
  std::string Run(const std::string& prefix, const std::string& more = "", int result = 0) {
    last_ =
        Command(admin_, R"({"prefix":")" + prefix + "\"" + (more.empty() ? "" : ",") + more + "}");
    EXPECT_EQ(last_->result, result) << prefix << " " << more << ": " << last_->status;
    return last_->status;
  }
  std::string Output(const std::string& prefix, const std::string& more = "") {
    Run(prefix, more);
    return last_->data().ToString();
  }
  nlohmann::json JsonOf(const std::string& prefix, const std::string& more = "") {
    return nlohmann::json::parse(
        Output(prefix, more + (more.empty() ? "" : ",") + R"("format":"json")"), nullptr, false);
  }
  // Each OSD reports its groups, with so many objects of a kilobyte in the first one.
  void Report(int64_t objects) {
    for (const int osd : {0, 1}) {
      auto report = std::make_unique<rados::MPgStats>();
      report->fsid = core_->fsid();
      report->osd_stat.kb = 1 << 20;
      report->osd_stat.kb_avail = (1 << 20) - 100;
      report->osd_stat.kb_used = 100;
      const nlohmann::json led =
          JsonOf("pg ls-by-primary", R"("osd":)" + std::to_string(osd))["pg_stats"];
      for (const auto& pg : led) {
        rados::PgStat& stat = report->pgs[*rados::PgId::Parse(pg["pgid"].get<std::string>())];
        if (pg["pgid"] != "1.0") continue;
        stat.sum[rados::ObjectStatSum::kObjects] = objects;
        stat.sum[rados::ObjectStatSum::kBytes] = objects * 1024;
      }
      Deliver(osd_[osd], std::move(report));
    }
  }

  Peer admin_;
  Peer osd_[2];
  std::unique_ptr<rados::MMonCommandAck> last_;
};

TEST_F(CommandFamiliesTest, SettingsOfAPoolAreSetAndPrinted) {
  EXPECT_EQ(Run("osd pool set", R"("pool":"p","var":"size","val":"2")"), "set pool 1 size to 2");
  EXPECT_EQ(Output("osd pool get", R"("pool":"p","var":"size")"), "size: 2\n");
  EXPECT_EQ(JsonOf("osd pool get", R"("pool":"p","var":"all")")["pg_autoscale_mode"], "off");
  Run("osd pool get", R"("pool":"p","var":"hit_set_type")", -EACCES);
  Run("osd pool get", R"("pool":"p","var":"pg_num_min")", -ENOENT);
  Run("osd pool set", R"("pool":"x","var":"size","val":"2")", -ENOENT);
  EXPECT_EQ(Run("osd pool rename", R"("srcpool":"p","destpool":"q")"), "pool 'p' renamed to 'q'");
  EXPECT_EQ(Run("osd pool mksnap", R"("pool":"q","snap":"s")"), "created pool q snap s");
  EXPECT_EQ(Run("osd pool mksnap", R"("pool":"q","snap":"s")"), "pool q snap s already exists");
  EXPECT_EQ(JsonOf("osd pool ls", R"("detail":"detail")")[0]["pool_snaps"][0]["name"], "s");
}

TEST_F(CommandFamiliesTest, APoolOverItsQuotaIsFull) {
  Run("osd pool set-quota", R"("pool":"p","field":"max_objects","val":"5")");
  Report(4);
  core_->Tick();
  EXPECT_EQ(JsonOf("osd pool ls", R"("detail":"detail")")[0]["flags_names"], "hashpspool");
  Report(5);
  core_->Tick();
  EXPECT_EQ(JsonOf("osd pool ls", R"("detail":"detail")")[0]["flags_names"],
            "hashpspool,full,full_quota");
  EXPECT_NE(Output("health").find("1 pool(s) full"), std::string::npos);
  EXPECT_EQ(JsonOf("osd pool get-quota", R"("pool":"p")")["current_num_objects"], 5);
  Report(1);
  core_->Tick();
  EXPECT_EQ(JsonOf("osd pool ls", R"("detail":"detail")")[0]["flags_names"], "hashpspool");
}

TEST_F(CommandFamiliesTest, FlagsAndBlocksAreInTheMap) {
  EXPECT_EQ(Run("osd pause"), "pauserd,pausewr is set");
  EXPECT_EQ(Run("osd set", R"("key":"noout")"), "noout is set");
  EXPECT_NE(Output("osd dump").find("flags pauserd,pausewr,noout,"), std::string::npos);
  EXPECT_EQ(Run("osd unpause"), "pauserd,pausewr is unset");
  Run("osd set", R"("key":"full")", -EINVAL);
  Run("osd set-group", R"("flags":"noup,nodown","who":["osd.1"])");
  EXPECT_EQ(JsonOf("osd dump")["osds"][1]["state"].dump(), R"(["exists","nodown","noup","up"])");

  Run("osd blocklist", R"("blocklistop":"add","addr":"10.0.0.1:0/77","expire":60)");
  EXPECT_TRUE(JsonOf("osd dump")["blocklist"].contains("10.0.0.1:0/77"));
  EXPECT_EQ(Run("osd blocklist", R"("blocklistop":"rm","addr":"10.0.0.9:0/1")"),
            "10.0.0.9:0/1 isn't blocklisted");
  clock_.Advance(absl::Seconds(61));
  core_->Tick();
  EXPECT_EQ(Run("osd blocklist ls"), "listed 0 entries");
  Run("osd blocklist", R"("blocklistop":"add","addr":"no address")", -EINVAL);
}

TEST_F(CommandFamiliesTest, OsdsAreWeighedRemovedAndMadeAgain) {
  EXPECT_EQ(Run("osd reweight", R"("id":1,"weight":0.5)"), "reweighted osd.1 to 0.5 (8000)");
  Run("osd reweight", R"("id":9,"weight":0.5)", -ENOENT);
  Run("osd rm", R"("ids":["1"])", -EBUSY);
  Run("osd purge", R"("id":1,"force":true)", -EBUSY);  // it is up
  EXPECT_EQ(Run("osd down", R"("ids":["1"])"), "marked down osd.1. ");
  EXPECT_EQ(Run("osd destroy", R"("id":1,"force":true)"), "destroyed osd.1");
  EXPECT_EQ(JsonOf("osd tree")["nodes"].back()["status"], "destroyed");
  EXPECT_EQ(Output("osd new", R"("uuid":"12345678-9abc-def0-1234-56789abcdef0","id":1)"), "1\n");
  EXPECT_EQ(Run("osd purge", R"("id":1,"yes_i_really_mean_it":true)"), "purged osd.1");
  EXPECT_EQ(JsonOf("osd tree")["nodes"].size(), 3u);
  EXPECT_EQ(Run("osd purge", R"("id":1,"force":true)"), "osd.1 does not exist");
  Run("osd find", R"("id":1)", -ENOENT);
}

TEST_F(CommandFamiliesTest, TheHierarchyIsChangedByName) {
  EXPECT_EQ(Run("osd crush add-bucket", R"("name":"r","type":"rack")"),
            "added bucket r type rack to crush map");
  Run("osd crush move", R"("name":"r","args":["root=default"])");
  Run("osd crush move", R"("name":"h","args":["rack=r"])");
  Run("osd crush rm", R"("name":"r")", -ENOTEMPTY);
  EXPECT_EQ(JsonOf("osd find", R"("id":0)")["crush_location"].dump(),
            R"({"host":"h","rack":"r","root":"default"})");
  EXPECT_EQ(Run("osd crush reweight", R"("name":"osd.0","weight":2.5)"),
            "reweighted item id 0 name 'osd.0' to 2.5 in crush map");
  Run("osd crush rule rm", R"("name":"replicated_rule")", -EBUSY);
  EXPECT_EQ(Run("osd crush rule rm", R"("name":"nope")"), "rule nope does not exist");
  EXPECT_EQ(JsonOf("osd crush dump")["devices"].size(), 2u);
}

TEST_F(CommandFamiliesTest, FiguresAreThoseThatTheOsdsReported) {
  Report(3);
  EXPECT_EQ(JsonOf("df")["pools"][0]["stats"]["objects"], 3);
  EXPECT_EQ(JsonOf("df")["stats"]["total_used_bytes"], 200 * 1024);
  EXPECT_EQ(JsonOf("status")["pgmap"]["num_objects"], 3);
  EXPECT_EQ(JsonOf("pg stat")["pg_summary"]["num_pgs"], 8);
  EXPECT_EQ(Output("pg stat"),
            "8 pgs: 8 active+clean; 3 KiB data, 200 KiB used, 2.0 GiB / 2 GiB avail\n");
  EXPECT_EQ(JsonOf("osd df")["nodes"][0]["kb_used"], 100);
  EXPECT_EQ(JsonOf("pg dump")["pg_map"]["pg_stats_sum"]["stat_sum"]["num_objects"], 3);
  EXPECT_NE(Output("health").find("do not have an application enabled"), std::string::npos);
  EXPECT_NE(Output("status").find("objects: 3 objects, 3 KiB"), std::string::npos);
}

TEST_F(CommandFamiliesTest, CentralOptionsReachThoseTheyAreFor) {
  osd_[0]->TakeSent();
  Subscribe(osd_[0], "config", 0, false);
  EXPECT_TRUE(osd_[0]->TakeSentOf<rados::MConfig>().at(0)->options.empty());
  Run("config set", R"("who":"osd.1","name":"osd_max_backfills","value":"7")");
  EXPECT_TRUE(osd_[0]->TakeSentOf<rados::MConfig>().empty());  // another's
  Run("config set", R"("who":"osd/host:h","name":"osd_max_backfills","value":"4")");
  EXPECT_EQ(osd_[0]->TakeSentOf<rados::MConfig>().at(0)->options.at("osd_max_backfills"), "4");
  Run("config rm", R"("who":"osd/host:h","name":"osd_max_backfills")");
  EXPECT_TRUE(osd_[0]->TakeSentOf<rados::MConfig>().at(0)->options.empty());
  // The monitor takes what is for itself.
  Run("config set", R"("who":"mon","name":"mon_allow_pool_delete","value":"true")");
  EXPECT_TRUE(config_.GetBool("mon_allow_pool_delete"));
  EXPECT_EQ(Output("config get", R"("who":"mon.a","key":"mon_allow_pool_delete")"), "true\n");
  Start();
  EXPECT_TRUE(config_.GetBool("mon_allow_pool_delete"));
}

TEST_F(CommandFamiliesTest, KeysOfProgramsAreKept) {
  EXPECT_EQ(Run("config-key set", R"("key":"a/b","val":"v1")"), "set a/b");
  EXPECT_EQ(Output("config-key get", R"("key":"a/b")"), "v1");
  EXPECT_EQ(JsonOf("config-key dump", R"("key":"a")")["a/b"], "v1");
  EXPECT_EQ(Run("config-key exists", R"("key":"nope")", -ENOENT), "key 'nope' doesn't exist");
  Run("config-key rm", R"("key":"a/b")");
  Run("config-key get", R"("key":"a/b")", -ENOENT);
}

TEST_F(CommandFamiliesTest, FollowersOfTheLogHearWhatIsNew) {
  const Peer follower = Connect();
  Subscribe(follower, "log-info", 0, false);
  EXPECT_TRUE(follower->TakeSentOf<rados::MLog>().empty());
  Run("log", R"("logtext":["hello","world"])");
  const auto logs = follower->TakeSentOf<rados::MLog>();
  ASSERT_EQ(logs.size(), 1u);
  EXPECT_EQ(logs[0]->entries.front().message, "hello world");
  EXPECT_EQ(logs[0]->entries.front().auth_id, "admin");
  EXPECT_NE(Output("log last", R"("num":1)").find("cluster [INF] hello world"), std::string::npos);
  // Health is told once, and once more when it is over.
  core_->Tick();
  follower->TakeSent();
  Run("osd set", R"("key":"noup")");
  core_->Tick();
  core_->Tick();
  EXPECT_NE(Output("log last", R"("num":1)").find("Health check failed: noup flag(s) set"),
            std::string::npos);
  Run("osd unset", R"("key":"noup")");
  core_->Tick();
  EXPECT_NE(Output("log last", R"("num":3)").find("Health check cleared: OSDMAP_FLAGS"),
            std::string::npos);
}

TEST_F(CommandFamiliesTest, WhatIsMutedIsNotTold) {
  Run("osd set", R"("key":"noup")");
  Run("health mute", R"("code":"NOPE")", -ENOENT);
  Run("health mute", R"("code":"OSDMAP_FLAGS","ttl":"1h")");
  EXPECT_EQ(Output("health").find("noup"), std::string::npos);
  EXPECT_NE(Output("health").find("(muted: OSDMAP_FLAGS)"), std::string::npos);
  Start();
  admin_ = Connect();
  EXPECT_EQ(Output("health").find("noup"), std::string::npos);
  clock_.Advance(absl::Hours(2));
  EXPECT_NE(Output("health").find("noup"), std::string::npos);
}

TEST_F(CommandFamiliesTest, APoolGetsASingleReplicaOnlyWithTheFlag) {
  Run("osd pool set", R"("pool":"p","var":"size","val":"2")");
  Run("osd pool set", R"("pool":"p","var":"size","val":"1")", -EPERM);
  EXPECT_EQ(JsonOf("osd pool get", R"("pool":"p","var":"size")")["size"], 2);
  Run("osd pool set", R"("pool":"p","var":"size","val":"1","yes_i_really_mean_it":true)");
  EXPECT_EQ(JsonOf("osd pool get", R"("pool":"p","var":"size")")["size"], 1);
}

TEST_F(CommandFamiliesTest, UsageIsFilteredByAnyNameAndByNoneThatIsUnknown) {
  Report(1);
  EXPECT_EQ(JsonOf("osd df", R"("filter":"osd.1")")["nodes"].size(), 1);
  EXPECT_EQ(JsonOf("osd df", R"("filter":"p")")["nodes"].size(), 2);
  Run("osd df", R"("filter":"nonsense")", -EINVAL);
}

TEST_F(CommandFamiliesTest, GroupsAreListedByKnownStatesAndOsdsThatAreUp) {
  Run("pg ls", R"("states":["active+nonsense"])", -EINVAL);
  Run("pg ls", R"("states":["active+clean"])");
  Run("pg ls-by-osd", R"("osd":9)", -EAGAIN);
}

TEST_F(CommandFamiliesTest, SumsCountOsdsAndGroupsWithTheirPlaces) {
  Report(3);
  const nlohmann::json sums = JsonOf("pg dump", R"("dumpcontents":["sum"])")["pg_map"];
  EXPECT_EQ(sums["osd_stats_sum"]["num_osds"], 2);
  EXPECT_TRUE(sums["pg_stats_delta"].contains("stamp_delta"));
}

TEST_F(CommandFamiliesTest, AReportHasTheMapsTheFiguresAndItsChecksum) {
  Report(3);
  const nlohmann::json report = JsonOf("report");
  EXPECT_TRUE(last_->status.starts_with("report ")) << last_->status;
  EXPECT_EQ(report["osdmap"]["epoch"], core_->osdmap_epoch());
  EXPECT_EQ(report["osd_metadata"].size(), 2u);
  EXPECT_EQ(report["num_pg"], report["num_pg_active"]);
  EXPECT_EQ(report["num_osd"], 2);
  EXPECT_EQ(report["pool_sum"]["stat_sum"]["num_objects"], 3);
  EXPECT_TRUE(report["health"].contains("checks"));
}

TEST_F(CommandFamiliesTest, AskedForAManagerItSaysThatThereIsNone) {
  EXPECT_EQ(JsonOf("mgr stat")["available"], false);
  EXPECT_EQ(Output("mgr services"), "{}\n");
  Run("mgr metadata", R"("who":"x")", -ENOENT);
}

TEST_F(CommandFamiliesTest, ScrubIsRefusedForTheReasonThatHolds) {
  Run("pg scrub", R"("pgid":"nonsense")", -EINVAL);
  Run("pg scrub", R"("pgid":"99.0")", -ENOENT);
  Run("pg scrub", R"("pgid":"1.0")", -EOPNOTSUPP);
}

TEST_F(CommandFamiliesTest, FlagsThatAPersonSetAreShownWithTheCounts) {
  EXPECT_EQ(Output("osd stat").find("flags"), std::string::npos);
  Run("osd set", R"("key":"noout")");
  EXPECT_NE(Output("osd stat").find("\nflags noout\n"), std::string::npos);
  EXPECT_NE(Output("status").find("\n         flags noout\n"), std::string::npos);
}

TEST_F(CommandFamiliesTest, AllOsdsAreAskedToComeInWithoutAWordOnThoseThatAre) {
  Run("osd out", R"("ids":["1"])");
  EXPECT_EQ(Run("osd in", R"("ids":["any"])"), "marked in osd.1. ");
  EXPECT_EQ(Run("osd in", R"("ids":["any"])"), "");
}

}  // namespace
}  // namespace siphon::mon
