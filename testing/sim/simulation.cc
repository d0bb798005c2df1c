#include "testing/sim/simulation.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "glog/logging.h"
#include "msg/entity_type.h"
#include "msg/message_registry.h"
#include "msg/policy.h"
#include "testing/sim/checker.h"
#include "testing/sim/scenario.h"
#include "testing/sim/sim_message.h"
#include "testing/sim/sim_node.h"
#include "testing/sim/sim_world.h"
#include "testing/sim/workload.h"

namespace siphon {
namespace {

// A run that takes more steps has a livelock.
constexpr uint64_t kMaxSteps = 400'000;
// Everything has to come to rest within so much (virtual) time after the last fault: the longest
// wait is for a half-open connection that nothing is sent on (ms_connection_idle_timeout, 900 s).
constexpr absl::Duration kMaxCalm = absl::Seconds(4000);

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);
  ~Simulation();

  SimulationResult Run();
  std::string Report(const std::string& violation) const;

 private:
  SimWorld::Options WorldOptions() const;
  SimNode::Options NodeOptions(int index) const;
  void Configure();
  void Play();
  // Steps until everything is settled, or it takes too long.
  void Settle(const char* what);
  bool Settled(std::string* open);
  // Whether the session of `sender`, whose side never dials, has lost its peer.
  bool PeerIsGone(const ConnectionKey& sender);
  void CheckRaces();
  void End();
  bool failed() const { return !checker_.ok(); }

  const SimulationOptions options_;
  const int64_t live_before_ = SimMessage::live();
  SimRandom draw_;
  const Scenario scenario_;
  Config config_;
  MessageRegistry registry_;
  SimWorld world_;
  Checker checker_;
  Workload::Nodes nodes_;
  Workload workload_;
};

Simulation* running = nullptr;

Scenario DrawScenario(const SimulationOptions& options, SimRandom& random) {
  Scenario scenario = Scenario::Draw(random);
  scenario.protocol = options.protocol;
  return scenario;
}

Policy PolicyFor(PolicyPair pair, bool server) {
  switch (pair) {
    case PolicyPair::kLosslessClient:
      return server ? Policy::StatefulServer(0) : Policy::LosslessClient(0);
    case PolicyPair::kLossyClient:
      return server ? Policy::StatelessServer(0) : Policy::LossyClient(0);
    case PolicyPair::kRegisteredClient:
      return server ? Policy::StatelessRegisteredServer(0) : Policy::LossyClient(0);
    case PolicyPair::kLosslessPeer:
      return Policy::LosslessPeer(0);
    case PolicyPair::kLosslessPeerReuse:
      return Policy::LosslessPeerReuse(0);
  }
  return Policy();
}

Simulation::Simulation(const SimulationOptions& options)
    : options_(options),
      draw_(options.seed ^ 0x5eed),
      scenario_(DrawScenario(options, draw_)),
      world_(WorldOptions()),
      checker_(&world_.trace()),
      workload_(&world_, &scenario_, &nodes_) {
  running = this;
  registry_.Register<SimMessage>();
  Configure();
  if (!scenario_.faults) checker_.ExpectNoResets();
  for (int i = 0; i < static_cast<int>(scenario_.nodes.size()); ++i) {
    nodes_.push_back(std::make_unique<SimNode>(&world_, &checker_, NodeOptions(i)));
  }
}

Simulation::~Simulation() { running = nullptr; }

SimWorld::Options Simulation::WorldOptions() const {
  return {.seed = options_.seed,
          .weather = scenario_.weather,
          .starved = scenario_.starved,
          .live_trace = options_.verbose};
}

void Simulation::Configure() {
  const auto set = [this](const char* name, const std::string& value) {
    const absl::Status status = config_.Set(name, value, Config::Source::kCommandLine);
    CHECK(status.ok()) << status;
  };
  if (scenario_.dispatch_throttle_bytes != 0) {
    set("ms_dispatch_throttle_bytes", absl::StrCat(scenario_.dispatch_throttle_bytes));
  }
  if (scenario_.socket_failures_in != 0) {
    set("ms_inject_socket_failures", absl::StrCat(scenario_.socket_failures_in));
  }
  if (scenario_.delivery_delays) {
    set("ms_inject_delay_type", "osd client");
    set("ms_inject_delay_probability", "0.3");
    set("ms_inject_delay_max", "0.05");
  }
}

SimNode::Options Simulation::NodeOptions(int index) const {
  const NodePlan& plan = scenario_.nodes[static_cast<size_t>(index)];
  SimNode::Options node;
  node.index = index;
  const bool client = !scenario_.peers() && !plan.server;
  node.entity = {client ? kEntityClient : kEntityOsd, client ? 100 + index : index};
  node.peer_type = kEntityOsd;
  node.policy = PolicyFor(scenario_.pair, plan.server);
  node.lossy = scenario_.lossy();
  node.protocol = scenario_.protocol;
  node.binds = plan.binds;
  node.keeps_nonce = plan.keeps_nonce;
  node.workers = plan.workers;
  node.fast = plan.fast;
  node.answer_one_in = plan.answer_one_in;
  node.max_messages = plan.max_messages;
  node.max_bytes = plan.max_bytes;
  node.data_max = scenario_.data_max;
  node.config = const_cast<Config*>(&config_);
  node.registry = &registry_;
  return node;
}

void Simulation::Play() {
  for (const auto& node : nodes_) node->Live();
  world_.AsUserThread([this] { workload_.Begin(); });
  while (!workload_.done() && !failed()) {
    world_.Step(kNever);
    if (world_.steps() > kMaxSteps) return checker_.Violate("it goes on and on: a livelock");
  }
  if (failed()) return;
  if (scenario_.socket_failures_in != 0) {
    CHECK(config_.Set("ms_inject_socket_failures", "0", Config::Source::kCommandLine).ok());
  }
  workload_.Calm();
}

void Simulation::Settle(const char* what) {
  const MonoNanos begun = world_.clock().now();
  const MonoNanos latest = begun + absl::ToInt64Nanoseconds(kMaxCalm);
  std::string open;
  for (MonoNanos pause = 10'000'000;; pause *= 2) {
    const MonoNanos until = world_.clock().now() + pause;
    while (!failed() && world_.Step(until)) {
      if (world_.steps() > kMaxSteps) {
        return checker_.Violate(absl::StrCat("it goes on and on: a livelock, ", what));
      }
    }
    if (failed() || Settled(&open)) return;
    // A connection to an earlier life may have been told of only now.
    workload_.Relearn();
    if (world_.clock().now() >= latest) {
      return checker_.Violate(absl::StrCat(open, ", ", what, " and ",
                                           absl::FormatDuration(kMaxCalm), " without faults"));
    }
  }
}

bool Simulation::Settled(std::string* open) {
  for (const auto& node : nodes_) {
    if (!node->dispatch_idle()) {
      *open = absl::StrCat("node ", node->index(), " still has something to dispatch");
      return false;
    }
  }
  if (!checker_.AllSettled([this](const ConnectionKey& key) { return PeerIsGone(key); }, open)) {
    absl::StrAppend(open, " did not arrive");
    return false;
  }
  for (const auto& node : nodes_) {
    for (const ConnectionInfo& c : node->Connections()) {
      const bool resting = c.state == "STANDBY" || c.state == "CLOSED";
      const bool at_work = c.state == "OPEN" || c.state == "READY";
      if (!at_work && !resting) {
        *open =
            absl::StrCat("connection ", c.id, " of node ", node->index(), " is stuck in ", c.state);
        return false;
      }
      if (at_work && (c.unacked_messages != 0 || c.out_queue_messages != 0)) {
        *open = absl::StrCat("connection ", c.id, " of node ", node->index(), " is open and keeps ",
                             c.unacked_messages, " messages unacknowledged and ",
                             c.out_queue_messages, " unsent");
        return false;
      }
    }
  }
  return true;
}

bool Simulation::PeerIsGone(const ConnectionKey& sender) {
  SimNode& node = *nodes_[static_cast<size_t>(sender.node)];
  if (!node.options().policy.server) return false;
  bool gone = false;
  for (const ConnectionInfo& c : node.Connections()) {
    if (c.id != sender.id) continue;
    gone = true;
    for (const auto& peer : nodes_) {
      if (peer->addr() != c.peer_addrs.front()) continue;
      for (const ConnectionInfo& back : peer->Connections()) {
        if (back.peer_addrs.front() == node.addr()) return false;
      }
    }
  }
  return gone;
}

// Where both sides dialled at once and nothing went wrong, the lesser address keeps its attempt.
void Simulation::CheckRaces() {
  if (scenario_.faults || !scenario_.peers()) return;
  for (const auto& a : nodes_) {
    for (const auto& b : nodes_) {
      if (!(a->addr() < b->addr())) continue;
      int dialled = 0;
      const auto count = [&](SimNode& x, SimNode& y) {
        int found = 0;
        for (const ConnectionInfo& c : x.Connections()) {
          if (c.peer_addrs.front() != y.addr()) continue;
          ++found;
          if (!c.incoming) ++dialled;
        }
        if (found != 1) {
          checker_.Violate(
              absl::StrCat("node ", x.index(), " has ", found, " sessions with node ", y.index()));
        }
      };
      count(*a, *b);
      count(*b, *a);
      if (dialled == 2 && nodes_.size() == 2 &&
          (a->connects() != 1 || a->accepts() != 0 || b->connects() != 0 || b->accepts() != 1)) {
        checker_.Violate(absl::StrCat("of two that dialled each other, node ", a->index(),
                                      " has the lesser address, but its attempt did not win"));
      }
    }
  }
}

void Simulation::End() {
  for (const auto& node : nodes_) {
    if (node->alive()) node->Die(SimNode::End::kOrderly);
  }
  if (failed()) return;
  checker_.Finish();
  for (const auto& node : nodes_) {
    if (std::string leaks = node->Leaks(); !leaks.empty()) checker_.Violate(leaks);
  }
  if (SimMessage::live() != live_before_) {
    checker_.Violate(absl::StrCat(SimMessage::live() - live_before_, " messages were leaked"));
  }
  if (world_.network().open_streams() != 0 || world_.network().listeners() != 0) {
    checker_.Violate("sockets outlive every process");
  }
}

SimulationResult Simulation::Run() {
  Play();
  if (!failed()) Settle("after the last fault");
  if (!failed()) {
    workload_.Probe();
    // Whoever waited in standby has heard of its peer now; only a plain lossless peer takes one
    // that was restarted over without a word.
    if (scenario_.pair != PolicyPair::kLosslessPeer) checker_.ExpectToBeTold();
    Settle("after a last message to everybody");
  }
  if (!failed()) CheckRaces();
  if (failed()) {
    // As it stands at the violation.
    SimulationResult result;
    result.violation = checker_.violation();
    result.report = Report(result.violation);
    result.trace_hash = world_.trace().hash();
    End();
    return result;
  }
  End();
  SimulationResult result;
  result.violation = checker_.violation();
  if (failed()) result.report = Report(result.violation);
  result.trace_hash = world_.trace().hash();
  result.steps = world_.steps();
  result.sent = checker_.sent();
  result.delivered = checker_.delivered();
  result.resets = checker_.resets();
  result.broken_streams = world_.network().breaks();
  return result;
}

std::string Simulation::Report(const std::string& violation) const {
  return absl::StrCat("seed ", options_.seed, ": ", violation, "\nscenario: ", scenario_.Describe(),
                      "\n", const_cast<SimWorld&>(world_).trace().Text(), "seed ", options_.seed,
                      ": ", violation, "\nreplay: bazel run //testing/sim -- --protocol ",
                      std::string(ProtocolFlag(options_.protocol)), " --seed ", options_.seed,
                      " --verbose\n");
}

void ReportDeath(const char* how) {
  if (running == nullptr) return;
  std::fputs(running->Report(how).c_str(), stderr);
  std::fflush(stderr);
}

__attribute__((noreturn)) void OnCheckFailure() {
  ReportDeath("a check failed inside the engine");
  std::abort();
}

// Not safe in a signal handler, and worth the try: there is nothing to lose.
void OnCrash(int signal) {
  std::signal(signal, SIG_DFL);
  ReportDeath("the engine crashed");
  std::raise(signal);
}

}  // namespace

SimulationResult RunSimulation(const SimulationOptions& options) {
  return Simulation(options).Run();
}

void ReportSimulationOnDeath() {
  google::InstallFailureFunction(&OnCheckFailure);
  std::signal(SIGSEGV, &OnCrash);
}

}  // namespace siphon
