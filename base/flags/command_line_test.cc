#include "base/flags/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"

ABSL_FLAG(std::string, test_file, "", "A file to test with.");
ABSL_FLAG(int, test_count, 7, "How often.");
ABSL_FLAG(bool, test_loud, false, "Whether to shout.");

namespace siphon {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

CommandLineSpec TestSpec() {
  CommandLineSpec spec;
  spec.program = "siphon-test";
  spec.usage = {"[FLAGS] WORD..."};
  spec.summary = "A program to test with.";
  spec.examples = "# Shout\nsiphon-test --test-loud hello";
  spec.flags = {{"test_file", "FILE", 'c'},
                {"test_count", "N", 'n'},
                {"test_loud", "", 'l'},
                {"log_file", "FILE"}};
  spec.config_options = true;
  spec.footer = "That is all.";
  return spec;
}

class CommandLineTest : public testing::Test {
 protected:
  absl::StatusOr<CommandLine::Result> Parse(std::vector<std::string> args) {
    return line_.Parse(args);
  }
  std::string ErrorOf(std::vector<std::string> args) {
    const auto result = line_.Parse(args);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(result.status().message());
  }

  absl::FlagSaver saver_;
  CommandLine line_{TestSpec()};
};

TEST_F(CommandLineTest, TakesLongFlagsWithEqualsOrWithTheNextArgument) {
  ASSERT_TRUE(Parse({"--test-file=a=b", "--test_count", "3"}).ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_test_file), "a=b");
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 3);
}

TEST_F(CommandLineTest, TakesLettersWithTheNextArgumentOrJoined) {
  const auto result = Parse({"-c", "x.conf", "-n5", "-l", "rest"});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(absl::GetFlag(FLAGS_test_file), "x.conf");
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 5);
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_loud));
  EXPECT_THAT(result->positional, ElementsAre("rest"));
}

TEST_F(CommandLineTest, BooleansTakeNoArgumentAndCanBeNegated) {
  const auto result = Parse({"--test-loud", "false"});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_loud));
  EXPECT_THAT(result->positional, ElementsAre("false"));
  ASSERT_TRUE(Parse({"--notest-loud"}).ok());
  EXPECT_FALSE(absl::GetFlag(FLAGS_test_loud));
}

TEST_F(CommandLineTest, CollectsCephOptionsInOrder) {
  const auto result = Parse({"--option", "ms_type=posix", "--ms-crc-data", "--log-file", "/x",
                             "--ms_crc_header", "no", "--no-ms-tcp-nodelay", "--fsid=1"});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->options, ElementsAre(Pair("ms_type", "posix"), Pair("ms_crc_data", "true"),
                                           Pair("log_file", "/x"), Pair("ms_crc_header", "no"),
                                           Pair("ms_tcp_nodelay", "false"), Pair("fsid", "1")));
  EXPECT_TRUE(result->positional.empty());
}

TEST_F(CommandLineTest, DashDashEndsFlags) {
  const auto result = Parse({"a", "--", "--test-loud", "-c"});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->positional, ElementsAre("a", "--test-loud", "-c"));
}

TEST_F(CommandLineTest, HelpWinsOverMistakes) {
  const auto result = Parse({"word", "--nonsense", "--help"});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->help);
  EXPECT_THAT(result->positional, ElementsAre("word"));
}

TEST_F(CommandLineTest, NamesTheFlagAndTheWayOutOfAMistake) {
  EXPECT_THAT(ErrorOf({"--test-count=many"}), HasSubstr("--test-count: cannot take \"many\""));
  EXPECT_THAT(ErrorOf({"-c"}), "-c: needs a value: -c FILE");
  EXPECT_THAT(ErrorOf({"--test"}), HasSubstr("did you mean --test-file"));
  EXPECT_THAT(ErrorOf({"--ms-crc-dat=1"}), HasSubstr("did you mean ms_crc_data"));
  EXPECT_THAT(ErrorOf({"--option", "novalue"}), HasSubstr("is not NAME=VALUE"));
  EXPECT_THAT(ErrorOf({"-z"}), HasSubstr("-z: there is no such flag"));
}

TEST_F(CommandLineTest, DoesNotKnowFlagsOfLinkedLibraries) {
  EXPECT_THAT(ErrorOf({"--flagfile=/etc/passwd"}), HasSubstr("no such flag"));
  EXPECT_THAT(ErrorOf({"--undefok=x"}), HasSubstr("no such flag"));
}

TEST_F(CommandLineTest, HelpShowsTheListedFlagsOnly) {
  EXPECT_THAT(line_.Help(),
              AllOf(HasSubstr("Usage: siphon-test [FLAGS] WORD..."),
                    HasSubstr("  -c, --test-file FILE\n      A file to test with.\n"),
                    HasSubstr("  --log-file FILE\n"), HasSubstr("siphon-test --test-loud hello"),
                    HasSubstr("That is all."), Not(HasSubstr("flagfile"))));
}

TEST_F(CommandLineTest, AppliesOptionsAboveTheFileAndNamesABadOne) {
  Config config;
  ASSERT_TRUE(config.Set("ms_crc_data", "true", Config::Source::kFile).ok());
  ASSERT_TRUE(ApplyOptions({{"ms_crc_data", "false"}}, &config).ok());
  EXPECT_FALSE(config.GetBool("ms_crc_data"));
  const absl::Status bad = ApplyOptions({{"ms_async_op_threads", "900"}}, &config);
  EXPECT_THAT(std::string(bad.message()), HasSubstr("--ms-async-op-threads: "));
}

TEST_F(CommandLineTest, IgnoresFlagsOfOthersWithTheirValuesIfToldTo) {
  const auto result = line_.Parse({"--debug-thing", "1", "--test-count=3", "--other=x", "word",
                                   "-z", "--test-loud", "-Zvalue", "last"},
                                  CommandLine::Unknown::kIgnore);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->ignored, ElementsAre("--debug-thing", "--other", "-z", "-Zvalue"));
  EXPECT_THAT(result->positional, ElementsAre("word", "last"));
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 3);
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_loud));
  EXPECT_FALSE(line_.Parse({"--test-count=x"}, CommandLine::Unknown::kIgnore).ok())
      << "flags that there are still need good values";
}

}  // namespace
}  // namespace siphon
