// Workload: what the users of the nodes do, and what goes wrong around them, until it calms down.
//
// Each action is drawn from the seed: send, dial from both sides at once, mark down, answer nothing
// for a while, hold on to messages, break a stream, part the network, let a process die and come
// back, set the wall clock.
//
// Threads: one. Lifetime: within that of the world and the nodes.
#ifndef SIPHON_TESTING_SIM_WORKLOAD_H_
#define SIPHON_TESTING_SIM_WORKLOAD_H_

#include <memory>
#include <vector>

#include "testing/sim/scenario.h"
#include "testing/sim/sim_node.h"
#include "testing/sim/sim_world.h"

namespace siphon {

class Workload {
 public:
  using Nodes = std::vector<std::unique_ptr<SimNode>>;

  // All outlive it.
  Workload(SimWorld* world, const Scenario* scenario, const Nodes* nodes)
      : world_(world), scenario_(scenario), nodes_(*nodes) {}

  // Plans the first action.
  void Begin();
  bool done() const { return left_ == 0; }
  // Ends every fault: dead nodes live, partitions heal, everybody knows where everybody is.
  void Calm();
  // Everybody gives up connections to where others were before.
  void Relearn() {
    world_->AsUserThread([this] { LearnAll(); });
  }
  // Every node that dials sends one message to each of its peers.
  void Probe();

 private:
  SimNode* AnyNode(bool that_dials);
  // One that `node` may dial.
  SimNode* AnyPeer(const SimNode& node);
  void Next();
  void Act();
  void UseMessenger(uint64_t which);
  void Send(SimNode& node);
  void DialFromBothSides();
  void Fault();
  void Crash();
  uint16_t AnyPriority();
  size_t AnySize() { return world_->random().Below(scenario_->data_max); }
  absl::Duration AnyWhile(absl::Duration longest);
  void LearnAll();

  SimWorld* const world_;
  const Scenario* const scenario_;
  const Nodes& nodes_;
  int left_ = 0;
  bool calm_ = false;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_WORKLOAD_H_
