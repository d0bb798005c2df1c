#include "admin/ctl_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "admin/info_to_proto.h"
#include "testing/fakes/fake_admin_messenger.h"

namespace siphon {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// With runs of blanks as one, so that a test shows cells and not widths.
std::string Squeezed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || out.empty() || out.back() != ' ') out.push_back(c);
  }
  return out;
}

admin::v1::ListMessengersResponse Messengers() {
  admin::v1::ListMessengersResponse out;
  *out.add_messengers() = ToProto(FakeAdminMessenger::SampleInfo("ms_public"));
  return out;
}

TEST(CtlTablesTest, MessengersHaveHumanUnitsAndTheDefaultPolicy) {
  EXPECT_EQ(Squeezed(MessengersTable(Messengers(), {})),
            "MESSENGER TYPE ENTITY ADDRESS POLICY CONNS MSGS IN MSGS OUT BYTES IN BYTES OUT"
            " TO SEND TO DISPATCH FAULTS INJECTED\n"
            "ms_public async+posix osd.3 v1:127.0.0.1:6801/4711 stateless_server 2 1,234 5,678"
            " 3.0 MiB 1.5 KiB 6 9 4 21\n"
            "\n"
            "MESSENGER INJECTED FAULT\n"
            "ms_public partition v1:127.0.0.1:6803/0\n");
}

TEST(CtlTablesTest, NumbersEndBelowTheEndOfTheirTitles) {
  const std::vector<std::string> lines =
      absl::StrSplit(MessengersTable(Messengers(), {}), '\n', absl::SkipEmpty());
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(lines[0].find("MSGS IN") + 7, lines[1].find("1,234") + 5);
  EXPECT_EQ(lines[0].size(), lines[1].size());
}

TEST(CtlTablesTest, WideMessengersShowPoliciesAndFaults) {
  EXPECT_THAT(Squeezed(MessengersTable(Messengers(), {.wide = true})),
              AllOf(HasSubstr("ms_public osd lossless_peer\n"),
                    HasSubstr("client.5 v1:10.0.0.1:0/1 ACCEPTING_WAIT_BANNER_ADDR not a msgr v1"
                              " banner\n")));
}

TEST(CtlTablesTest, ConnectionsShowStateAndSequenceNumbers) {
  admin::v1::ListConnectionsResponse response;
  *response.add_connections() = ToProto(FakeAdminMessenger::SampleConnection(), "ms_public");
  EXPECT_THAT(Squeezed(ConnectionsTable(response, {})),
              HasSubstr("ms_public 42 client.4107 client.admin v1:127.0.0.1:0/99 in v2 secure OPEN"
                        " stateless_server 11 10 12 3 1 5.0 MiB 700 B 250 ms connection reset by"
                        " peer\n"));
  EXPECT_THAT(
      Squeezed(ConnectionsTable(response, {.wide = true})),
      AllOf(HasSubstr("features 0x3f01cfbf7ffdffff connect_seq 1 global_seq 7"),
            HasSubstr("queued 2.0 KiB unacked 4.0 KiB\n"), HasSubstr("8.0 s OPEN replaced\n")));
}

TEST(CtlTablesTest, ConnectionsShowWhyNothingIsReadAndWhatGrewTooLong) {
  const auto shown = [](const ConnectionInfo& info) {
    admin::v1::ListConnectionsResponse response;
    *response.add_connections() = ToProto(info, "ms_public");
    return Squeezed(ConnectionsTable(response, {}));
  };
  ConnectionInfo info = FakeAdminMessenger::SampleConnection();
  info.con_mode.clear();
  info.entity.clear();
  EXPECT_THAT(shown(info), HasSubstr("client.4107 - v1:127.0.0.1:0/99 in v2 OPEN stateless"));
  info.con_mode = "crc";
  info.compression = "zstd";
  EXPECT_THAT(shown(info), HasSubstr("in v2 crc zstd OPEN"));
  info.throttled = true;
  info.out_queue_over_limit = true;
  EXPECT_THAT(shown(info), AllOf(HasSubstr("OPEN, throttled"), HasSubstr(" 3 over limit 1 ")));
  info.reading_paused = true;
  EXPECT_THAT(shown(info), HasSubstr("OPEN, not reading"));
}

TEST(CtlTablesTest, ColoursOnlyWhenAskedFor) {
  admin::v1::ListConnectionsResponse response;
  *response.add_connections() = ToProto(FakeAdminMessenger::SampleConnection(), "ms_public");
  EXPECT_THAT(ConnectionsTable(response, {}), Not(HasSubstr("\033")));
  EXPECT_THAT(ConnectionsTable(response, {.colours = true}), HasSubstr("\033[32mOPEN\033[0m"));
}

TEST(CtlTablesTest, QueuesShowDepthByPriorityAndAge) {
  admin::v1::GetQueuesResponse response;
  auto* const queue = response.add_queues();
  queue->set_messenger("ms_public");
  *queue->mutable_queue() = ToProto(FakeAdminMessenger::SampleInfo("ms_public").dispatch);
  EXPECT_THAT(Squeezed(QueuesTable(response, {})),
              HasSubstr("ms_public running 9 2 1.5 s 4.0 KiB 100 MiB 900 334 196:1 127:8\n"));
}

TEST(CtlTablesTest, OptionsShowWhereTheirValueComesFrom) {
  Config config;
  ASSERT_TRUE(config.Set("ms_tcp_nodelay", "false").ok());
  admin::v1::ListOptionsResponse response;
  *response.add_options() = ToProto(*config.Describe("ms_tcp_nodelay"));
  *response.add_options() = ToProto(*config.Describe("ms_type"));
  EXPECT_EQ(Squeezed(OptionsTable(response, {})),
            "OPTION VALUE FROM CHANGE\n"
            "ms_tcp_nodelay false admin port any time\n"
            "ms_type async+posix default restart\n");
  EXPECT_THAT(OptionText(response.options(0)),
              HasSubstr("ms_tcp_nodelay = false\n  from admin port; default true;"));
}

admin::v1::WatchResponse Sample(int64_t second, uint64_t messages_in, uint64_t bytes_in) {
  admin::v1::WatchResponse out;
  out.mutable_when()->set_seconds(second);
  auto* const stats = out.add_messengers();
  stats->set_messenger("ms_public");
  stats->set_connections(3);
  stats->set_messages_in(messages_in);
  stats->set_bytes_in(bytes_in);
  return out;
}

TEST(CtlTablesTest, WatchShowsRatesSinceTheSampleBefore) {
  const auto first = Sample(100, 1000, 0);
  const auto second = Sample(102, 5000, 4 << 20);
  EXPECT_THAT(Squeezed(WatchTable(first, nullptr, {})), HasSubstr("ms_public 3 - - - - 0 0 - 0\n"));
  EXPECT_THAT(Squeezed(WatchTable(second, &first, {})),
              HasSubstr("ms_public 3 2,000 0 2.0 MiB 0 B 0 0 - 0\n"));
}

TEST(CtlTablesTest, ACounterThatWentBackHasNoRate) {
  const auto before = Sample(100, 5000, 0);
  EXPECT_THAT(Squeezed(WatchTable(Sample(101, 10, 0), &before, {})),
              HasSubstr("ms_public 3 0 0 0 B 0 B 0 0 - 0\n"));
}

}  // namespace
}  // namespace siphon
