#include "admin/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siphon {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  const auto parsed = ListenAddress::Parse(text);
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(parsed.status().message());
}

TEST(ListenAddressTest, TakesPathsOfUnixSockets) {
  EXPECT_EQ(ListenAddress::Parse("unix:run/a.sock")->path(), "run/a.sock");
  EXPECT_EQ(ListenAddress::Parse("unix:/run/a.sock")->path(), "/run/a.sock");
  EXPECT_EQ(ListenAddress::Parse("unix:///run/a.sock")->ToString(), "unix:/run/a.sock");
  EXPECT_TRUE(ListenAddress::Parse("unix:x")->is_unix());
}

TEST(ListenAddressTest, TakesLoopbackAddressesOfBothFamilies) {
  EXPECT_EQ(ListenAddress::Parse("127.0.0.1:7001")->ToString(), "127.0.0.1:7001");
  EXPECT_EQ(ListenAddress::Parse("127.9.9.9:0")->ToString(), "127.9.9.9:0");
  EXPECT_EQ(ListenAddress::Parse("[::1]:7001")->ToString(), "[::1]:7001");
  EXPECT_EQ(ListenAddress::Parse("localhost:7001")->ToString(), "127.0.0.1:7001");
  EXPECT_FALSE(ListenAddress::Parse("[::1]:7001")->is_unix());
}

TEST(ListenAddressTest, RefusesAddressesThatOthersCanReach) {
  for (const char* text : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "[fe80::1]:1", "example.org:1",
                           "126.255.255.255:1", ":1", "[]:1"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("is not a loopback address")) << text;
  }
}

TEST(ListenAddressTest, RefusesAPathThatDoesNotFitASocketAddress) {
  EXPECT_TRUE(ListenAddress::Parse("unix:" + std::string(107, 'x')).ok());
  EXPECT_THAT(ErrorOf("unix:" + std::string(108, 'x')), HasSubstr("a path of 108 bytes"));
}

TEST(ListenAddressTest, SaysWhatIsMissing) {
  EXPECT_THAT(ErrorOf("unix:"), HasSubstr("has no path"));
  EXPECT_THAT(ErrorOf("/run/a.sock"), HasSubstr("is no address"));
  EXPECT_THAT(ErrorOf("127.0.0.1:"), HasSubstr("has no port"));
  EXPECT_THAT(ErrorOf("127.0.0.1:65536"), HasSubstr("has no port"));
}

}  // namespace
}  // namespace siphon
