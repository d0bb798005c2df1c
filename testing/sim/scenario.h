// Scenario: what one seed plays: the policies of both sides, how many nodes, how the network is,
// what goes wrong and how much is done.
#ifndef SIPHON_TESTING_SIM_SCENARIO_H_
#define SIPHON_TESTING_SIM_SCENARIO_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "testing/sim/sim_network.h"
#include "testing/sim/sim_protocol.h"
#include "testing/sim/sim_random.h"

namespace siphon {

enum class PolicyPair {
  kLosslessClient,     // stateful_server / lossless_client
  kLossyClient,        // stateless_server / lossy_client
  kRegisteredClient,   // stateless_registered_server / lossy_client
  kLosslessPeer,       // lossless_peer on both sides
  kLosslessPeerReuse,  // lossless_peer_reuse on both sides
};
inline constexpr int kPolicyPairs = 5;

struct NodePlan {
  bool server = false;  // by its policy, it never dials
  bool binds = true;
  bool keeps_nonce = false;
  int workers = 1;
  bool fast = false;
  uint64_t answer_one_in = 0;
  uint64_t max_messages = 0;
  uint64_t max_bytes = 0;
};

struct Scenario {
  PolicyPair pair = PolicyPair::kLosslessPeer;
  SimProtocol protocol = SimProtocol::kV1;
  std::vector<NodePlan> nodes;
  NetworkWeather weather;
  int starved = -1;
  size_t data_max = 200;
  // What may happen; without faults every peer pair begins with both sides dialling at once.
  bool faults = true;
  bool crashes = true;
  bool mark_downs = true;
  int actions = 40;
  absl::Duration mean_pause;
  uint64_t dispatch_throttle_bytes = 0;  // 0: Ceph's default
  uint64_t socket_failures_in = 0;
  bool delivery_delays = false;

  bool peers() const {
    return pair == PolicyPair::kLosslessPeer || pair == PolicyPair::kLosslessPeerReuse;
  }
  bool lossy() const {
    return pair == PolicyPair::kLossyClient || pair == PolicyPair::kRegisteredClient;
  }
  std::string Describe() const;

  // Draws everything from `random` but the protocol.
  static Scenario Draw(SimRandom& random);
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SCENARIO_H_
