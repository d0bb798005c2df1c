#include "msg/auth/cephx/required_features.h"

#include "msg/features.h"

namespace siphon::cephx {
namespace {

bool IsOfCluster(EntityType peer) {
  return peer == kEntityOsd || peer == kEntityMds || peer == kEntityMgr;
}

}  // namespace

uint64_t FeaturesRequiredOfServers(const Config& config, EntityType peer) {
  const bool signatures = config.GetBool("cephx_require_signatures") ||
                          config.GetBool(IsOfCluster(peer) ? "cephx_cluster_require_signatures"
                                                           : "cephx_service_require_signatures");
  return signatures ? kFeatureMsgAuth : 0;
}

uint64_t FeaturesRequiredOfClients(const Config& config, EntityType peer) {
  const bool challenge = config.GetInt("cephx_require_version") >= 2 ||
                         config.GetInt(IsOfCluster(peer) ? "cephx_cluster_require_version"
                                                         : "cephx_service_require_version") >= 2;
  return FeaturesRequiredOfServers(config, peer) | (challenge ? kFeatureCephxV2 : 0);
}

}  // namespace siphon::cephx
