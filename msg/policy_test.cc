#include "msg/policy.h"

#include <gtest/gtest.h>

namespace siphon {
namespace {

struct Row {
  Policy policy;
  std::string_view name;
  bool lossy, server, standby, resetcheck, registers;
};

// The table of the protocol's section 10.
TEST(PolicyTest, HasTheFlagsOfCephsPolicies) {
  const Row rows[] = {
      {Policy::StatefulServer(1), "stateful_server", false, true, true, true, false},
      {Policy::StatelessServer(1), "stateless_server", true, true, false, false, false},
      {Policy::StatelessRegisteredServer(1), "stateless_registered_server", true, true, false,
       false, true},
      {Policy::LosslessPeer(1), "lossless_peer", false, false, true, false, false},
      {Policy::LosslessPeerReuse(1), "lossless_peer_reuse", false, false, true, true, false},
      {Policy::LossyClient(1), "lossy_client", true, false, false, false, false},
      {Policy::LosslessClient(1), "lossless_client", false, false, false, true, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(row.policy.lossy, row.lossy);
    EXPECT_EQ(row.policy.server, row.server);
    EXPECT_EQ(row.policy.standby, row.standby);
    EXPECT_EQ(row.policy.resetcheck, row.resetcheck);
    EXPECT_EQ(row.policy.register_lossy_clients, row.registers);
    EXPECT_EQ(row.policy.features_required, 1u);
  }
}

}  // namespace
}  // namespace siphon
