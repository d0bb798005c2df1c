#include "services/osd/store/data_slot.h"

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(DataSlotTest, ComesBackAsItWasEncoded) {
  const DataSlot slot{0x01020304, 2047, 0xfffefdfc};
  const std::string bytes = slot.Encode();
  EXPECT_EQ(bytes, std::string("\x04\x03\x02\x01\xff\x07\x00\x00\xfc\xfd\xfe\xff", 12));
  EXPECT_EQ(DataSlot::Decode(bytes), slot);
}

TEST(DataSlotTest, BytesOfAnotherLengthAreNone) {
  const std::string bytes = DataSlot{1, 2, 3}.Encode();
  EXPECT_EQ(DataSlot::Decode(bytes + "x"), std::nullopt);
  EXPECT_EQ(DataSlot::Decode(bytes.substr(1)), std::nullopt);
  EXPECT_EQ(DataSlot::Decode(""), std::nullopt);
}

}  // namespace
}  // namespace siphon::osd
