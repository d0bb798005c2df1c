#include "msg/protocol/v2/banner.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon::v2 {
namespace {

using ::testing::HasSubstr;

TEST(BannerTest, IsWrittenAsCephWritesIt) {
  const std::string bytes = Banner{.supported = kBannerRevision1, .required = 0}.Encode();
  EXPECT_EQ(bytes, std::string("ceph v2\n\x10\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 26));
}

TEST(BannerTest, IsReadBack) {
  const std::string bytes = Banner{.supported = 5, .required = 1ull << 63}.Encode();
  const absl::StatusOr<size_t> size = Banner::PayloadSize(bytes.substr(0, kBannerHeadSize));
  ASSERT_TRUE(size.ok()) << size.status();
  ASSERT_EQ(*size, kBannerPayloadSize);
  const Banner banner = Banner::DecodePayload(bytes.substr(kBannerHeadSize));
  EXPECT_EQ(banner.supported, 5u);
  EXPECT_EQ(banner.required, 1ull << 63);
}

TEST(BannerTest, RecognisesAPeerOfV1) {
  const absl::Status status = Banner::PayloadSize("ceph v0271").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("msgr v1"));
}

TEST(BannerTest, ShowsWhatAStrangerSent) {
  const absl::Status status = Banner::PayloadSize("GET / HTTP").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("GET / HTTP"));
}

TEST(BannerTest, RefusesPayloadsThatAreTooShortOrTooLong) {
  EXPECT_FALSE(Banner::PayloadSize(std::string_view("ceph v2\n\x0f\0", 10)).ok());
  EXPECT_TRUE(Banner::PayloadSize(std::string_view("ceph v2\n\0\4", 10)).ok());
  EXPECT_FALSE(Banner::PayloadSize(std::string_view("ceph v2\n\1\4", 10)).ok());
}

TEST(BannerTest, EachSideMayRequireOnlyWhatTheOtherSupports) {
  const Banner modern{.supported = 3, .required = 0};
  const Banner old{.supported = 0, .required = 0};
  EXPECT_TRUE(CheckBanners(modern, old).ok());
  EXPECT_TRUE(CheckBanners(old, modern).ok());
  const Banner strict{.supported = 3, .required = 2};
  EXPECT_TRUE(CheckBanners(strict, modern).ok());
  EXPECT_THAT(std::string(CheckBanners(strict, old).message()), HasSubstr("the peer lacks"));
  EXPECT_THAT(std::string(CheckBanners(old, strict).message()), HasSubstr("the peer requires"));
}

}  // namespace
}  // namespace siphon::v2
