#include "msg/auth/negotiating_auth_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "msg/auth/auth_methods.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

// Against servers: negotiating_auth_server_test.
class NegotiatingAuthClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<AuthClientExchange> Exchange(EntityType peer, ProtocolVersion version) {
    return client_.NewExchange(peer, version);
  }

  Config config_;  // method none
  NegotiatingAuthClient client_{AuthPolicy(&config_, kEntityClient),
                                AuthName{kEntityClient, "admin"}, nullptr};
};

TEST_F(NegotiatingAuthClientTest, ShowsItsNumberByMethodNone) {
  client_.set_global_id(4107);
  const auto request = Exchange(kEntityOsd, ProtocolVersion::kV1)->Begin();
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->method, kAuthNone);
  EXPECT_TRUE(request->payload.ends_with(std::string("\x0b\x10\0\0\0\0\0\0", 8)));
}

TEST_F(NegotiatingAuthClientTest, TriesNoMethodTwice) {
  const auto exchange = Exchange(kEntityOsd, ProtocolVersion::kV2);
  ASSERT_TRUE(exchange->Begin().ok());
  const auto again = exchange->OnBadMethod(
      {.method = kAuthNone, .result = -95, .allowed_methods = {kAuthNone}, .allowed_modes = {1}});
  EXPECT_TRUE(absl::IsPermissionDenied(again.status()));
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("refuses authentication by none"));
}

TEST_F(NegotiatingAuthClientTest, AChallengeToNothingShownIsAnError) {
  const auto exchange = Exchange(kEntityMon, ProtocolVersion::kV1);
  ASSERT_TRUE(exchange->Begin().ok());
  EXPECT_FALSE(exchange->OnReplyMore("x").ok());
  EXPECT_TRUE(exchange->OnDone(0, ConMode::kUnknown, "").ok());
}

}  // namespace
}  // namespace siphon
