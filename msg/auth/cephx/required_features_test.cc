#include "msg/auth/cephx/required_features.h"

#include <gtest/gtest.h>

#include "msg/features.h"

namespace siphon::cephx {
namespace {

class RequiredFeaturesTest : public ::testing::Test {
 protected:
  void Set(const char* name, const char* value) { ASSERT_TRUE(config_.Set(name, value).ok()); }
  uint64_t OfClients(EntityType peer) { return FeaturesRequiredOfClients(config_, peer); }
  uint64_t OfServers(EntityType peer) { return FeaturesRequiredOfServers(config_, peer); }

  Config config_;
};

TEST_F(RequiredFeaturesTest, ByDefaultClientsMustAnswerChallengesAndNobodyMustSign) {
  for (const EntityType peer : {kEntityClient, kEntityOsd, kEntityMon, kEntityMgr}) {
    EXPECT_EQ(OfClients(peer), kFeatureCephxV2);
    EXPECT_EQ(OfServers(peer), 0u) << "pre-Mimic servers may be dialled, as Ceph does";
  }
}

TEST_F(RequiredFeaturesTest, SignaturesOfTheClusterOrOfTheService) {
  Set("cephx_cluster_require_signatures", "true");
  EXPECT_EQ(OfServers(kEntityOsd), kFeatureMsgAuth);
  EXPECT_EQ(OfClients(kEntityMds), kFeatureMsgAuth | kFeatureCephxV2);
  EXPECT_EQ(OfServers(kEntityMgr), kFeatureMsgAuth);
  EXPECT_EQ(OfServers(kEntityClient), 0u);
  Set("cephx_cluster_require_signatures", "false");
  Set("cephx_service_require_signatures", "true");
  EXPECT_EQ(OfServers(kEntityOsd), 0u);
  EXPECT_EQ(OfServers(kEntityClient), kFeatureMsgAuth);
  EXPECT_EQ(OfServers(kEntityMon), kFeatureMsgAuth);
  Set("cephx_require_signatures", "true");
  EXPECT_EQ(OfServers(kEntityOsd), kFeatureMsgAuth) << "for everybody";
}

TEST_F(RequiredFeaturesTest, OldPeersComeInWhenNeitherOptionForThemAsksForVersion2) {
  Set("cephx_require_version", "1");
  EXPECT_EQ(OfClients(kEntityOsd), kFeatureCephxV2) << "the cluster's option still asks for it";
  Set("cephx_cluster_require_version", "1");
  EXPECT_EQ(OfClients(kEntityOsd), 0u);
  EXPECT_EQ(OfClients(kEntityClient), kFeatureCephxV2);
  Set("cephx_service_require_version", "1");
  EXPECT_EQ(OfClients(kEntityClient), 0u);
}

}  // namespace
}  // namespace siphon::cephx
