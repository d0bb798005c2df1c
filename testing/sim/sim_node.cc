#include "testing/sim/sim_node.h"

#include <arpa/inet.h>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/async/messenger_options.h"

namespace siphon {
namespace {

constexpr int kPort = 6800;
constexpr uint32_t kClusterProtocol = 10;

}  // namespace

// One of the node's event loops.
class SimNode::WorkerActor final : public SimActor {
 public:
  explicit WorkerActor(SimWorker* worker) : worker_(worker) {}
  MonoNanos RunnableAt() override { return worker_->ReadyAt(); }
  void Run() override { worker_->center()->ProcessEvents(absl::ZeroDuration()); }

 private:
  SimWorker* const worker_;
};

// The node's dispatch thread.
class SimNode::DispatchActor final : public SimActor {
 public:
  explicit DispatchActor(SimNode* node) : node_(node) {}
  MonoNanos RunnableAt() override {
    return node_->has_work_ ? node_->dispatch_held_until_ : kNever;
  }
  void Run() override {
    node_->world_->AsUserThread([this] {
      // Found empty, the queue tells of the next work.
      node_->has_work_ = false;
      if (node_->messenger_->dispatch_queue().RunOne()) node_->has_work_ = true;
    });
  }

 private:
  SimNode* const node_;
};

SimNode::SimNode(SimWorld* world, Checker* checker, Options options)
    : world_(world),
      checker_(checker),
      options_(std::move(options)),
      auth_client_(options_.protocol == SimProtocol::kV2Secure ? ConMode::kSecure : ConMode::kCrc),
      auth_server_(&world->random()) {}

SimNode::~SimNode() {
  if (alive()) Die(End::kReset);
}

// --- Life and death.

void SimNode::Live() {
  dying_ = false;
  stack_ = std::make_unique<SimStack>(index(), options_.workers, &world_->network(),
                                      &world_->clock(), &world_->random());
  MessengerOptions options;
  options.entity = options_.entity;
  options.name = absl::StrCat("node", index());
  options.nonce =
      options_.keeps_nonce ? 0 : 100 * (incarnation_ + 1) + static_cast<uint32_t>(index());
  if (!options_.binds && options_.keeps_nonce) options.nonce = 77;
  options.stack = stack_.get();
  options.config = options_.config;
  options.registry = options_.registry;
  options.clock = &world_->clock();
  options.random = &world_->random();
  if (options_.protocol != SimProtocol::kV1) {
    options.auth_client = &auth_client_;
    options.auth_server = &auth_server_;
  }
  options.on_dispatch_work = [this] { has_work_ = true; };
  messenger_ = std::make_unique<AsyncMessenger>("async", std::move(options));
  Policy policy = options_.policy;
  if (options_.max_messages != 0) {
    policy.throttler_messages = std::make_shared<Throttle>("messages", options_.max_messages);
  }
  if (options_.max_bytes != 0) {
    policy.throttler_bytes = std::make_shared<Throttle>("bytes", options_.max_bytes);
  }
  options_.policy.throttler_messages = policy.throttler_messages;
  options_.policy.throttler_bytes = policy.throttler_bytes;
  messenger_->SetDefaultPolicy(policy);
  messenger_->SetClusterProtocol(kClusterProtocol);
  if (options_.binds) {
    EntityAddr addr = SimNetwork::NodeAddr(index(), kPort);
    addr.set_type(AddrType(options_.protocol));
    const absl::Status bound = messenger_->Bind(EntityAddrVec(addr));
    CHECK(bound.ok()) << bound;
  }
  messenger_->AddDispatcherHead(this);
  CHECK(messenger_->Start().ok());
  for (int i = 0; i < options_.workers; ++i) {
    actors_.push_back(std::make_unique<WorkerActor>(&stack_->sim_worker(i)));
  }
  actors_.push_back(std::make_unique<DispatchActor>(this));
  for (const auto& actor : actors_) world_->AddActor(actor.get());
  world_->trace().Add(index(), "lives, the $0. time", incarnation_ + 1);
}

void SimNode::Die(End how) {
  world_->trace().Add(index(), "dies ($0: 0 reset, 1 silence, 2 orderly)",
                      static_cast<uint64_t>(how));
  checker_->OnCrash(index());
  dying_ = true;
  if (how != End::kOrderly) world_->network().DropNode(index(), how == End::kSilence);
  for (const auto& actor : actors_) world_->RemoveActor(actor.get());
  actors_.clear();
  for (auto& [id, tracked] : tracked_) buried_.push_back(tracked.connection);
  tracked_.clear();
  held_.clear();
  messenger_->Shutdown();
  while (messenger_->dispatch_queue().RunOne()) {
  }
  messenger_->Wait();
  while (messenger_->dispatch_queue().RunOne()) {
  }
  CheckNothingHeld();
  // Protocol v1 cannot tell an attempt of this life that arrives late from one of the next, if they
  // have the same address.
  if (options_.keeps_nonce) world_->network().LoseWhatIsUnderWay(index());
  messenger_.reset();
  stack_.reset();
  has_work_ = false;
  dispatch_held_until_ = messages_held_until_ = 0;
  connects_ = accepts_ = 0;
  ++incarnation_;
}

void SimNode::CheckNothingHeld() {
  const auto expect = [this](bool good, std::string_view what, uint64_t n) {
    if (good) return;
    checker_->Violate(absl::StrCat("node ", index(), ", shut down, still has ", n, " ",
                                   absl::string_view(what.data(), what.size())));
  };
  const MessengerInfo info = messenger_->Info();
  expect(info.connections == 0, "connections", info.connections);
  expect(info.accepting == 0, "accepted links", info.accepting);
  stack_->Drain();
  expect(stack_->open_descriptors() == 0, "open descriptors", stack_->open_descriptors());
  for (int i = 0; i < options_.workers; ++i) {
    const int refs = stack_->worker(i)->refs();
    expect(refs == 0, "references of a worker", static_cast<uint64_t>(refs));
  }
  for (const auto& throttle : {options_.policy.throttler_messages, options_.policy.throttler_bytes,
                               messenger_->dispatch_queue().throttle()}) {
    if (throttle == nullptr) continue;
    const Throttle::Stats stats = throttle->stats();
    expect(stats.current == 0, "taken from a throttle", stats.current);
    expect(stats.waiters == 0, "waiters at a throttle", stats.waiters);
  }
}

// What was received and not let go is bounded by the throttles, and by one message more.
void SimNode::CheckBounds() {
  const uint64_t largest = options_.data_max + 100;
  for (const auto& [throttle, slack] :
       {std::pair{options_.policy.throttler_messages, uint64_t{0}},
        std::pair{options_.policy.throttler_bytes, largest},
        std::pair{messenger_->dispatch_queue().throttle(), largest}}) {
    if (throttle == nullptr) continue;
    const Throttle::Stats stats = throttle->stats();
    if (stats.max == 0 || stats.current <= stats.max + slack) continue;
    checker_->Violate(
        absl::StrCat("node ", index(), " holds ", stats.current, " of a throttle of ", stats.max));
  }
}

std::string SimNode::Leaks() const {
  size_t alive = 0;
  for (const auto& connection : buried_) {
    if (!connection.expired()) ++alive;
  }
  if (alive == 0) return "";
  return absl::StrCat(alive, " of ", buried_.size(), " connections of node ", index(),
                      " outlive their messenger");
}

// --- What its user does.

EntityAddr SimNode::KnownAddr(int peer) const {
  const auto it = known_.find(peer);
  return it == known_.end() ? EntityAddr() : it->second;
}

void SimNode::Learn(const SimNode& peer) {
  const EntityAddr now = peer.addr();
  EntityAddr& known = known_[peer.index()];
  if (known != now) messenger_->MarkDown(known);
  known = now;
  for (auto& [id, tracked] : tracked_) {
    if (tracked.given_up || tracked.peer != peer.index()) continue;
    if (tracked.connection->peer_addr() != now) MarkDown(tracked.connection);
  }
}

ConnectionPtr SimNode::Dial(int peer) {
  const EntityAddr addr = KnownAddr(peer);
  if (addr.is_blank_ip()) return nullptr;
  absl::StatusOr<ConnectionPtr> connection =
      messenger_->ConnectTo(options_.peer_type, EntityAddrVec(addr), /*anonymous=*/false);
  if (!connection.ok()) return nullptr;
  Track(*connection);
  return *std::move(connection);
}

void SimNode::SendTo(int peer, uint16_t priority, size_t bytes) {
  if (const ConnectionPtr connection = Dial(peer)) SendOn(connection, priority, bytes);
}

void SimNode::SendOn(const ConnectionPtr& connection, uint16_t priority, size_t bytes) {
  const auto it = tracked_.find(connection->id());
  if (it != tracked_.end() && it->second.given_up) return;
  connection->Send(checker_->MakeMessage(KeyOf(*connection), PeerOf(*connection), options_.lossy,
                                         priority, bytes));
}

void SimNode::SendToSelf() {
  const ConnectionPtr self = messenger_->GetLoopbackConnection();
  self->Send(checker_->MakeMessage(KeyOf(*self), index(), false, kPriorityDefault, 10));
}

void SimNode::MarkDown(const ConnectionPtr& connection) {
  Tracked& tracked = tracked_[connection->id()];
  if (tracked.given_up || tracked.connection == nullptr) return;
  tracked.given_up = true;
  connection->MarkDown();
  checker_->OnMarkedDown(KeyOf(*connection), tracked.peer);
}

void SimNode::MarkAllDown() {
  messenger_->MarkDownAll();
  for (auto& [id, tracked] : tracked_) {
    if (tracked.given_up) continue;
    tracked.given_up = true;
    checker_->OnMarkedDown(KeyOf(*tracked.connection), tracked.peer);
  }
}

void SimNode::MakeDisposable(const ConnectionPtr& connection) {
  connection->MarkDisposable();
  checker_->OnDisposable(KeyOf(*connection), PeerOf(*connection));
}

ConnectionPtr SimNode::AnyConnection() {
  std::vector<ConnectionPtr> candidates;
  for (const auto& [id, tracked] : tracked_) {
    if (!tracked.given_up) candidates.push_back(tracked.connection);
  }
  if (candidates.empty()) return nullptr;
  return candidates[world_->random().Below(candidates.size())];
}

void SimNode::HoldDispatch(absl::Duration duration) {
  dispatch_held_until_ = world_->clock().now() + absl::ToInt64Nanoseconds(duration);
}

void SimNode::HoldMessages(absl::Duration duration) {
  messages_held_until_ = world_->clock().now() + absl::ToInt64Nanoseconds(duration);
  world_->After(duration, [this] { world_->AsUserThread([this] { LetGo(); }); });
}

void SimNode::LetGo() {
  std::deque<MessagePtr> held;
  held.swap(held_);
}

// --- Dispatcher.

int SimNode::PeerOf(const Connection& connection) {
  const EntityAddr addr = connection.peer_addr();
  const auto* sin = reinterpret_cast<const sockaddr_in*>(addr.sockaddr_ptr());
  return static_cast<int>(ntohl(sin->sin_addr.s_addr) - 0x0a000001u);
}

ConnectionKey SimNode::KeyOf(const Connection& connection) const {
  return {index(), incarnation_, connection.id()};
}

void SimNode::Track(const ConnectionPtr& connection) {
  if (connection->IsLoopback()) return;
  const auto [it, fresh] =
      tracked_.try_emplace(connection->id(), Tracked{connection, PeerOf(*connection), false});
  // Marked down with others before its acceptance was told of.
  if (fresh && static_cast<const AsyncConnection&>(*connection).closed()) {
    it->second.given_up = true;
    checker_->OnMarkedDown(KeyOf(*connection), it->second.peer);
  }
}

bool SimNode::CanFastDispatch(const Message& message) const {
  return options_.fast && message.priority() >= kPriorityHigh;
}

void SimNode::FastPreprocess(const Message& message) {
  if (dying_ || message.connection()->IsLoopback()) return;
  checker_->OnArrived(KeyOf(*message.connection()), static_cast<const SimMessage&>(message));
  CheckBounds();
}

bool SimNode::Dispatch(MessagePtr& message) {
  Take(std::move(message));
  return true;
}

void SimNode::Take(MessagePtr message) {
  if (dying_) return;
  const ConnectionPtr connection = message->connection();
  Track(connection);
  checker_->OnDelivered(KeyOf(*connection), MessageAs<SimMessage>(*message));
  if (!connection->IsLoopback() && world_->random().OneIn(options_.answer_one_in)) {
    SendOn(connection, message->priority(), world_->random().Below(options_.data_max));
  }
  if (world_->clock().now() < messages_held_until_) held_.push_back(std::move(message));
}

void SimNode::HandleConnect(const ConnectionPtr& connection) {
  if (dying_) return;
  ++connects_;
  world_->trace().Add(index(), "is told that connection $0 is connected", connection->id());
  Track(connection);
}

void SimNode::HandleAccept(const ConnectionPtr& connection) {
  if (dying_) return;
  ++accepts_;
  world_->trace().Add(index(), "is told that connection $0 with node $1 is accepted",
                      connection->id(), static_cast<uint64_t>(PeerOf(*connection)));
  Track(connection);
}

bool SimNode::HandleReset(const ConnectionPtr& connection) {
  if (dying_) return true;
  Track(connection);
  tracked_[connection->id()].given_up = true;
  checker_->OnReset(KeyOf(*connection), PeerOf(*connection));
  return true;
}

void SimNode::HandleRemoteReset(const ConnectionPtr& connection) {
  if (dying_) return;
  Track(connection);
  checker_->OnRemoteReset(KeyOf(*connection), PeerOf(*connection));
}

bool SimNode::HandleRefused(const ConnectionPtr& connection) {
  if (dying_) return true;
  world_->trace().Add(index(), "is told that connection $0 is refused", connection->id());
  return true;
}

}  // namespace siphon
