#include "services/objecter/op_backoffs.h"

#include <string>

#include "gtest/gtest.h"

namespace siphon::client {
namespace {

rados::ShardedPgId Pg(uint32_t ps) {
  rados::ShardedPgId pg;
  pg.pg = rados::PgId{1, ps};
  return pg;
}

rados::HObject Object(uint32_t hash, const std::string& oid) {
  rados::HObject o;
  o.pool = 1;
  o.hash = hash;
  o.oid = oid;
  return o;
}

TEST(OpBackoffsTest, BlocksItsRangeOfItsPlacementGroupOnly) {
  OpBackoffs backoffs;
  rados::MOsdBackoff message;
  message.id = 4;
  message.pg = Pg(3);
  message.begin = Object(0, "b");
  message.end = Object(0, "d");
  backoffs.Block(message);
  EXPECT_FALSE(backoffs.Blocks(Pg(3), Object(0, "a")));
  EXPECT_TRUE(backoffs.Blocks(Pg(3), Object(0, "b")));
  EXPECT_TRUE(backoffs.Blocks(Pg(3), Object(0, "c")));
  EXPECT_FALSE(backoffs.Blocks(Pg(3), Object(0, "d")));
  EXPECT_FALSE(backoffs.Blocks(Pg(2), Object(0, "c")));
  EXPECT_FALSE(backoffs.Unblock(5).has_value());
  EXPECT_TRUE(backoffs.Unblock(4).has_value());
  EXPECT_TRUE(backoffs.empty());
}

TEST(OpBackoffsTest, ARangeThatBeginsAndEndsAtOneObjectIsThatObject) {
  OpBackoffs backoffs;
  rados::MOsdBackoff message;
  message.pg = Pg(3);
  message.begin = message.end = Object(7, "b");
  backoffs.Block(message);
  EXPECT_TRUE(backoffs.Blocks(Pg(3), Object(7, "b")));
  EXPECT_FALSE(backoffs.Blocks(Pg(3), Object(7, "c")));
}

}  // namespace
}  // namespace siphon::client
