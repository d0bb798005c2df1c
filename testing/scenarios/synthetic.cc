#include "testing/scenarios/synthetic.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/scenario_message.h"
#include "testing/scenarios/synthetic_node.h"

namespace siphon {
namespace {

using Mode = SyntheticOptions::Mode;

// Of 100 pings, so many are commands, whose priority overtakes.
constexpr int kCommandPercent = 5;
constexpr uint16_t kCommandPriority = 200;

// Who does not listen is of its peers' protocol.
EntityAddr AsSeen(const Messenger& messenger) {
  EntityAddr addr = messenger.addrs().front();
  if (addr.type() == EntityAddr::kAny) addr.set_type(EntityAddr::kLegacy);
  return addr;
}

class Workload {
 public:
  explicit Workload(const SyntheticOptions& options);
  SyntheticResult Run();

 private:
  struct Stream {
    ConnectionPtr connection;
    uint64_t id;
    size_t from, to;  // indexes of nodes
  };

  bool IsPeerMode() const {
    return options_.mode == Mode::kPeersReuse || options_.mode == Mode::kPeers;
  }
  uint64_t Below(uint64_t n) { return random_() % n; }
  bool Percent(int p) { return Below(100) < static_cast<uint64_t>(p); }
  void AddNode(bool server, size_t number);
  void Inject(bool on);
  void Step();
  void NewStream();
  void Drop();
  void EndStream(size_t index);
  void Send();
  void WaitForRoom(uint64_t pending);
  uint64_t Breaks();
  void ForgetEndedStreams();

  const SyntheticOptions options_;
  std::mt19937_64 random_;
  Ledger ledger_;
  const PayloadPool pool_;
  std::deque<SyntheticNode> dispatchers_;
  ScenarioFixture fixture_;
  std::vector<Messenger*> nodes_;  // the servers first
  std::vector<Stream> streams_;
  bool stuck_ = false;
};

Workload::Workload(const SyntheticOptions& options)
    : options_(options),
      random_(options.seed),
      pool_(options.seed, options.max_payload),
      fixture_(options.workers) {
  fixture_.Set("ms_dispatch_throttle_bytes", absl::StrCat(options_.dispatch_throttle));
  for (int i = 0; i < options_.servers; ++i) AddNode(true, nodes_.size());
  for (int i = 0; i < options_.clients; ++i) AddNode(false, nodes_.size());
}

void Workload::AddNode(bool server, size_t number) {
  Policy policy;
  switch (options_.mode) {
    case Mode::kStateful:
      policy = server ? Policy::StatefulServer(0) : Policy::LosslessClient(0);
      break;
    case Mode::kPeersReuse:
      policy = Policy::LosslessPeerReuse(0);
      break;
    case Mode::kPeers:
      policy = Policy::LosslessPeer(0);
      break;
    case Mode::kLossy:
      policy = server ? Policy::StatelessServer(0) : Policy::LossyClient(0);
      break;
  }
  dispatchers_.emplace_back(&ledger_, &pool_, Percent(50));
  const bool osd = server || IsPeerMode();
  Messenger* node =
      fixture_.Make({osd ? kEntityOsd : kEntityClient, static_cast<int64_t>(number)}, policy);
  if (osd) fixture_.BindLoopback(node);
  node->AddDispatcherHead(&dispatchers_.back());
  nodes_.push_back(node);
}

void Workload::Inject(bool on) {
  fixture_.Set("ms_inject_internal_delays",
               on ? absl::StrCat(absl::ToDoubleSeconds(options_.internal_delays)) : "0");
  fixture_.Set("ms_inject_delay_type", on && options_.delay_probability > 0 ? "client osd" : "");
  fixture_.Set("ms_inject_delay_probability", absl::StrCat(options_.delay_probability));
  fixture_.Set("ms_inject_delay_max", absl::StrCat(absl::ToDoubleSeconds(options_.delay_max)));
  fixture_.Set("ms_inject_socket_failures", on ? absl::StrCat(options_.socket_failures) : "0");
}

void Workload::NewStream() {
  ForgetEndedStreams();
  if (streams_.size() >= options_.max_streams) return;
  const size_t servers = static_cast<size_t>(options_.servers);
  size_t from = servers + Below(nodes_.size() - servers);
  size_t to = Below(servers);
  if (IsPeerMode()) {
    from = Below(nodes_.size());
    to = (from + 1 + Below(nodes_.size() - 1)) % nodes_.size();
  }
  const bool anonymous = options_.mode == Mode::kLossy && Percent(20);
  auto connection = nodes_[from]->ConnectTo(kEntityOsd, nodes_[to]->addrs(), anonymous);
  if (!connection.ok()) return ledger_.Violation(connection.status().ToString());
  // It may be one that there is a stream on already.
  if ((*connection)->context() != nullptr) return;
  const uint64_t id =
      ledger_.OpenStream(absl::StrCat(nodes_[from]->name(), " to ", nodes_[to]->name()));
  (*connection)->set_context(std::make_shared<StreamContext>(id));
  streams_.push_back({*std::move(connection), id, from, to});
}

void Workload::ForgetEndedStreams() {
  std::erase_if(streams_, [this](const Stream& s) { return ledger_.HasEnded(s.id); });
}

void Workload::EndStream(size_t index) {
  streams_[index].connection->MarkDown();
  ledger_.Ended(streams_[index].id, /*marked_down=*/true);
  streams_.erase(streams_.begin() + static_cast<ptrdiff_t>(index));
}

void Workload::Drop() {
  ForgetEndedStreams();
  if (streams_.empty() || options_.mode == Mode::kPeers) return;
  const size_t index = Below(streams_.size());
  const Stream stream = streams_[index];
  if (options_.mode == Mode::kStateful && Percent(25)) {
    // The client is told, and its session goes on as a new one.
    nodes_[stream.to]->MarkDown(AsSeen(*nodes_[stream.from]));
    return;
  }
  EndStream(index);
  if (options_.mode != Mode::kPeersReuse) return;
  nodes_[stream.to]->MarkDown(AsSeen(*nodes_[stream.from]));
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].from == stream.to && streams_[i].to == stream.from) return EndStream(i);
  }
}

void Workload::WaitForRoom(uint64_t pending) {
  if (ledger_.WaitForPending(pending, options_.patience)) return;
  stuck_ = true;
  ledger_.Violation(absl::StrCat("stuck: nothing was answered for ",
                                 absl::FormatDuration(options_.patience), "\n",
                                 ledger_.DescribePending()));
}

void Workload::Send() {
  ForgetEndedStreams();
  if (streams_.empty()) return;
  WaitForRoom(options_.in_flight - 1);
  const Stream& stream = streams_[Below(streams_.size())];
  const bool command = Percent(kCommandPercent);
  auto ping = std::make_unique<ScenarioMessage>();
  ping->stream = stream.id;
  ping->lane = command ? 1 : 0;
  ping->number = ledger_.Send(stream.id, ping->lane);
  ping->mutable_data().Append(pool_.PayloadOf(*ping));
  ping->set_priority(command ? kCommandPriority : kPriorityDefault);
  stream.connection->Send(std::move(ping));
}

void Workload::Step() {
  const int dice = static_cast<int>(Below(100));
  if (dice < options_.new_percent) return NewStream();
  if (dice < options_.new_percent + options_.drop_percent) return Drop();
  if (dice < options_.new_percent + options_.drop_percent + options_.send_percent) return Send();
  ledger_.WaitForPending(0, absl::Microseconds(500 + Below(1000)));
}

uint64_t Workload::Breaks() {
  uint64_t breaks = 0;
  for (Messenger* node : nodes_) breaks += node->Info().injected_failures;
  return breaks;
}

SyntheticResult Workload::Run() {
  const absl::Time begun = absl::Now();
  SyntheticResult result;
  for (size_t i = 0; i < options_.max_streams; ++i) NewStream();
  Inject(true);
  uint64_t breaks = 0;
  while (!stuck_ && (result.operations < options_.operations || breaks < options_.min_breaks ||
                     ledger_.Answered() < options_.min_answered)) {
    Step();
    if (++result.operations % 100 == 0) breaks = Breaks();
  }
  Inject(false);
  WaitForRoom(0);
  result.breaks = Breaks();
  for (Messenger* node : nodes_) {
    result.reconnects += node->Info().reconnects_total;
    if (!stuck_ && !node->DrainDispatch(absl::Minutes(1)).ok()) {
      ledger_.Violation(absl::StrCat(node->name(), ": its dispatch queue is not empty"));
    }
  }
  streams_.clear();
  for (Messenger* node : nodes_) ScenarioFixture::Stop(node);
  result.account = ledger_.Close();
  result.took = absl::Now() - begun;
  return result;
}

}  // namespace

SyntheticResult RunSynthetic(const SyntheticOptions& options) { return Workload(options).Run(); }

std::string SyntheticResult::Text() const {
  const Ledger::Account& a = account;
  std::string text = absl::StrFormat(
      "%d operations in %s on %d streams\n"
      "  pings: sent %d, delivered %d, gone with a reset or a mark-down %d\n"
      "  pongs: came back %d, gone %d\n"
      "  connections broken %d, sessions reconnected %d, marked down %d, resets told %d\n",
      operations, absl::FormatDuration(took), a.streams, a.sent, a.delivered, a.lost_pings,
      a.answered, a.lost_pongs, breaks, reconnects, a.marked_down, a.resets);
  if (a.violations.empty()) return text + "  nothing lost, repeated or out of order\n";
  return absl::StrCat(text, "  VIOLATIONS:\n    ", absl::StrJoin(a.violations, "\n    "), "\n");
}

bool ParseSyntheticMode(std::string_view name, SyntheticOptions::Mode* mode) {
  if (name == "stateful")
    *mode = Mode::kStateful;
  else if (name == "peers_reuse")
    *mode = Mode::kPeersReuse;
  else if (name == "peers")
    *mode = Mode::kPeers;
  else if (name == "lossy")
    *mode = Mode::kLossy;
  else
    return false;
  return true;
}

}  // namespace siphon
