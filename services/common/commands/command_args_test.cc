#include "services/common/commands/command_args.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace siphon {
namespace {

CommandArgs Args(const std::string& json) {
  const auto args = CommandArgs::Parse({json});
  EXPECT_TRUE(args.ok()) << args.status();
  return *args;
}

TEST(CommandArgsTest, ReadsEachArgumentInTheFormsThatClientsUse) {
  const CommandArgs args =
      Args(R"({"prefix":"osd in","id":"osd.3","n":8,"m":"9","w":0.5,"ids":["1",2],"one":"x",)"
           R"("yes":true,"sure":"--yes","no":false,"format":"json-pretty"})");
  EXPECT_EQ(args.prefix(), "osd in");
  EXPECT_TRUE(args.json() && args.pretty());
  EXPECT_EQ(**args.Osd("id"), 3);
  EXPECT_EQ(**args.Osd("n"), 8);
  EXPECT_EQ(**args.Int("m"), 9);
  EXPECT_EQ(**args.Real("w"), 0.5);
  EXPECT_EQ(args.List("ids"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(args.List("one"), std::vector<std::string>{"x"});
  EXPECT_TRUE(args.Flag("yes") && args.Flag("sure"));
  EXPECT_FALSE(args.Flag("no") || args.Flag("none"));
  EXPECT_FALSE(args.Int("none")->has_value());
  EXPECT_FALSE(args.Int("w").ok());
  EXPECT_FALSE(args.Osd("one").ok());
}

TEST(CommandArgsTest, RefusesWhatIsNoCommand) {
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{"), std::string("{}"),
        std::string("{\"prefix\":3,}"), std::string(100000, '['), std::string(2 << 20, ' ')})
    EXPECT_FALSE(CommandArgs::Parse({bad}).ok()) << bad.substr(0, 20);
  EXPECT_FALSE(CommandArgs::Parse({}).ok());
}

TEST(CommandArgsTest, KnowsTheNamesOfOsds) {
  EXPECT_EQ(ParseOsdName("osd.12"), 12);
  EXPECT_EQ(ParseOsdName("0"), 0);
  for (const char* bad : {"", "osd.", "-1", "osd.-1", "mon.1", "1x", "99999999999"})
    EXPECT_FALSE(ParseOsdName(bad)) << bad;
}

}  // namespace
}  // namespace siphon
