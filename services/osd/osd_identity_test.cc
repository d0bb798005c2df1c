#include "services/osd/osd_identity.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

class OsdIdentityTest : public ::testing::Test {
 protected:
  OsdIdentityTest() {
    char name[] = "/tmp/osd_identity_XXXXXX";
    folder_ = std::string(mkdtemp(name)) + "/osd.3";
  }
  ~OsdIdentityTest() override {
    std::filesystem::remove_all(std::filesystem::path(folder_).parent_path());
  }
  std::string folder_;
  RandomSource& random_ = RandomSource::Real();
};

TEST_F(OsdIdentityTest, IsTheSameAtTheSecondStart) {
  const OsdIdentity first = OsdIdentity::Load(folder_, 3, random_).value();
  EXPECT_EQ(OsdIdentity::Load(folder_, 3, random_).value().uuid, first.uuid);
  EXPECT_NE(OsdIdentity::Load("", 3, random_).value().uuid, first.uuid);
}

TEST_F(OsdIdentityTest, RefusesAnotherOsdsFolder) {
  ASSERT_TRUE(OsdIdentity::Load(folder_, 3, random_).ok());
  EXPECT_EQ(OsdIdentity::Load(folder_, 4, random_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(OsdIdentityTest, RefusesAFileThatIsNoUuid) {
  ASSERT_TRUE(OsdIdentity::Load(folder_, 3, random_).ok());
  std::ofstream(folder_ + "/fsid") << "rubbish\n";
  EXPECT_EQ(OsdIdentity::Load(folder_, 3, random_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(OsdIdentityTest, StaysInTheClusterThatItFirstSaw) {
  OsdIdentity identity = OsdIdentity::Load(folder_, 3, random_).value();
  const rados::Uuid cluster = rados::Uuid::Random(random_);
  ASSERT_TRUE(identity.SetCluster(folder_, cluster).ok());
  OsdIdentity again = OsdIdentity::Load(folder_, 3, random_).value();
  EXPECT_EQ(again.cluster_fsid, cluster);
  EXPECT_TRUE(again.SetCluster(folder_, cluster).ok());
  EXPECT_EQ(again.SetCluster(folder_, rados::Uuid::Random(random_)).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace siphon::osd
