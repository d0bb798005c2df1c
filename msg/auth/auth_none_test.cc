#include "msg/auth/auth_none.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

// What client.admin of Ceph 16.2 shows an OSD, with 4107 as its global id.
std::string AdminAuthorizer() {
  return std::string("\x01\x08\0\0\0\x05\0\0\0admin\x0b\x10\0\0\0\0\0\0", 22);
}

TEST(AuthNoneClientTest, ShowsAnOsdItsNameAndGlobalId) {
  AuthNoneClient client(kEntityClient, "admin");
  client.set_global_id(4107);
  const absl::StatusOr<Authorizer> authorizer = client.MakeAuthorizer(kEntityOsd);
  ASSERT_TRUE(authorizer.ok());
  EXPECT_EQ(authorizer->protocol, kAuthNone);
  EXPECT_EQ(authorizer->bytes, AdminAuthorizer());
}

TEST(AuthNoneClientTest, ShowsMonitorsNothing) {
  AuthNoneClient client(kEntityOsd, "3");
  const absl::StatusOr<Authorizer> authorizer = client.MakeAuthorizer(kEntityMon);
  ASSERT_TRUE(authorizer.ok());
  EXPECT_EQ(authorizer->protocol, kAuthUnknown);
  EXPECT_EQ(authorizer->bytes, "");
}

TEST(AuthNoneServerTest, BelievesAWellFormedAuthorizerAndAnswersNothing) {
  AuthNoneServer server(AuthNoneServer::Requirement::kRequired);
  const AuthServer::Verdict verdict = server.Verify(kEntityClient, kAuthNone, AdminAuthorizer());
  EXPECT_TRUE(verdict.accepted) << verdict.reason;
  EXPECT_EQ(verdict.entity, "client.admin");
  EXPECT_EQ(verdict.global_id, 4107u);
  EXPECT_EQ(verdict.reply, "");
}

TEST(AuthNoneServerTest, RefusesAnAuthorizerCutAtAnyByteOrWithBytesBehind) {
  AuthNoneServer server(AuthNoneServer::Requirement::kRequired);
  const std::string whole = AdminAuthorizer();
  for (size_t n = 0; n < whole.size(); ++n) {
    const auto verdict = server.Verify(kEntityClient, kAuthNone, whole.substr(0, n));
    EXPECT_FALSE(verdict.accepted) << n;
    EXPECT_NE(verdict.reason, "") << n;
  }
  EXPECT_FALSE(server.Verify(kEntityClient, kAuthNone, whole + "x").accepted);
}

TEST(AuthNoneServerTest, RefusesAnotherVersionTypeAndAnEndlessName) {
  AuthNoneServer server(AuthNoneServer::Requirement::kRequired);
  std::string bytes = AdminAuthorizer();
  bytes[0] = 2;
  EXPECT_FALSE(server.Verify(kEntityClient, kAuthNone, bytes).accepted);
  bytes = AdminAuthorizer();
  bytes[1] = 0;
  EXPECT_FALSE(server.Verify(kEntityClient, kAuthNone, bytes).accepted);
  const std::string long_name =
      std::string("\x01\x08\0\0\0\0\x10\0\0", 9) + std::string(4096, 'a') + std::string(8, '\0');
  EXPECT_THAT(server.Verify(kEntityClient, kAuthNone, long_name).reason, HasSubstr("too long"));
}

TEST(AuthNoneServerTest, NothingShownIsEnoughOnlyWhereItIsOptional) {
  AuthNoneServer optional(AuthNoneServer::Requirement::kOptional);
  AuthNoneServer required(AuthNoneServer::Requirement::kRequired);
  EXPECT_TRUE(optional.Verify(kEntityClient, kAuthUnknown, "").accepted);
  const auto verdict = required.Verify(kEntityClient, kAuthUnknown, "");
  EXPECT_FALSE(verdict.accepted);
  EXPECT_THAT(verdict.reason, HasSubstr("method 0"));
}

TEST(AuthNoneServerTest, RefusesCephx) {
  AuthNoneServer server(AuthNoneServer::Requirement::kOptional);
  EXPECT_THAT(server.Verify(kEntityClient, kAuthCephx, "ticket").reason, HasSubstr("method 2"));
}

}  // namespace
}  // namespace siphon
