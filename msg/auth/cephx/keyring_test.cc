#include "msg/auth/cephx/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

#define KEY "AQCGkgJr8gDSGBAAnp4otIYKg0J+40PDVO+YIw=="
const AuthName kAdmin{kEntityClient, "admin"};

// As `ceph auth get client.admin` prints it.
constexpr char kText[] =
    "[client.admin]\n\tkey = " KEY "\n\tcaps mgr = \"allow *\"\n\tcaps mon = \"allow *\"\n";

std::string ErrorOf(const std::string& text) {
  const auto keyring = Keyring::Parse(text, "k");
  EXPECT_FALSE(keyring.ok()) << text;
  return std::string(keyring.status().message());
}

TEST(KeyringTest, ReadsAndWritesCephsText) {
  const auto keyring = Keyring::Parse(kText, "k");
  ASSERT_TRUE(keyring.ok()) << keyring.status();
  const EntityAuth* admin = keyring->Find(kAdmin);
  ASSERT_NE(admin, nullptr);
  EXPECT_EQ(admin->key.ToBase64(), KEY);
  EXPECT_EQ(admin->caps.at("mon"), "allow *");
  EXPECT_EQ(keyring->ToText(), kText);
  EXPECT_EQ(KeyringText(kAdmin, *admin), kText);
}

TEST(KeyringTest, ReadsRealKeyrings) {
  for (const char* name :
       {"cephx_client_admin.keyring", "cephx_osd0.keyring", "cephx_v1_client_admin.keyring"}) {
    const auto keyring = Keyring::Load(std::string("testing/vectors/streams/") + name);
    ASSERT_TRUE(keyring.ok()) << keyring.status();
    EXPECT_THAT(keyring->entries(), SizeIs(1));
  }
}

TEST(KeyringTest, TakesCommentsBlanksBareValuesAndOldFields) {
  const auto keyring = Keyring::Parse(
      "# keys\n\n; more\r\n [ osd.0 ] ; the first\nauid = 5\nkey=" KEY
      " # good\n caps  osd = allow * ; all\n\tcaps mon = \"allow profile osd\" # some\n",
      "k");
  ASSERT_TRUE(keyring.ok()) << keyring.status();
  const EntityAuth* osd = keyring->Find(AuthName{kEntityOsd, "0"});
  ASSERT_NE(osd, nullptr);
  EXPECT_EQ(osd->caps.at("osd"), "allow *");
  EXPECT_EQ(osd->caps.at("mon"), "allow profile osd");
}

TEST(KeyringTest, QuotesAndBackslashesInCapsComeBack) {
  Keyring keyring = *Keyring::Parse(kText, "k");
  EntityAuth auth = *keyring.Find(kAdmin);
  auth.caps["mon"] = R"(allow command "osd pool ls" with x=\d)";
  keyring.Set(kAdmin, auth);
  EXPECT_EQ(*Keyring::Parse(keyring.ToText(), "k")->Find(kAdmin), auth);
}

TEST(KeyringTest, CapsCannotBeginAnEntryOfTheirOwn) {
  EntityAuth auth = *Keyring::Parse(kText, "k")->Find(kAdmin);
  auth.caps["mon"] = "allow r\"\n[client.eve]\nkey = " KEY;
  const auto keyring = Keyring::Parse(KeyringText(kAdmin, auth), "k");
  ASSERT_TRUE(keyring.ok()) << keyring.status();
  EXPECT_THAT(keyring->entries(), SizeIs(1));
}

TEST(KeyringTest, SaysInWhichLineWhatIsWrong) {
  EXPECT_THAT(ErrorOf("key = " KEY), StartsWith("k:1: a field before the first [NAME]"));
  EXPECT_THAT(ErrorOf("\n[client.a\nkey = " KEY), StartsWith("k:2: an entry begins with"));
  EXPECT_THAT(ErrorOf("[nobody]\nkey = " KEY), HasSubstr("k:1: \"nobody\" is not an entity's"));
  EXPECT_THAT(ErrorOf("[client.a]\nkey = AAAA"), StartsWith("k:2: not a key"));
  EXPECT_THAT(ErrorOf("[client.a]\nkey"), StartsWith("k:2: neither"));
  EXPECT_THAT(ErrorOf("[client.a]\nfoo = 1"), StartsWith("k:2: a field that is neither"));
  EXPECT_THAT(ErrorOf("[client.a]\ncaps = x"), StartsWith("k:2: a field that is neither"));
  EXPECT_THAT(ErrorOf("[client.a]\ncaps mon = \"x"), StartsWith("k:2: a quoted value"));
  EXPECT_THAT(ErrorOf("[client.a]\ncaps mon = \"x\" y"), StartsWith("k:2: a quoted value"));
  EXPECT_THAT(ErrorOf("[client.a]\n[client.b]\nkey = " KEY), StartsWith("k:1: [client.a] has no"));
  EXPECT_THAT(ErrorOf("[client.a]\n"), StartsWith("k:1: [client.a] has no key"));
}

TEST(KeyringTest, IsWrittenForItsOwnerAlone) {
  const std::string path = ::testing::TempDir() + "/keyring";
  const Keyring keyring = *Keyring::Parse(kText, "k");
  ASSERT_TRUE(keyring.Save(path).ok());
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(Keyring::Load(path)->ToText(), kText);
}

TEST(KeyringTest, TheFirstFileThatExistsCounts) {
  const std::string path = ::testing::TempDir() + "/first";
  ASSERT_TRUE(Keyring::Parse(kText, "k")->Save(path).ok());
  EXPECT_TRUE(Keyring::LoadFirst("/none, " + path + ",/neither").ok());
  const auto none = Keyring::LoadFirst("/none,/neither");
  EXPECT_TRUE(absl::IsNotFound(none.status()));
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("/none,/neither"));
}

}  // namespace
}  // namespace siphon::cephx
