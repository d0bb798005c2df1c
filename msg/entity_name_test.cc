#include "msg/entity_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_type.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

TEST(EntityNameTest, IsTypeDotNumberInText) {
  EXPECT_EQ((EntityName{kEntityOsd, 3}).ToString(), "osd.3");
  EXPECT_EQ((EntityName{kEntityClient, -1}).ToString(), "client.?");
  EXPECT_EQ((EntityName{0x40, 1}).ToString(), "unknown.1");
}

TEST(EntityNameTest, ParsesWhatItWrites) {
  for (const EntityType type :
       {kEntityMon, kEntityMds, kEntityOsd, kEntityClient, kEntityMgr, kEntityAuth}) {
    for (const int64_t num : {int64_t{-1}, int64_t{0}, int64_t{4107}, INT64_MAX}) {
      const EntityName name{type, num};
      EXPECT_EQ(*EntityName::Parse(name.ToString()), name);
    }
  }
}

TEST(EntityNameTest, RejectsWhatIsNoTypeAndNumber) {
  for (const char* text : {"", "osd", "osd.", ".3", "disk.3", "osd.x", "osd.-3", "osd.3 ",
                           "osd.99999999999999999999", "client.admin"}) {
    const absl::Status status = EntityName::Parse(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("give TYPE.NUMBER")) << text;
  }
}

TEST(EntityNameTest, IsNineBytesOnTheWire) {
  BufferList out;
  Encoder e(&out);
  const EntityName name{kEntityOsd, 258};
  name.Encode(e);
  EXPECT_EQ(out.ToString(), std::string("\x04\x02\x01\0\0\0\0\0\0", 9));
  Decoder d(out);
  EXPECT_EQ(EntityName::Decode(d), name);
  EXPECT_EQ(d.remaining(), 0u);
}

TEST(EntityTypeTest, HasANameForEachTypeAndBack) {
  for (const EntityType type :
       {kEntityMon, kEntityMds, kEntityOsd, kEntityClient, kEntityMgr, kEntityAuth}) {
    EXPECT_EQ(EntityTypeFromName(EntityTypeName(type)), type);
  }
  EXPECT_EQ(EntityTypeFromName("disk"), kEntityNone);
}

}  // namespace
}  // namespace siphon
