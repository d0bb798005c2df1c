#include "testing/sim/scenario.h"

#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

constexpr const char* kPairNames[kPolicyPairs] = {
    "stateful_server/lossless_client", "stateless_server/lossy_client",
    "stateless_registered_server/lossy_client", "lossless_peer", "lossless_peer_reuse"};

constexpr const char* kProtocolNames[kSimProtocols] = {"v1", "v2 crc", "v2 secure"};

NetworkWeather DrawWeather(SimRandom& random, bool faults) {
  NetworkWeather weather;
  weather.latency_max = static_cast<MonoNanos>(50'000 + random.Below(1'000'000));
  weather.buffer_bytes = random.OneIn(3) ? 300 + random.Below(2000) : 64 << 10;
  weather.short_one_in = random.OneIn(2) ? 0 : 1 + random.Below(4);
  weather.short_max = 1 + random.Below(200);
  if (!faults) return weather;
  weather.late_one_in = random.OneIn(3) ? 10 + random.Below(40) : 0;
  weather.late_max = static_cast<MonoNanos>(1 + random.Below(3'000'000'000));
  weather.cut_one_in = random.OneIn(4) ? 0 : 1 + random.Below(4);
  weather.handshake_cut_in = 1 + random.Below(3);
  weather.refuse_one_in = random.OneIn(3) ? 3 + random.Below(10) : 0;
  return weather;
}

NodePlan DrawNode(SimRandom& random) {
  NodePlan node;
  node.keeps_nonce = random.OneIn(2);
  node.workers = 1 + static_cast<int>(random.Below(3));
  node.fast = random.OneIn(3);
  node.answer_one_in = random.OneIn(2) ? 3 + random.Below(4) : 0;
  if (random.OneIn(3)) node.max_messages = 1 + random.Below(4);
  if (random.OneIn(3)) node.max_bytes = 50 + random.Below(400);
  return node;
}

}  // namespace

Scenario Scenario::Draw(SimRandom& random) {
  Scenario s;
  s.pair = static_cast<PolicyPair>(random.Below(kPolicyPairs));
  s.faults = !random.OneIn(8);
  s.crashes = s.faults && random.OneIn(2);
  s.mark_downs = s.faults && random.OneIn(2);
  s.weather = DrawWeather(random, s.faults);
  s.starved = random.OneIn(3) ? static_cast<int>(random.Below(8)) : -1;
  s.data_max = random.OneIn(6) ? 9000 : 1 + random.Below(300);
  // A byte at a time of so much would only cost time.
  if (s.data_max > 1000) s.weather.short_max += 300;
  s.actions = 10 + static_cast<int>(random.Below(40));
  s.mean_pause = absl::Microseconds(200 << random.Below(11));
  if (random.OneIn(4)) s.dispatch_throttle_bytes = 100 + random.Below(1000);
  if (s.faults && random.OneIn(4)) s.socket_failures_in = 20 + random.Below(100);
  s.delivery_delays = random.OneIn(5);
  const int nodes = 2 + static_cast<int>(random.OneIn(3));
  for (int i = 0; i < nodes; ++i) {
    NodePlan node = DrawNode(random);
    if (!s.peers()) {
      // The first node serves; of three, the last is a second client.
      node.server = i == 0;
      node.binds = i == 0;
      if (node.server && node.answer_one_in == 0) node.answer_one_in = 3;
    }
    s.nodes.push_back(node);
  }
  return s;
}

std::string Scenario::Describe() const {
  std::string text = absl::StrCat(
      kProtocolNames[static_cast<int>(protocol)], ", ", kPairNames[static_cast<int>(pair)], ", ",
      nodes.size(), " nodes, ", actions, " actions, ", faults ? "" : "no faults, ",
      crashes ? "crashes, " : "", mark_downs ? "mark-downs, " : "", "latency to ",
      weather.latency_max / 1000, " us, one stream in ", weather.cut_one_in,
      " is cut, one packet in ", weather.late_one_in, " is late, buffers of ", weather.buffer_bytes,
      " bytes, one in ", weather.short_one_in, " reads and writes is short");
  for (size_t i = 0; i < nodes.size(); ++i) {
    const NodePlan& n = nodes[i];
    absl::StrAppend(&text, "\n  node ", i, ": ", n.workers, " workers",
                    n.keeps_nonce ? ", keeps its nonce" : "", n.fast ? ", dispatches fast" : "",
                    n.answer_one_in ? ", answers" : "");
    if (n.max_messages) absl::StrAppend(&text, ", holds ", n.max_messages, " messages at most");
    if (n.max_bytes) absl::StrAppend(&text, ", holds ", n.max_bytes, " bytes at most");
  }
  return text;
}

}  // namespace siphon
