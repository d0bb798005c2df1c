#include "services/osd/pg/xxhash.h"

#include <string>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

// Values of the reference library, version 0.8.1.
struct Known {
  std::string text;
  uint32_t h32;
  uint32_t h32_seeded;  // with 0xffffffff
  uint64_t h64;
  uint64_t h64_seeded;
};

TEST(XxhashTest, GivesTheReferencesValues) {
  const std::string digits = "0123456789012345678901234567890123456789012345678901234567890123456";
  for (const Known& k :
       {Known{"", 0x2cc5d05, 0x9061da9d, 0xef46db3751d8e999, 0x39554c1e3db747e7},
        Known{"a", 0x550d7456, 0xcd42752d, 0xd24ec4f1a98c6e5b, 0x9b69ae9432026b4b},
        Known{"hello, world", 0x4fa5ffd7, 0xa804c043, 0xb33a384e6d1b1242, 0x82e53347ab9c8e2b},
        Known{digits, 0xa031342e, 0x6e5a183, 0x7a1cc85d073d0edf, 0x3c87a2dfe2c8344f}}) {
    SCOPED_TRACE(k.text);
    EXPECT_EQ(Xxhash32(k.text, 0), k.h32);
    EXPECT_EQ(Xxhash32(k.text, 0xffffffff), k.h32_seeded);
    EXPECT_EQ(Xxhash64(k.text, 0), k.h64);
    EXPECT_EQ(Xxhash64(k.text, 0xffffffff), k.h64_seeded);
  }
}

}  // namespace
}  // namespace siphon::osd
