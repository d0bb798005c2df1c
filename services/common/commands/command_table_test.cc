#include "services/common/commands/command_table.h"

#include <cerrno>
#include <string>

#include "gtest/gtest.h"

namespace siphon {
namespace {

CommandTable Table() {
  CommandTable table;
  table.Add({"osd new",
             {{"uuid", "CephUUID"}, {"id", "CephOsdName", true}},
             "make one",
             "osd",
             "rw",
             [](const CommandArgs& args) { return CommandResult::Output(args.Text("uuid")); }});
  return table;
}

CommandResult RunCommand(const std::string& json) {
  return Table().Run(*CommandArgs::Parse({json}));
}

TEST(CommandTableTest, DescribesCommandsInTheTermsOfCeph) {
  EXPECT_EQ(Table().Describe().dump(),
            R"({"cmd000":{"sig":["osd","new",{"name":"uuid","type":"CephUUID"},)"
            R"({"name":"id","req":"false","type":"CephOsdName"}],"help":"make one",)"
            R"("module":"osd","perm":"rw","flags":0}})");
}

TEST(CommandTableTest, RunsWhatItKnows) {
  EXPECT_EQ(RunCommand(R"({"prefix":"osd new","uuid":"x"})").output.ToString(), "x");
  EXPECT_TRUE(Table().IsWrite("osd new"));
  EXPECT_FALSE(Table().IsWrite("other"));
}

TEST(CommandTableTest, SaysWhatIsMissing) {
  const CommandResult result = RunCommand(R"({"prefix":"osd new"})");
  EXPECT_EQ(result.code, -EINVAL);
  EXPECT_NE(result.status.find("uuid"), std::string::npos);
  EXPECT_EQ(RunCommand(R"({"prefix":"osd old"})").code, -EINVAL);
}

}  // namespace
}  // namespace siphon
