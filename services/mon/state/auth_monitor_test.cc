#include "services/mon/state/auth_monitor.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/random_source.h"
#include "gtest/gtest.h"
#include "msg/auth/cephx/keyring.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

const AuthName kMon = {kEntityMon, ""};
const AuthName kAdmin = {kEntityClient, "admin"};
const AuthName kAlice = {kEntityClient, "alice"};

class AuthMonitorTest : public MonFixture {
 protected:
  AuthMonitorTest() { Restart(); }
  void Restart() {
    auth_ = std::make_unique<AuthMonitor>(store_.get(), &clock_, &RandomSource::Real());
    const absl::Status status = auth_->Load();
    ASSERT_TRUE(status.ok()) << status;
  }
  std::string Path(const std::string& name) const { return files_.path() + "/" + name; }

  TempFolder files_;
  std::unique_ptr<AuthMonitor> auth_;
};

TEST_F(AuthMonitorTest, KeepsEntitiesAcrossRestarts) {
  cephx::EntityAuth alice = {.key = auth_->NewKey(), .caps = {{"mon", "allow r"}, {"osd", ""}}};
  ASSERT_TRUE(auth_->Put({{kAlice, alice}}).ok());
  Restart();
  const auto found = auth_->FindEntity(kAlice);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(*found == alice);
  EXPECT_TRUE(*auth_->Erase(kAlice));
  EXPECT_FALSE(*auth_->Erase(kAlice));
  Restart();
  EXPECT_TRUE(absl::IsNotFound(auth_->FindEntity(kAlice).status()));
}

TEST_F(AuthMonitorTest, ANewClusterTellsTheAdministratorsKeyInAFileOfItsOwn) {
  ASSERT_TRUE(auth_->Begin(Path("keyring") + "," + Path("other")).ok());
  const auto keyring = cephx::Keyring::Load(Path("keyring"));
  ASSERT_TRUE(keyring.ok()) << keyring.status();
  EXPECT_EQ(keyring->entries().size(), 1u);
  ASSERT_NE(keyring->Find(kAdmin), nullptr);
  EXPECT_TRUE(*keyring->Find(kAdmin) == *auth_->FindEntity(kAdmin));
  struct stat info = {};
  ASSERT_EQ(stat(Path("keyring").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(Path("other")));
  EXPECT_FALSE(auth_->FindEntity(kMon)->key.empty());
  EXPECT_FALSE(auth_->entities().contains(kMon));
  EXPECT_TRUE(auth_->entities().contains({kEntityClient, "bootstrap-osd"}));
}

TEST_F(AuthMonitorTest, ANewClusterTakesTheKeysThatItIsGiven) {
  cephx::Keyring given;
  given.Set(kMon, {.key = auth_->NewKey(), .caps = {{"mon", "allow *"}}});
  given.Set(kAlice, {.key = auth_->NewKey(), .caps = {{"osd", "allow r"}}});
  ASSERT_TRUE(given.Save(Path("keyring")).ok());
  ASSERT_TRUE(auth_->Begin(Path("keyring")).ok());
  EXPECT_TRUE(*auth_->FindEntity(kMon) == *given.Find(kMon));
  EXPECT_TRUE(*auth_->FindEntity(kAlice) == *given.Find(kAlice));
  EXPECT_TRUE(auth_->FindEntity(kAdmin).ok());
  // What it was given stays as it was.
  EXPECT_EQ(cephx::Keyring::Load(Path("keyring"))->entries().size(), 2u);
}

TEST_F(AuthMonitorTest, AClusterThatHasItsKeysKeepsThem) {
  ASSERT_TRUE(auth_->Begin("").ok());
  const cephx::EntityAuth before = *auth_->FindEntity(kAdmin);
  Restart();
  ASSERT_TRUE(auth_->Begin(Path("keyring")).ok());
  EXPECT_TRUE(*auth_->FindEntity(kAdmin) == before);
  EXPECT_FALSE(std::filesystem::exists(Path("keyring")));
}

TEST_F(AuthMonitorTest, AKeyringThatIsNoneStopsTheBeginning) {
  std::ofstream(Path("keyring")) << "[client.admin]\n\tkey = nonsense\n";
  EXPECT_FALSE(auth_->Begin(Path("keyring")).ok());
  EXPECT_TRUE(absl::IsNotFound(auth_->FindEntity(kAdmin).status()));
}

TEST_F(AuthMonitorTest, ADamagedEntryIsDataLossAndNamesTheEntity) {
  MonStore::Batch batch;
  batch.Put(MonStore::kAuth, "client.alice", std::string("\x02 short"));
  ASSERT_TRUE(store_->Commit(batch).ok());
  AuthMonitor auth(store_.get(), &clock_, &RandomSource::Real());
  const absl::Status status = auth.Load();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_NE(status.message().find("client.alice"), std::string::npos);
}

}  // namespace
}  // namespace siphon::mon
