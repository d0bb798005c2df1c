#include "services/rados/pg_id.h"

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"

namespace siphon::rados {
namespace {

TEST(PgIdTest, ReadsWhatItPrints) {
  const PgId pg{12, 0x1f};
  EXPECT_EQ(pg.ToString(), "12.1f");
  EXPECT_EQ(PgId::Parse("12.1f").value(), pg);
  EXPECT_EQ((ShardedPgId{pg, 3}).ToString(), "12.1fs3");
  for (const char* text : {"", "12", "12.", ".1", "12.1g", "x.1", "12.1 "}) {
    EXPECT_FALSE(PgId::Parse(text).ok()) << text;
  }
}

TEST(PgIdTest, DecodesWhatItEncodes) {
  const ShardedPgId pg{{7, 9}, ShardedPgId::kNoShard};
  BufferList bytes;
  Encoder e(&bytes);
  pg.Encode(e);
  EXPECT_EQ(bytes.size(), 6 + PgId::kEncodedSize + 1);
  Decoder d(bytes);
  EXPECT_EQ(ShardedPgId::Decode(d), pg);
  EXPECT_TRUE(d.ok());
}

TEST(PgIdTest, RefusesAnotherVersion) {
  Decoder d(std::string_view("\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", PgId::kEncodedSize));
  PgId::Decode(d);
  EXPECT_FALSE(d.ok());
}

}  // namespace
}  // namespace siphon::rados
