#include "services/mon/text/column_text.h"

#include "gtest/gtest.h"

namespace siphon::mon {
namespace {

TEST(ColumnTextTest, PadsEachColumnToItsWidestCell) {
  ColumnText table({{"POOL"}, {"ID", ColumnText::kRight, ColumnText::kRight}, {"STATE"}});
  table.Add({"a-long-name", "7", "up"});
  table.Add({"b"});
  EXPECT_EQ(table.ToString(),
            "POOL         ID  STATE\n"
            "a-long-name   7  up   \n"
            "b                     \n");
}

}  // namespace
}  // namespace siphon::mon
