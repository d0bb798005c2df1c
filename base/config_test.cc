#include "base/config.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Source = Config::Source;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(AllOptionsTest, AreInAlphabeticalOrderAndDistinct) {
  const auto all = AllOptions();
  ASSERT_GT(all.size(), 80u);
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(std::string(all[i - 1].name), std::string(all[i].name));
  }
}

TEST(AllOptionsTest, EachIsDescribedAndTakesItsDefaultBack) {
  Config config;
  for (const Config::Entry& entry : config.List()) {
    EXPECT_TRUE(std::string_view(entry.spec->description).ends_with(".")) << entry.spec->name;
    EXPECT_TRUE(config.Set(entry.spec->name, entry.value, Source::kFile).ok()) << entry.spec->name;
    EXPECT_EQ(config.Describe(entry.spec->name)->value, entry.value);
  }
}

TEST(FindOptionTest, TakesDashesAndBlanksForUnderscores) {
  EXPECT_EQ(FindOption("ms-tcp nodelay"), FindOption("ms_tcp_nodelay"));
  EXPECT_NE(FindOption("ms_tcp_nodelay"), nullptr);
  EXPECT_EQ(FindOption("ms_tcp"), nullptr);
  EXPECT_EQ(FindOption(""), nullptr);
}

TEST(ConfigTest, BeginsWithCephsDefaults) {
  const Config config;
  EXPECT_TRUE(config.GetBool("ms_tcp_nodelay"));
  EXPECT_EQ(config.GetInt("ms_async_op_threads"), 3);
  EXPECT_EQ(config.GetInt("ms_dispatch_throttle_bytes"), 100 << 20);
  EXPECT_EQ(config.GetInt("ms_bind_port_min"), 6800);
  EXPECT_EQ(config.GetDuration("ms_initial_backoff"), absl::Milliseconds(200));
  EXPECT_EQ(config.GetDuration("osd_heartbeat_grace"), absl::Seconds(20));
  EXPECT_EQ(config.GetFloat("ms_inject_delay_probability"), 0.0);
  EXPECT_EQ(config.GetString("osd_objectstore"), "rocksdb");
}

TEST(ConfigTest, ReadsEveryFormOfAValue) {
  Config config;
  for (const char* yes : {"true", "Yes", "on", "1", " true "}) {
    ASSERT_TRUE(config.Set("ms_dump_on_send", "false").ok());
    ASSERT_TRUE(config.Set("ms_dump_on_send", yes).ok()) << yes;
    EXPECT_TRUE(config.GetBool("ms_dump_on_send")) << yes;
  }
  for (const char* size : {"65536", "64K", "64k", "64Ki", "64KB", "64KiB", "65536B"}) {
    ASSERT_TRUE(config.Set("ms_tcp_rcvbuf", "0").ok());
    ASSERT_TRUE(config.Set("ms_tcp_rcvbuf", size).ok()) << size;
    EXPECT_EQ(config.GetInt("ms_tcp_rcvbuf"), 65536) << size;
  }
  for (const char* time : {"300", "5m", "300s", "300.0", "300000ms"}) {
    ASSERT_TRUE(config.Set("ms_max_backoff", "1").ok());
    ASSERT_TRUE(config.Set("ms_max_backoff", time).ok()) << time;
    EXPECT_EQ(config.GetDuration("ms_max_backoff"), absl::Minutes(5)) << time;
  }
}

TEST(ConfigTest, RefusesWhatDoesNotParseOrIsOutOfBounds) {
  Config config;
  const std::pair<const char*, const char*> bad[] = {
      {"ms_dump_on_send", "maybe"},
      {"ms_dump_on_send", ""},
      {"ms_tcp_rcvbuf", "-1"},
      {"ms_tcp_rcvbuf", "9999999999T"},
      {"ms_tcp_rcvbuf", "K"},
      {"ms_tcp_rcvbuf", "1.5K"},
      {"ms_max_backoff", "soon"},
      {"ms_max_backoff", "inf"},
      {"ms_max_backoff", "-1"},
      {"ms_inject_delay_probability", "1.1"},
      {"ms_inject_delay_probability", "nan"},
      {"ms_inject_socket_failures", "99999999999999999999"},
  };
  for (const auto& [name, value] : bad) {
    const std::string before = config.Describe(name)->value;
    const absl::Status status = config.Set(name, value);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << " = " << value;
    EXPECT_THAT(Message(status), HasSubstr(name));
    EXPECT_EQ(config.Describe(name)->value, before);
  }
  EXPECT_THAT(Message(config.Set("ms_bind_port_min", "70000", Source::kFile)),
              HasSubstr("give 0 to 65535"));
}

TEST(ConfigTest, NamesCloseOptionsWhenThereIsNone) {
  Config config;
  const absl::Status status = config.Set("ms_tcp_nodelya", "true");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Message(status), HasSubstr("did you mean ms_tcp_nodelay?"));
  EXPECT_EQ(config.Describe("no_such_thing_at_all").status().code(), absl::StatusCode::kNotFound);
}

TEST(ConfigTest, AWeakerSourceNeverOverridesAStrongerOne) {
  Config config;
  ASSERT_TRUE(config.Set("ms_max_backoff", "2", Source::kCommandLine).ok());
  ASSERT_TRUE(config.Set("ms_max_backoff", "3", Source::kFile).ok());
  EXPECT_EQ(config.GetDuration("ms_max_backoff"), absl::Seconds(2));
  ASSERT_TRUE(config.Set("ms_max_backoff", "4", Source::kRuntime).ok());
  EXPECT_EQ(config.GetDuration("ms_max_backoff"), absl::Seconds(4));
  EXPECT_EQ(config.Describe("ms_max_backoff")->source, Source::kRuntime);
}

TEST(ConfigTest, RestartOptionsDoNotChangeAtRunTime) {
  Config config;
  EXPECT_EQ(config.Set("ms_async_op_threads", "4", Source::kRuntime).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(config.Set("ms_async_op_threads", "4", Source::kFile).ok());
  EXPECT_EQ(config.GetInt("ms_async_op_threads"), 4);
}

TEST(ConfigTest, ListsEveryOptionWithItsSource) {
  Config config;
  ASSERT_TRUE(config.Set("fsid", "abc", Source::kFile).ok());
  const std::vector<Config::Entry> all = config.List();
  EXPECT_EQ(all.size(), AllOptions().size());
  for (const Config::Entry& entry : all) {
    const bool is_fsid = std::string_view(entry.spec->name) == "fsid";
    EXPECT_EQ(entry.source, is_fsid ? Source::kFile : Source::kDefault) << entry.spec->name;
  }
}

TEST(ConfigObserverTest, HearsOfItsOwnChangesOnly) {
  Config config;
  std::vector<std::string> heard;
  const auto handle = config.Observe({"ms_max_backoff", "ms-crc-data"},
                                     [&](std::string_view name) { heard.emplace_back(name); });
  ASSERT_TRUE(config.Set("ms_max_backoff", "2").ok());
  ASSERT_TRUE(config.Set("ms_max_backoff", "2.0").ok());  // no change
  ASSERT_TRUE(config.Set("ms_initial_backoff", "1").ok());
  ASSERT_TRUE(config.Set("ms_crc_data", "off").ok());
  ASSERT_TRUE(config.Set("ms_max_backoff", "9", Source::kFile).ok());  // weaker
  EXPECT_FALSE(config.Set("ms_max_backoff", "bad").ok());
  EXPECT_THAT(heard, ElementsAre("ms_max_backoff", "ms_crc_data"));
}

TEST(ConfigObserverTest, IsSilentAfterItsHandleIsGone) {
  Config config;
  int calls = 0;
  auto handle = config.Observe({"ms_max_backoff"}, [&](std::string_view) { ++calls; });
  handle.reset();
  ASSERT_TRUE(config.Set("ms_max_backoff", "2").ok());
  EXPECT_EQ(calls, 0);
}

TEST(ConfigObserverTest, MayReadSetAndUnsubscribeFromWithin) {
  Config config;
  int calls = 0;
  std::shared_ptr<Config::Subscription> handle;
  handle = config.Observe({"ms_max_backoff"}, [&](std::string_view) {
    if (++calls == 1) {
      EXPECT_EQ(config.GetDuration("ms_max_backoff"), absl::Seconds(2));
      EXPECT_TRUE(config.Set("ms_max_backoff", "3").ok());
    } else {
      handle.reset();
    }
  });
  ASSERT_TRUE(config.Set("ms_max_backoff", "2").ok());
  ASSERT_TRUE(config.Set("ms_max_backoff", "4").ok());
  EXPECT_EQ(calls, 2);
}

TEST(ConfigObserverTest, DroppingTheHandleWaitsForACallUnderWay) {
  Config config;
  Notification entered;
  Notification leave;
  std::atomic<bool> left{false};
  auto handle = config.Observe({"ms_max_backoff"}, [&](std::string_view) {
    entered.Notify();
    leave.WaitForNotification();
    left = true;
  });
  std::thread setter([&] { EXPECT_TRUE(config.Set("ms_max_backoff", "2").ok()); });
  entered.WaitForNotification();
  std::atomic<bool> dropped{false};
  std::thread dropper([&] {
    handle.reset();
    EXPECT_TRUE(left);
    dropped = true;
  });
  EXPECT_FALSE(dropped);
  leave.Notify();
  setter.join();
  dropper.join();
  EXPECT_TRUE(dropped);
}

TEST(ConfigObserverTest, TheLastCallSeesTheLastValue) {
  Config config;
  int64_t seen = -1;  // calls never overlap, so no lock is needed
  const auto handle = config.Observe({"ms_inject_socket_failures"},
                                     [&](std::string_view name) { seen = config.GetInt(name); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&config, t] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_TRUE(config.Set("ms_inject_socket_failures", std::to_string(t * 1000 + i)).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen, config.GetInt("ms_inject_socket_failures"));
}

TEST(ConfigDeathTest, AskingForTheWrongTypeOrNameIsABug) {
  const Config config;
  EXPECT_DEATH(config.GetInt("ms_tcp_nodelay"), "ms_tcp_nodelay is of another type");
  EXPECT_DEATH(config.GetBool("no_such"), "no_such is not declared");
}

TEST(ConfigTest, ASecretIsReadButNotShown) {
  Config config;
  EXPECT_EQ(config.Describe("key")->value, "");
  ASSERT_TRUE(config.Set("key", "AQsecret", Config::Source::kFile).ok());
  EXPECT_EQ(config.GetString("key"), "AQsecret");
  EXPECT_EQ(config.Describe("key")->value, "(hidden)");
  for (const Config::Entry& entry : config.List()) {
    EXPECT_EQ(entry.value.find("AQsecret"), std::string::npos) << entry.spec->name;
  }
}

}  // namespace
}  // namespace siphon
