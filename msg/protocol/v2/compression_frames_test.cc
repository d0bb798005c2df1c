#include "msg/protocol/v2/compression_frames.h"

#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/protocol/v2/control_frames.h"

namespace siphon::v2 {
namespace {

using testing::ElementsAre;

constexpr uint32_t kZstd = 3;
constexpr uint32_t kLz4 = 4;

TEST(CompressionFramesTest, HaveTheFormOfTheProtocol) {
  const CompressionRequestFrame request{.compress = true, .preferred_algorithms = {kZstd, kLz4}};
  const std::string bytes = EncodePayload(request).ToString();
  EXPECT_EQ(bytes, std::string("\1\2\0\0\0\3\0\0\0\4\0\0\0", 13));
  const auto read = DecodePayload<CompressionRequestFrame>(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->compress);
  EXPECT_THAT(read->preferred_algorithms, ElementsAre(kZstd, kLz4));
  EXPECT_FALSE(DecodePayload<CompressionRequestFrame>(bytes.substr(0, 12)).ok());

  const CompressionDoneFrame done{.compress = true, .algorithm = kLz4};
  EXPECT_EQ(EncodePayload(done).ToString(), std::string("\1\4\0\0\0", 5));
  EXPECT_EQ(DecodePayload<CompressionDoneFrame>(EncodePayload(done).ToString())->algorithm, kLz4);
  EXPECT_FALSE(DecodePayload<CompressionDoneFrame>("\1").ok());
}

}  // namespace
}  // namespace siphon::v2
