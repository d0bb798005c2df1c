#include "services/client/cluster_commands.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon::client {
namespace {

using ::testing::HasSubstr;
using Format = CliContext::Format;

std::string Json(const std::string& words, const std::string& signature,
                 const std::vector<std::string>& arguments, Format format = Format::kPlain) {
  const absl::StatusOr<std::string> json = MonCommandJson(words, signature, arguments, format);
  if (json.ok()) return *json;
  EXPECT_TRUE(IsCliUsageError(json.status()));
  return std::string(json.status().message());
}

TEST(MonCommandJsonTest, NamesArgumentsByTheSignature) {
  EXPECT_EQ(Json("osd pool create", "pool pg_num:int? pgp_num:int?", {"data", "32"}),
            R"({"prefix":"osd pool create","pool":"data","pg_num":32})");
  EXPECT_EQ(Json("osd out", "ids:list", {"0", "osd.1"}),
            R"({"prefix":"osd out","ids":["0","osd.1"]})");
}

TEST(MonCommandJsonTest, AListMayBeLeftOut) {
  EXPECT_EQ(Json("auth get-or-create", "entity caps:list?", {"client.a"}),
            R"({"prefix":"auth get-or-create","entity":"client.a"})");
  EXPECT_EQ(Json("auth get-or-create", "entity caps:list?", {"client.a", "mon", "allow r"}),
            R"({"prefix":"auth get-or-create","entity":"client.a","caps":["mon","allow r"]})");
}

TEST(MonCommandJsonTest, AsksForTheFormat) {
  EXPECT_EQ(Json("status", "", {}), R"({"prefix":"status"})");
  EXPECT_EQ(Json("status", "", {}, Format::kJson), R"({"prefix":"status","format":"json"})");
  EXPECT_EQ(Json("status", "", {}, Format::kJsonPretty),
            R"({"prefix":"status","format":"json-pretty"})");
}

TEST(MonCommandJsonTest, NamesTheArgumentAtFault) {
  EXPECT_THAT(Json("osd pool create", "pool pg_num:int?", {}), HasSubstr("pool is missing"));
  EXPECT_THAT(Json("osd pool create", "pool pg_num:int?", {"data", "many"}), HasSubstr("\"many\""));
  EXPECT_THAT(Json("fsid", "", {"x"}), HasSubstr("\"x\" is one too many"));
}

TEST(MonCommandJsonTest, QuotesWhatAUserGives) {
  EXPECT_EQ(Json("osd pool create", "pool", {"a\"b"}),
            R"({"prefix":"osd pool create","pool":"a\"b"})");
}

TEST(ClusterCommandsTest, EachHasHelp) {
  for (const CliCommand& command : ClusterCommands()) {
    EXPECT_NE(command.summary, "") << command.words;
    EXPECT_THAT(command.examples, HasSubstr("siphon " + command.words));
    EXPECT_NE(command.run, nullptr) << command.words;
  }
}

}  // namespace
}  // namespace siphon::client
