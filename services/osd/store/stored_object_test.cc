#include "services/osd/store/stored_object.h"

#include <string>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(StoredObjectTest, ComesBackAsItWas) {
  StoredObject object;
  object.number = 1ull << 40;
  object.size = 4096;
  object.has_omap = true;
  object.attrs = {{"_", BufferList::CopyOf("info")}, {"empty", BufferList()}};
  const auto back = StoredObject::Decode(object.Encode());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->number, object.number);
  EXPECT_EQ(back->size, 4096u);
  EXPECT_TRUE(back->has_omap);
  EXPECT_EQ(back->attrs, object.attrs);
}

TEST(StoredObjectTest, CutBytesAreRefused) {
  StoredObject object;
  object.attrs = {{"name", BufferList::CopyOf("value")}};
  const std::string bytes = object.Encode();
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_EQ(StoredObject::Decode(bytes.substr(0, n)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << n;
  }
}

}  // namespace
}  // namespace siphon::osd
