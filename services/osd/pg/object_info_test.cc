#include "services/osd/pg/object_info.h"

#include "absl/time/time.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "msg/entity_type.h"

namespace siphon::osd {
namespace {

TEST(ObjectInfoTest, ReadsBackWhatItWrote) {
  ObjectInfo info;
  info.version = {3, 9};
  info.user_version = 7;
  info.mtime = absl::FromUnixSeconds(1000);
  info.whiteout = true;
  info.truncate_seq = 4;
  info.truncate_size = 1 << 20;
  info.watches[{5, {kEntityClient, 41}}] = {EntityAddr::Parse("v1:10.0.0.1:0/7").value(), 30};
  const BufferList bytes = info.Encode();
  const auto read = ObjectInfo::Decode(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->version, info.version);
  EXPECT_EQ(read->mtime, info.mtime);
  EXPECT_TRUE(read->whiteout);
  EXPECT_EQ(read->truncate_size, 1u << 20);
  ASSERT_EQ(read->watches.size(), 1u);
  EXPECT_EQ(read->watches.begin()->first.client.num, 41);
  EXPECT_EQ(read->watches.begin()->second.addr.nonce(), 7u);
  EXPECT_EQ(read->Encode().ToString(), bytes.ToString());
}

TEST(ObjectInfoTest, ReadsTheFirstVersion) {
  BufferList bytes;
  Encoder e(&bytes);
  {
    Encoder::Versioned v(e, 1, 1);
    rados::EVersion{1, 2}.Encode(e);
    e.U64(2);
    e.Time(absl::FromUnixSeconds(5));
  }
  const auto read = ObjectInfo::Decode(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->user_version, 2u);
  EXPECT_FALSE(read->whiteout);
  EXPECT_TRUE(read->watches.empty());
}

TEST(ObjectInfoTest, RefusesAPart) {
  const BufferList bytes = ObjectInfo().Encode();
  EXPECT_FALSE(ObjectInfo::Decode(bytes.Substr(0, bytes.size() - 2)).ok());
}

}  // namespace
}  // namespace siphon::osd
