// SimStack: the NetworkStack of one simulated process, with its workers and sockets, on a
// SimNetwork.
//
// Threads: one, which owns every worker's center. Lifetime: the network outlives the stack; the
// stack outlives its sockets.
#ifndef SIPHON_TESTING_SIM_SIM_STACK_H_
#define SIPHON_TESTING_SIM_SIM_STACK_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "msg/entity_addr.h"
#include "net/network_stack.h"
#include "net/socket.h"
#include "net/worker.h"
#include "testing/sim/sim_clock.h"
#include "testing/sim/sim_event_driver.h"
#include "testing/sim/sim_network.h"
#include "testing/sim/sim_random.h"

namespace siphon {

class SimConnectedSocket final : public ConnectedSocket, private SimFile {
 public:
  SimConnectedSocket(SimNetwork* network, SimDescriptors* descriptors, SimNetwork::StreamPtr stream,
                     int side);
  ~SimConnectedSocket() override;

  int fd() const override { return fd_; }
  int ConnectProgress() override { return network_->ConnectProgress(*stream_); }
  IoResult Read(absl::Span<const iovec> pieces) override {
    return network_->Read(*stream_, side_, pieces);
  }
  IoResult Write(absl::Span<const iovec> pieces, bool more) override {
    return network_->Write(*stream_, side_, pieces);
  }
  void Shutdown() override { network_->Shutdown(*stream_, side_); }
  EntityAddr PeerAddr() const override { return stream_->side[1 - side_].addr; }
  EntityAddr LocalAddr() const override { return stream_->side[side_].addr; }

 private:
  MonoNanos ReadyAt(EventMask mask) const override;

  SimNetwork* const network_;
  SimDescriptors* const descriptors_;
  const SimNetwork::StreamPtr stream_;
  const int side_;
  const int fd_;
};

class SimServerSocket final : public ServerSocket, private SimFile {
 public:
  SimServerSocket(SimNetwork* network, SimDescriptors* descriptors,
                  std::shared_ptr<SimNetwork::Listener> listener);
  ~SimServerSocket() override;

  int fd() const override { return fd_; }
  EntityAddr LocalAddr() const override { return listener_->addr; }
  int Accept(const SocketOptions& options, std::unique_ptr<ConnectedSocket>* socket) override;

 private:
  MonoNanos ReadyAt(EventMask mask) const override;

  SimNetwork* const network_;
  SimDescriptors* const descriptors_;
  const std::shared_ptr<SimNetwork::Listener> listener_;
  const int fd_;
};

class SimWorker final : public Worker {
 public:
  SimWorker(int index, std::unique_ptr<EventCenter> center, SimEventDriver* driver, int node,
            SimNetwork* network, SimDescriptors* descriptors);

  absl::StatusOr<std::unique_ptr<ServerSocket>> Listen(const EntityAddr& addr,
                                                       const SocketOptions& options) override;
  absl::StatusOr<std::unique_ptr<ConnectedSocket>> Connect(const EntityAddr& addr,
                                                           const SocketOptions& options,
                                                           const EntityAddr* bind_from) override;

  // When a round would find something to do.
  MonoNanos ReadyAt();

 private:
  SimEventDriver* const driver_;  // the center's
  const int node_;
  SimNetwork* const network_;
  SimDescriptors* const descriptors_;
};

class SimStack final : public NetworkStack {
 public:
  SimStack(int node, int workers, SimNetwork* network, SimClock* clock, SimRandom* random);
  ~SimStack() override;

  std::string_view name() const override { return "simulated"; }
  absl::Status Start() override { return absl::OkStatus(); }
  void Stop() override {}
  // Runs rounds of the workers until nothing is posted. FIFO per worker, so this is what the base
  // class promises.
  void Drain() override;

  SimWorker& sim_worker(int index) { return static_cast<SimWorker&>(*worker(index)); }
  size_t open_descriptors() const { return descriptors_.open(); }

 private:
  SimDescriptors descriptors_;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_STACK_H_
