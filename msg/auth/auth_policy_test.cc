#include "msg/auth/auth_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "msg/auth/auth_methods.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint32_t kCrc = static_cast<uint32_t>(ConMode::kCrc);
constexpr uint32_t kSecure = static_cast<uint32_t>(ConMode::kSecure);

class AuthPolicyTest : public ::testing::Test {
 protected:
  void Set(const char* name, const char* value) {
    ASSERT_TRUE(config_.Set(name, value, Config::Source::kCommandLine).ok());
  }
  AuthPolicy::Terms Terms(EntityType self, EntityType peer) {
    const auto terms = AuthPolicy(&config_, self).For(peer);
    EXPECT_TRUE(terms.ok()) << terms.status();
    return terms.ok() ? *terms : AuthPolicy::Terms{};
  }
  // Which option is asked: the only one that says otherwise.
  void ExpectModeOption(EntityType self, EntityType peer, const char* option) {
    for (const char* name : {"ms_client_mode", "ms_cluster_mode", "ms_service_mode",
                             "ms_mon_client_mode", "ms_mon_cluster_mode", "ms_mon_service_mode"}) {
      Set(name, name == std::string(option) ? "crc" : "secure crc");
    }
    EXPECT_THAT(Terms(self, peer).modes, ElementsAre(kCrc)) << option;
  }
  void ExpectMethodOption(EntityType self, EntityType peer, const char* option) {
    for (const char* name :
         {"auth_client_required", "auth_cluster_required", "auth_service_required"}) {
      Set(name, name == std::string(option) ? "cephx" : "none");
    }
    EXPECT_THAT(Terms(self, peer).methods, ElementsAre(kAuthCephx)) << option;
  }

  Config config_;
};

TEST_F(AuthPolicyTest, EachPairOfTypesHasItsOptions) {
  const struct {
    EntityType self;
    EntityType peer;
    const char* methods;
    const char* modes;
  } rows[] = {
      {kEntityClient, kEntityMon, "auth_client_required", "ms_mon_client_mode"},
      {kEntityClient, kEntityMgr, "auth_client_required", "ms_mon_client_mode"},
      {kEntityClient, kEntityOsd, "auth_client_required", "ms_client_mode"},
      {kEntityMon, kEntityMon, "auth_cluster_required", "ms_mon_cluster_mode"},
      {kEntityMgr, kEntityMon, "auth_cluster_required", "ms_mon_cluster_mode"},
      {kEntityMon, kEntityClient, "auth_service_required", "ms_mon_service_mode"},
      {kEntityMon, kEntityOsd, "auth_service_required", "ms_mon_service_mode"},
      {kEntityOsd, kEntityMon, "auth_cluster_required", "ms_mon_cluster_mode"},
      {kEntityOsd, kEntityOsd, "auth_cluster_required", "ms_cluster_mode"},
      {kEntityOsd, kEntityMds, "auth_cluster_required", "ms_cluster_mode"},
      {kEntityOsd, kEntityClient, "auth_service_required", "ms_service_mode"},
  };
  for (const auto& row : rows) {
    ExpectModeOption(row.self, row.peer, row.modes);
    ExpectMethodOption(row.self, row.peer, row.methods);
  }
}

TEST_F(AuthPolicyTest, ListsKeepTheirOrder) {
  Set("auth_client_required", "cephx, none");
  Set("ms_client_mode", "secure crc");
  EXPECT_THAT(Terms(kEntityClient, kEntityOsd).methods, ElementsAre(kAuthCephx, kAuthNone));
  EXPECT_THAT(Terms(kEntityClient, kEntityOsd).modes, ElementsAre(kSecure, kCrc));
  Set("auth_client_required", "none;CEPHX none");
  EXPECT_THAT(Terms(kEntityClient, kEntityOsd).methods, ElementsAre(kAuthNone, kAuthCephx));
}

TEST_F(AuthPolicyTest, MethodNoneHasCrcModeAlone) {
  Set("auth_client_required", "cephx, none");
  Set("ms_client_mode", "secure crc");
  EXPECT_THAT(Terms(kEntityClient, kEntityOsd).ModesFor(kAuthNone), ElementsAre(kCrc));
  EXPECT_THAT(Terms(kEntityClient, kEntityOsd).ModesFor(kAuthCephx), ElementsAre(kSecure, kCrc));
  Set("ms_client_mode", "secure");
  EXPECT_THAT(Terms(kEntityClient, kEntityOsd).ModesFor(kAuthNone), IsEmpty());
}

TEST_F(AuthPolicyTest, NoneAndSecureAloneDoNotGoTogether) {
  Set("auth_client_required", "none");
  Set("ms_client_mode", "secure");
  const auto terms = AuthPolicy(&config_, kEntityClient).For(kEntityOsd);
  EXPECT_TRUE(absl::IsFailedPrecondition(terms.status()));
  EXPECT_THAT(std::string(terms.status().message()),
              HasSubstr("ms_client_mode is secure alone, and auth_client_required is none"));
}

TEST_F(AuthPolicyTest, NamesTheOptionThatIsWrong) {
  Set("ms_client_mode", "crc fast");
  EXPECT_THAT(AuthPolicy(&config_, kEntityClient).For(kEntityOsd).status().ToString(),
              HasSubstr("option ms_client_mode: \"fast\" is neither crc nor secure"));
  Set("ms_client_mode", "crc");
  Set("auth_client_required", " ,");
  EXPECT_THAT(AuthPolicy(&config_, kEntityClient).For(kEntityOsd).status().ToString(),
              HasSubstr("option auth_client_required is empty"));
}

TEST_F(AuthPolicyTest, AuthSupportedStandsForAllOfThem) {
  Set("auth_supported", "none");
  for (const EntityType self : {kEntityClient, kEntityMon, kEntityOsd}) {
    EXPECT_THAT(Terms(self, kEntityOsd).methods, ElementsAre(kAuthNone));
  }
  Set("auth_supported", "magic");
  EXPECT_THAT(std::string(AuthPolicy(&config_, kEntityOsd).For(kEntityMon).status().message()),
              HasSubstr("option auth_supported: \"magic\""));
}

}  // namespace
}  // namespace siphon
