#include "testing/sim/workload.h"

#include <utility>

namespace siphon {

void Workload::Begin() {
  left_ = scenario_->actions;
  LearnAll();
  if (scenario_->peers() && !scenario_->faults) DialFromBothSides();
  Next();
}

void Workload::Next() {
  if (left_ == 0) return;
  // Now and then several at one moment.
  const absl::Duration pause = world_->random().OneIn(3)
                                   ? absl::ZeroDuration()
                                   : scenario_->mean_pause * 2 * world_->random().Fraction();
  world_->After(pause, [this] {
    if (calm_) return;
    --left_;
    Act();
    Next();
  });
}

SimNode* Workload::AnyNode(bool that_dials) {
  std::vector<SimNode*> candidates;
  for (const auto& node : nodes_) {
    if (!node->alive()) continue;
    if (that_dials && scenario_->nodes[static_cast<size_t>(node->index())].server) continue;
    candidates.push_back(node.get());
  }
  if (candidates.empty()) return nullptr;
  return candidates[world_->random().Below(candidates.size())];
}

SimNode* Workload::AnyPeer(const SimNode& node) {
  std::vector<SimNode*> candidates;
  for (const auto& peer : nodes_) {
    if (peer.get() != &node && scenario_->nodes[static_cast<size_t>(peer->index())].binds) {
      candidates.push_back(peer.get());
    }
  }
  if (candidates.empty()) return nullptr;
  return candidates[world_->random().Below(candidates.size())];
}

uint16_t Workload::AnyPriority() {
  constexpr uint16_t kPriorities[] = {
      kPriorityDefault, kPriorityDefault, kPriorityDefault, kPriorityHigh, 40, kPriorityHighest};
  return kPriorities[world_->random().Below(std::size(kPriorities))];
}

absl::Duration Workload::AnyWhile(absl::Duration longest) {
  return longest * world_->random().Fraction();
}

void Workload::Act() {
  const uint64_t which = world_->random().Below(100);
  if (which >= 75 && scenario_->faults) return Fault();
  world_->AsUserThread([this, which] { UseMessenger(which); });
}

void Workload::UseMessenger(uint64_t which) {
  SimRandom& random = world_->random();
  SimNode* const node = AnyNode(/*that_dials=*/false);
  if (node == nullptr) return;
  if (which < 45 || which >= 75) return Send(*node);
  if (which < 55) return DialFromBothSides();
  if (which < 58) return node->HoldDispatch(AnyWhile(scenario_->mean_pause * 20));
  if (which < 61) return node->HoldMessages(AnyWhile(scenario_->mean_pause * 20));
  if (which < 63) return node->SendToSelf();
  const ConnectionPtr connection = node->AnyConnection();
  if (connection == nullptr) return;
  if (which < 65) return connection->SendKeepalive();
  if (!scenario_->mark_downs) return Send(*node);
  if (which < 71) return node->MarkDown(connection);
  if (which < 72) return node->MarkAllDown();
  if (which < 73 && random.OneIn(2)) return node->MakeDisposable(connection);
  Send(*node);
}

void Workload::Send(SimNode& node) {
  SimRandom& random = world_->random();
  const uint64_t burst = random.OneIn(4) ? 1 + random.Below(12) : 1;
  const bool dials = !scenario_->nodes[static_cast<size_t>(node.index())].server;
  if (dials && !random.OneIn(4)) {
    SimNode* const peer = AnyPeer(node);
    for (uint64_t i = 0; i < burst && peer != nullptr; ++i) {
      node.SendTo(peer->index(), AnyPriority(), AnySize());
    }
    return;
  }
  const ConnectionPtr connection = node.AnyConnection();
  for (uint64_t i = 0; i < burst && connection != nullptr; ++i) {
    node.SendOn(connection, AnyPriority(), AnySize());
  }
}

void Workload::DialFromBothSides() {
  for (const auto& a : nodes_) {
    if (!a->alive()) continue;
    for (const auto& b : nodes_) {
      if (a != b && b->alive()) a->Dial(b->index());
    }
  }
}

void Workload::Fault() {
  SimRandom& random = world_->random();
  const uint64_t which = random.Below(25);
  if (which < 10) {
    const uint64_t kind = random.Below(6);
    world_->network().BreakOne(kind == 0   ? SimNetwork::Break::kSilence
                               : kind == 1 ? SimNetwork::Break::kEnd
                                           : SimNetwork::Break::kReset);
  } else if (which < 13) {
    const int a = static_cast<int>(random.Below(nodes_.size()));
    const int b = static_cast<int>(random.Below(nodes_.size()));
    if (a == b) return;
    world_->trace().Add(a, "is cut off from node $0", static_cast<uint64_t>(b));
    world_->network().SetPartition(a, b, true);
    world_->After(AnyWhile(random.OneIn(4) ? absl::Seconds(40) : scenario_->mean_pause * 20),
                  [this, a, b] { world_->network().SetPartition(a, b, false); });
  } else if (which < 15) {
    const absl::Duration by = absl::Hours(48) * (random.Fraction() - 0.5);
    world_->trace().Add(-1, "the wall clock jumps");
    world_->clock().JumpWall(by);
  } else if (which < 20 && scenario_->crashes) {
    Crash();
  } else {
    // Whoever did not know yet where the others are learns it.
    world_->AsUserThread([this] { LearnAll(); });
  }
}

void Workload::Crash() {
  SimNode* const node = AnyNode(/*that_dials=*/false);
  if (node == nullptr) return;
  node->Die(static_cast<SimNode::End>(world_->random().Below(3)));
  world_->After(AnyWhile(scenario_->mean_pause * 10), [this, node] {
    if (node->alive()) return;
    node->Live();
    world_->AsUserThread([this, node] {
      for (const auto& peer : nodes_) {
        if (peer->alive() && peer.get() != node) node->Learn(*peer);
      }
    });
  });
}

void Workload::LearnAll() {
  for (const auto& node : nodes_) {
    if (!node->alive()) continue;
    for (const auto& peer : nodes_) {
      const bool reachable = scenario_->nodes[static_cast<size_t>(peer->index())].binds;
      if (peer != node && peer->alive() && reachable) node->Learn(*peer);
    }
  }
}

void Workload::Calm() {
  calm_ = true;
  left_ = 0;
  world_->network().Calm();
  world_->network().HealPartitions();
  for (const auto& node : nodes_) {
    if (!node->alive()) node->Live();
  }
  world_->AsUserThread([this] {
    LearnAll();
    for (const auto& node : nodes_) {
      node->HoldDispatch(absl::ZeroDuration());
      node->HoldMessages(absl::ZeroDuration());
      node->LetGo();
    }
  });
}

void Workload::Probe() {
  world_->AsUserThread([this] {
    for (const auto& node : nodes_) {
      if (scenario_->nodes[static_cast<size_t>(node->index())].server) continue;
      for (const auto& peer : nodes_) {
        if (peer != node && scenario_->nodes[static_cast<size_t>(peer->index())].binds) {
          node->SendTo(peer->index(), kPriorityDefault, 20);
        }
      }
    }
  });
}

}  // namespace siphon
