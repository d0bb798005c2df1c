#include "msg/auth/auth_none.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_methods.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

// What client.admin of Ceph 16.2 shows an OSD, with 4107 as its global id.
std::string AdminAuthorizer() {
  return std::string("\x01\x08\0\0\0\x05\0\0\0admin\x0b\x10\0\0\0\0\0\0", 22);
}

using Answer = AuthServerExchange::Answer;
const std::vector<uint32_t> kCrc = {static_cast<uint32_t>(ConMode::kCrc)};
const std::vector<uint32_t> kSecure = {static_cast<uint32_t>(ConMode::kSecure)};

Answer Ask(AuthNoneServer::Requirement requirement, uint32_t method, std::string_view bytes) {
  return AuthNoneServer(requirement)
      .NewExchange(kEntityClient, ProtocolVersion::kV1)
      ->OnRequest(method, {}, bytes);
}
Answer Ask(uint32_t method, std::string_view bytes) {
  return Ask(AuthNoneServer::Requirement::kRequired, method, bytes);
}
bool Accepted(const Answer& answer) { return answer.kind == Answer::Kind::kDone; }

TEST(AuthNoneClientTest, ShowsAnOsdItsNameAndGlobalId) {
  AuthNoneClient client(kEntityClient, "admin");
  client.set_global_id(4107);
  const auto request = client.NewExchange(kEntityOsd, ProtocolVersion::kV1)->Begin();
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, kAuthNone);
  EXPECT_EQ(request->payload, AdminAuthorizer());
}

TEST(AuthNoneClientTest, ShowsMonitorsNothingOverV1AndItsNameOverV2) {
  AuthNoneClient client(kEntityClient, "admin");
  client.set_global_id(4107);
  const auto v1 = client.NewExchange(kEntityMon, ProtocolVersion::kV1)->Begin();
  ASSERT_TRUE(v1.ok());
  EXPECT_EQ(v1->method, kAuthUnknown);
  EXPECT_EQ(v1->payload, "");
  const auto v2 = client.NewExchange(kEntityMon, ProtocolVersion::kV2)->Begin();
  ASSERT_TRUE(v2.ok());
  EXPECT_EQ(v2->method, kAuthNone);
  EXPECT_EQ(v2->modes, kCrc);
  EXPECT_EQ(v2->payload, "\x0a" + AdminAuthorizer().substr(1));
}

TEST(AuthNoneClientTest, RefusesSecureModeForWantOfAKey) {
  AuthNoneClient client(kEntityClient, "admin");
  const auto exchange = client.NewExchange(kEntityOsd, ProtocolVersion::kV2);
  EXPECT_TRUE(exchange->OnDone(1, ConMode::kCrc, "").ok());
  EXPECT_THAT(std::string(exchange->OnDone(1, ConMode::kSecure, "").status().message()),
              HasSubstr("needs a key"));
}

TEST(AuthNoneServerTest, RefusesSecureModeForWantOfAKey) {
  const auto exchange = AuthNoneServer(AuthNoneServer::Requirement::kRequired)
                            .NewExchange(kEntityClient, ProtocolVersion::kV2);
  const Answer answer = exchange->OnRequest(kAuthNone, kSecure, AdminAuthorizer());
  EXPECT_EQ(answer.kind, Answer::Kind::kBadMethod);
  EXPECT_EQ(answer.bad.allowed_modes, kCrc);
  EXPECT_TRUE(Accepted(exchange->OnRequest(kAuthNone, kCrc, AdminAuthorizer())));
}

TEST(AuthNoneServerTest, BelievesAWellFormedAuthorizerAndAnswersNothing) {
  const Answer answer = Ask(kAuthNone, AdminAuthorizer());
  ASSERT_TRUE(Accepted(answer)) << answer.reason;
  EXPECT_EQ(answer.peer->entity, "client.admin");
  EXPECT_EQ(answer.peer->global_id, 4107u);
  EXPECT_EQ(answer.payload, "");
}

TEST(AuthNoneServerTest, RefusesAnAuthorizerCutAtAnyByteOrWithBytesBehind) {
  const std::string whole = AdminAuthorizer();
  for (size_t n = 0; n < whole.size(); ++n) {
    const Answer answer = Ask(kAuthNone, whole.substr(0, n));
    EXPECT_FALSE(Accepted(answer)) << n;
    EXPECT_NE(answer.reason, "") << n;
  }
  EXPECT_FALSE(Accepted(Ask(kAuthNone, whole + "x")));
}

TEST(AuthNoneServerTest, RefusesAnotherVersionTypeAndAnEndlessName) {
  std::string bytes = AdminAuthorizer();
  bytes[0] = 2;
  EXPECT_FALSE(Accepted(Ask(kAuthNone, bytes)));
  bytes = AdminAuthorizer();
  bytes[1] = 0;
  EXPECT_FALSE(Accepted(Ask(kAuthNone, bytes)));
  const std::string long_name =
      std::string("\x01\x08\0\0\0\0\x10\0\0", 9) + std::string(4096, 'a') + std::string(8, '\0');
  EXPECT_THAT(Ask(kAuthNone, long_name).reason, HasSubstr("too long"));
}

TEST(AuthNoneServerTest, NothingShownIsEnoughOnlyWhereItIsOptional) {
  EXPECT_TRUE(Accepted(Ask(AuthNoneServer::Requirement::kOptional, kAuthUnknown, "")));
  const Answer answer = Ask(kAuthUnknown, "");
  EXPECT_FALSE(Accepted(answer));
  EXPECT_THAT(answer.reason, HasSubstr("method 0"));
}

TEST(AuthNoneServerTest, RefusesCephx) {
  EXPECT_THAT(Ask(kAuthCephx, "ticket").reason, HasSubstr("method 2"));
}

}  // namespace
}  // namespace siphon
