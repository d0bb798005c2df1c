#include "testing/sim/sim_stack.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event/event_center.h"
#include "glog/logging.h"

namespace siphon {
namespace {

// Rounds after which Drain() takes what goes on for a livelock.
constexpr int kMaxDrainRounds = 10000;

}  // namespace

SimConnectedSocket::SimConnectedSocket(SimNetwork* network, SimDescriptors* descriptors,
                                       SimNetwork::StreamPtr stream, int side)
    : network_(network),
      descriptors_(descriptors),
      stream_(std::move(stream)),
      side_(side),
      fd_(descriptors->Open(this)) {}

SimConnectedSocket::~SimConnectedSocket() {
  network_->Shutdown(*stream_, side_);
  descriptors_->Close(fd_);
}

MonoNanos SimConnectedSocket::ReadyAt(EventMask mask) const {
  return mask == kEventReadable ? network_->ReadableAt(*stream_, side_)
                                : network_->WritableAt(*stream_, side_);
}

SimServerSocket::SimServerSocket(SimNetwork* network, SimDescriptors* descriptors,
                                 std::shared_ptr<SimNetwork::Listener> listener)
    : network_(network),
      descriptors_(descriptors),
      listener_(std::move(listener)),
      fd_(descriptors->Open(this)) {}

SimServerSocket::~SimServerSocket() {
  network_->CloseListener(listener_);
  descriptors_->Close(fd_);
}

int SimServerSocket::Accept(const SocketOptions& /*options*/,
                            std::unique_ptr<ConnectedSocket>* socket) {
  if (listener_->backlog.empty()) return EAGAIN;
  SimNetwork::StreamPtr stream = std::move(listener_->backlog.front());
  listener_->backlog.pop_front();
  *socket = std::make_unique<SimConnectedSocket>(network_, descriptors_, std::move(stream), 1);
  return 0;
}

MonoNanos SimServerSocket::ReadyAt(EventMask mask) const {
  return mask == kEventReadable && !listener_->backlog.empty() ? 0 : kNever;
}

SimWorker::SimWorker(int index, std::unique_ptr<EventCenter> center, SimEventDriver* driver,
                     int node, SimNetwork* network, SimDescriptors* descriptors)
    : Worker(index, std::move(center)),
      driver_(driver),
      node_(node),
      network_(network),
      descriptors_(descriptors) {}

absl::StatusOr<std::unique_ptr<ServerSocket>> SimWorker::Listen(const EntityAddr& addr,
                                                                const SocketOptions& options) {
  std::shared_ptr<SimNetwork::Listener> listener = network_->Listen(node_, addr);
  if (listener == nullptr) {
    return absl::AlreadyExistsError(absl::StrCat("listen on ", addr.ToString(), ": in use"));
  }
  return std::make_unique<SimServerSocket>(network_, descriptors_, std::move(listener));
}

absl::StatusOr<std::unique_ptr<ConnectedSocket>> SimWorker::Connect(const EntityAddr& addr,
                                                                    const SocketOptions& options,
                                                                    const EntityAddr* bind_from) {
  return std::make_unique<SimConnectedSocket>(network_, descriptors_,
                                              network_->Connect(node_, addr), 0);
}

MonoNanos SimWorker::ReadyAt() {
  if (center()->HasImmediateWork()) return 0;
  return std::min(center()->NextTimer(), driver_->ReadyAt());
}

SimStack::SimStack(int node, int workers, SimNetwork* network, SimClock* clock, SimRandom* random) {
  for (int i = 0; i < workers; ++i) {
    auto driver = std::make_unique<SimEventDriver>(&descriptors_, clock, random);
    SimEventDriver* const borrowed = driver.get();
    auto center = std::make_unique<EventCenter>(absl::StrCat("node-", node, "-worker-", i),
                                                std::move(driver), clock);
    center->SetOwner();
    workers_.push_back(
        std::make_unique<SimWorker>(i, std::move(center), borrowed, node, network, &descriptors_));
  }
}

SimStack::~SimStack() {
  Drain();
  // Before the descriptors go: the centers' last tasks may close sockets.
  workers_.clear();
}

void SimStack::Drain() {
  CHECK(EventCenter::Current() == nullptr) << "a worker that drains the stack waits for itself";
  for (int round = 0; round < kMaxDrainRounds; ++round) {
    bool busy = false;
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (!worker->center()->HasImmediateWork()) continue;
      worker->center()->ProcessEvents(absl::ZeroDuration());
      busy = true;
    }
    if (!busy) return;
  }
  LOG(FATAL) << "the workers of a simulated process never come to rest";
}

}  // namespace siphon
