#include "msg/protocol/v2/compression_policy.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_type.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/compression_frames.h"
#include "msg/protocol/v2/frame_compression.h"

namespace siphon::v2 {
namespace {

using testing::ElementsAre;

constexpr uint32_t kZstd = 3;
constexpr uint32_t kLz4 = 4;

CompressionPolicy Policy(std::vector<uint32_t> algorithms) {
  return {.compress_to_osds = true, .algorithms = std::move(algorithms)};
}

TEST(CompressionPolicyTest, NothingIsCompressedByDefault) {
  const Config config;
  const absl::StatusOr<CompressionPolicy> policy = CompressionPolicy::FromConfig(config);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_FALSE(policy->Wants(kEntityOsd, ConMode::kCrc));
  EXPECT_EQ(policy->min_size, 1024u);
  EXPECT_THAT(policy->algorithms, ElementsAre(1));
  EXPECT_FALSE(policy->Request(kEntityOsd, ConMode::kCrc).compress);
}

TEST(CompressionPolicyTest, TakesItsOptions) {
  Config config;
  ASSERT_TRUE(config.Set("ms_osd_compress_mode", "force").ok());
  ASSERT_TRUE(config.Set("ms_osd_compress_min_size", "4K").ok());
  ASSERT_TRUE(config.Set("ms_osd_compression_algorithm", "zstd lz4").ok());
  const absl::StatusOr<CompressionPolicy> policy = CompressionPolicy::FromConfig(config);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->min_size, 4096u);
  EXPECT_THAT(policy->algorithms, ElementsAre(kZstd, kLz4));
  EXPECT_TRUE(policy->Wants(kEntityOsd, ConMode::kCrc));
  EXPECT_FALSE(policy->Wants(kEntityMon, ConMode::kCrc));
  EXPECT_FALSE(policy->Wants(kEntityClient, ConMode::kCrc));
  EXPECT_FALSE(policy->Wants(kEntityOsd, ConMode::kSecure));
  ASSERT_TRUE(config.Set("ms_compress_secure", "true").ok());
  EXPECT_TRUE(CompressionPolicy::FromConfig(config)->Wants(kEntityOsd, ConMode::kSecure));
}

TEST(CompressionPolicyTest, NamesTheOptionThatIsWrong) {
  for (const std::string name : {"ms_osd_compress_mode", "ms_osd_compression_algorithm"}) {
    Config config;
    ASSERT_TRUE(config.Set(name, "brotli").ok());
    const absl::Status status = CompressionPolicy::FromConfig(config).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), testing::StartsWith(name));
  }
}

TEST(CompressionPolicyTest, TheFirstOfTheDiallersAlgorithmsThatBothHaveIsTaken) {
  const CompressionPolicy dialler = Policy({2, kLz4, kZstd});
  const CompressionPolicy acceptor = Policy({kZstd, kLz4});
  const CompressionRequestFrame request = dialler.Request(kEntityOsd, ConMode::kCrc);
  const CompressionDoneFrame done = acceptor.Answer(request, kEntityOsd, ConMode::kCrc);
  EXPECT_TRUE(done.compress);
  EXPECT_EQ(done.algorithm, kLz4);
  const absl::StatusOr<FrameCompression> agreed = dialler.Agreed(request, done);
  ASSERT_TRUE(agreed.ok()) << agreed.status();
  EXPECT_EQ(agreed->algorithm(), CompressionAlgorithm::kLz4);
  EXPECT_EQ(acceptor.Agreed(done).algorithm(), CompressionAlgorithm::kLz4);
}

TEST(CompressionPolicyTest, NothingIsCompressedUnlessBothWantItAndHaveOneInCommon) {
  const CompressionPolicy none;
  const CompressionPolicy lz4 = Policy({kLz4});
  const CompressionPolicy zstd = Policy({kZstd});
  const auto agree = [](const CompressionPolicy& dialler, const CompressionPolicy& acceptor,
                        EntityType dialler_type) {
    const CompressionRequestFrame request = dialler.Request(kEntityOsd, ConMode::kCrc);
    const CompressionDoneFrame done = acceptor.Answer(request, dialler_type, ConMode::kCrc);
    EXPECT_EQ(dialler.Agreed(request, done)->enabled(), acceptor.Agreed(done).enabled());
    return acceptor.Agreed(done).enabled();
  };
  EXPECT_TRUE(agree(lz4, lz4, kEntityOsd));
  EXPECT_FALSE(agree(lz4, zstd, kEntityOsd));
  EXPECT_FALSE(agree(lz4, none, kEntityOsd));
  EXPECT_FALSE(agree(none, lz4, kEntityOsd));
  EXPECT_FALSE(agree(lz4, lz4, kEntityClient)) << "the answer is compressed by the same rule";
}

TEST(CompressionPolicyTest, AnAnswerThatWasNotOfferedIsRefused) {
  const CompressionPolicy lz4 = Policy({kLz4});
  const CompressionRequestFrame request = lz4.Request(kEntityOsd, ConMode::kCrc);
  EXPECT_TRUE(absl::IsInvalidArgument(
      lz4.Agreed(request, {.compress = true, .algorithm = kZstd}).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(lz4.Agreed(request, {.compress = true, .algorithm = 77}).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(lz4.Agreed({}, {.compress = true, .algorithm = kLz4}).status()));
}

}  // namespace
}  // namespace siphon::v2
