#include "admin/text_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siphon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TextTable Sample() {
  TextTable table({{"NAME"}, {"COUNT", TextTable::Align::kRight}, {"NOTE"}});
  table.AddRow({"ms_public", "7", {"fine", TextTable::Style::kGood}});
  table.AddRow({"b", "12345", ""});
  return table;
}

TEST(TextTableTest, AlignsTextToTheLeftAndNumbersToTheRight) {
  EXPECT_EQ(Sample().Render(false),
            "NAME       COUNT  NOTE\n"
            "ms_public      7  fine\n"
            "b          12345\n");
}

TEST(TextTableTest, ColoursAreOnlyThereWhenAskedForAndTakeNoWidth) {
  EXPECT_THAT(Sample().Render(false), Not(HasSubstr("\033")));
  EXPECT_EQ(Sample().Render(true),
            "\033[1mNAME\033[0m       \033[1mCOUNT\033[0m  \033[1mNOTE\033[0m\n"
            "ms_public      7  \033[32mfine\033[0m\n"
            "b          12345\n");
}

TEST(TextTableTest, CountsCharactersInsteadOfBytes) {
  TextTable table({{"A"}, {"B"}});
  table.AddRow({"µs", "x"});
  table.AddRow({"abc", "y"});
  EXPECT_EQ(table.Render(false), "A    B\nµs   x\nabc  y\n");
}

TEST(TextTableTest, ShowsControlCharactersAsQuestionMarks) {
  TextTable table({{"A"}});
  table.AddRow({"x\033[2Jy\n"});
  EXPECT_EQ(table.Render(false), "A\nx?[2Jy?\n");
}

TEST(TextTableTest, FillsShortRowsAndCutsLongOnes) {
  TextTable table({{"A"}, {"B"}});
  table.AddRow({"1"});
  table.AddRow({"1", "2", "3"});
  EXPECT_EQ(table.Render(false), "A  B\n1\n1  2\n");
}

}  // namespace
}  // namespace siphon
