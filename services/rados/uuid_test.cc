#include "services/rados/uuid.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace siphon::rados {
namespace {

class Counter : public RandomSource {
 public:
  uint64_t Next() override { return 0x0123456789abcdefu + step_++; }

 private:
  uint64_t step_ = 0;
};

TEST(UuidTest, ReadsWhatItPrints) {
  const auto uuid = Uuid::Parse("0a1B2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
  ASSERT_TRUE(uuid.ok());
  EXPECT_EQ(uuid->ToString(), "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
  EXPECT_EQ(uuid->bytes[0], 0x0a);
  EXPECT_EQ(uuid->bytes[15], 0xf9);
}

TEST(UuidTest, RefusesAnythingElse) {
  for (const char* text :
       {"", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f", "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8fg", "0a1b2c3d+4e5f-6071-8293-a4b5c6d7e8f9"}) {
    EXPECT_EQ(Uuid::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(UuidTest, RandomOnesAreOfVersion4AndDiffer) {
  Counter random;
  const Uuid a = Uuid::Random(random);
  const Uuid b = Uuid::Random(random);
  EXPECT_NE(a, b);
  EXPECT_EQ(a.ToString()[14], '4');
  EXPECT_FALSE(a.is_zero());
  EXPECT_TRUE(Uuid().is_zero());
}

}  // namespace
}  // namespace siphon::rados
