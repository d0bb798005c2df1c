#include "services/common/process_auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/random_source.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/crypto_key.h"
#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ProcessAuthTest : public ::testing::Test {
 protected:
  ProcessAuthTest() { Set("auth_client_required", "cephx"); }
  void Set(const char* name, const std::string& value) {
    ASSERT_TRUE(config_.Set(name, value, Config::Source::kCommandLine).ok());
  }
  std::string File(const char* name, const std::string& text) {
    WriteFile(dir_.Path(name), text);
    return dir_.Path(name);
  }
  absl::StatusOr<std::unique_ptr<ProcessAuth>> Create() {
    return ProcessAuth::Create(&config_, {kEntityClient, "web"});
  }
  std::string Error() {
    const auto auth = Create();
    return auth.ok() ? "" : auth.status().ToString();
  }

  ShortTempDir dir_;
  Config config_;
  const std::string key_ = cephx::CryptoKey::Generate(absl::Now(), RandomSource::Real()).ToBase64();
};

TEST_F(ProcessAuthTest, TheKeyIsThatOfTheNameInTheFirstKeyringThatIsThere) {
  Set("keyring", absl::StrCat(dir_.Path("none"), ",",
                              File("ring", absl::StrCat("[client.web]\nkey = ", key_, "\n"))));
  const auto auth = Create();
  ASSERT_TRUE(auth.ok()) << auth.status();
  EXPECT_NE((*auth)->cephx(), nullptr);
  EXPECT_THAT(*(*auth)->MonMethods(), ElementsAre(kAuthCephx));
}

TEST_F(ProcessAuthTest, AKeyOrAKeyfileComesBeforeTheKeyring) {
  Set("keyring", dir_.Path("none"));
  Set("keyfile", File("file", key_ + "\n"));
  EXPECT_EQ(Error(), "");
  Set("keyfile", dir_.Path("none"));
  EXPECT_THAT(Error(), AllOf(HasSubstr("keyfile: opening"), HasSubstr("nothing but the key")));
  Set("key", key_);
  EXPECT_EQ(Error(), "") << "and a key before a keyfile";
}

TEST_F(ProcessAuthTest, SaysWhereItLookedAndWhatToDo) {
  Set("keyring", dir_.Path("none"));
  EXPECT_THAT(Error(), AllOf(HasSubstr("no keyring: none of"), HasSubstr(dir_.Path("none")),
                             HasSubstr("give --keyring FILE"), HasSubstr("ask for cephx")));
  Set("keyring", File("ring", absl::StrCat("[client.shop]\nkey = ", key_, "\n")));
  EXPECT_THAT(Error(), AllOf(HasSubstr("has no key of client.web"),
                             HasSubstr("ceph auth get client.web"), Not(HasSubstr(key_))));
}

TEST_F(ProcessAuthTest, DoesNotRepeatAKeyThatIsNone) {
  const std::string broken = key_.substr(0, 30);
  Set("key", broken);
  EXPECT_THAT(Error(), AllOf(HasSubstr("key: "), HasSubstr("print-key"), Not(HasSubstr(broken))));
  Set("key", "");
  Set("keyfile", File("file", broken));
  EXPECT_THAT(Error(), AllOf(HasSubstr("keyfile " + dir_.Path("file")), Not(HasSubstr(broken))));
  Set("keyfile", "");
  Set("keyring", File("ring", absl::StrCat("[client.web]\nkey = ", broken, "\n")));
  EXPECT_THAT(Error(), AllOf(HasSubstr("ring:2"), Not(HasSubstr(broken))));
}

TEST_F(ProcessAuthTest, WhereNoneIsAllowedTheMissingKeyIsToldWhenItWasNeeded) {
  Set("auth_client_required", "cephx, none");
  Set("keyring", dir_.Path("none"));
  const auto auth = Create();
  ASSERT_TRUE(auth.ok()) << auth.status();
  EXPECT_THAT(*(*auth)->MonMethods(), ElementsAre(kAuthNone));
  const auto exchange = (*auth)->NewExchange(kEntityMon, ProtocolVersion::kV2);
  EXPECT_EQ(exchange->Begin()->method, kAuthNone);
  AuthClientExchange::BadMethod bad;
  bad.method = kAuthNone;
  bad.result = -95;
  bad.allowed_methods = {kAuthCephx};
  bad.allowed_modes = {1};
  EXPECT_THAT(exchange->OnBadMethod(bad).status().ToString(),
              AllOf(HasSubstr("it takes cephx"), HasSubstr("no key for cephx: no keyring"),
                    HasSubstr(dir_.Path("none"))));
}

}  // namespace
}  // namespace siphon
