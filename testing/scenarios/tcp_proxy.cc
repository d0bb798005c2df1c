#include "testing/scenarios/tcp_proxy.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "glog/logging.h"

namespace siphon {
namespace {

constexpr size_t kChunk = 64 << 10;
// Chunks in a row before other connections, and what the test asks for, get their turn.
constexpr int kTurns = 16;
// Where the port stands in the legacy address that follows the banner: type, nonce, family.
constexpr size_t kPortOffset = 9 + 4 + 4 + 2;

void MakeNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

// Writes `port` over the bytes of it that are among `bytes`, which begin at `offset` of the stream.
void PatchPort(int port, size_t offset, std::vector<char>* bytes) {
  const char wire[2] = {static_cast<char>(port >> 8), static_cast<char>(port & 0xff)};
  for (size_t i = 0; i < 2; ++i) {
    const size_t at = kPortOffset + i;
    if (at >= offset && at - offset < bytes->size()) (*bytes)[at - offset] = wire[i];
  }
}

}  // namespace

TcpProxy::TcpProxy(const EntityAddr& server, Planner planner)
    : addr_(server), server_(server), planner_(std::move(planner)) {
  addr_.set_port(0);
  listen_fd_ = socket(addr_.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  CHECK(listen_fd_ >= 0 && wake_fd_ >= 0);
  PCHECK(bind(listen_fd_, addr_.sockaddr_ptr(), addr_.sockaddr_len()) == 0);
  PCHECK(listen(listen_fd_, 64) == 0);
  sockaddr_in bound = {};
  socklen_t length = sizeof(bound);
  PCHECK(getsockname(listen_fd_, reinterpret_cast<sockaddr*>(&bound), &length) == 0);
  addr_.set_port(ntohs(bound.sin_port));
  thread_ = std::thread([this] { Run(); });
}

TcpProxy::~TcpProxy() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
  for (const auto& relay : relays_) {
    close(relay->to_server.from);
    close(relay->to_server.to);
  }
  close(listen_fd_);
  close(wake_fd_);
}

void TcpProxy::set_server(const EntityAddr& server) {
  MutexLock lock(mutex_);
  server_ = server;
}

void TcpProxy::set_planner(Planner planner) {
  MutexLock lock(mutex_);
  planner_ = std::move(planner);
}

int TcpProxy::connections() const {
  MutexLock lock(mutex_);
  return connections_;
}

int TcpProxy::held() const {
  MutexLock lock(mutex_);
  return held_;
}

void TcpProxy::Release() {
  {
    MutexLock lock(mutex_);
    released_ = true;
  }
  Wake();
}

void TcpProxy::PauseFromClients(bool paused) {
  {
    MutexLock lock(mutex_);
    paused_ = paused;
  }
  Wake();
}

void TcpProxy::CutAll() {
  {
    MutexLock lock(mutex_);
    cut_all_ = true;
  }
  Wake();
}

void TcpProxy::Wake() {
  const uint64_t one = 1;
  PCHECK(write(wake_fd_, &one, sizeof(one)) == sizeof(one) || errno == EAGAIN);
}

size_t TcpProxy::LimitOf(const Flow& flow) const { return std::min(flow.cut, flow.hold); }

void TcpProxy::Accept() {
  while (true) {
    const int client = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    int n;
    EntityAddr to;
    Planner planner;
    {
      MutexLock lock(mutex_);
      n = connections_++;
      to = server_;
      planner = planner_;
    }
    const int server = socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    PCHECK(server >= 0);
    auto relay = std::make_unique<Relay>();
    relay->to_server.from = relay->to_client.to = client;
    relay->to_server.to = relay->to_client.from = server;
    // Loopback: at once, or never.
    if (connect(server, to.sockaddr_ptr(), to.sockaddr_len()) != 0) {
      shutdown(client, SHUT_RDWR);
      relay->dead = true;
    }
    MakeNonBlocking(server);
    for (const int fd : {client, server}) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    const Plan plan = planner ? planner(n) : Plan();
    relay->to_server.cut = plan.cut_to_server;
    relay->to_server.hold = plan.hold_to_server;
    relay->to_server.edit = plan.edit_to_server;
    relay->to_client.cut = plan.cut_to_client;
    relay->to_client.hold = plan.hold_to_client;
    relay->to_client.edit = plan.edit_to_client;
    if (to.type() == EntityAddr::kLegacy) {
      relay->to_server.port = client_port_;
      relay->to_client.port = addr_.port();
    }
    relays_.push_back(std::move(relay));
  }
}

void TcpProxy::Watch(const Flow& flow, bool paused, std::vector<pollfd>* polled) const {
  if (!flow.pending.empty()) {
    polled->push_back({flow.to, POLLOUT, 0});
  } else if (!paused && flow.moved < LimitOf(flow)) {
    polled->push_back({flow.from, POLLIN, 0});
  }
}

bool TcpProxy::Move(Flow* flow, bool paused) const {
  for (int turn = 0; turn < kTurns; ++turn) {
    if (!flow->pending.empty()) {
      const ssize_t n =
          send(flow->to, flow->pending.data(), flow->pending.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) return errno == EAGAIN;
      flow->moved += static_cast<size_t>(n);
      flow->pending.erase(flow->pending.begin(), flow->pending.begin() + n);
      if (!flow->pending.empty()) return true;
    }
    if (flow->moved >= flow->cut) return false;
    if (paused || flow->moved >= flow->hold) return true;
    flow->pending.resize(std::min(kChunk, LimitOf(*flow) - flow->moved));
    const ssize_t n = recv(flow->from, flow->pending.data(), flow->pending.size(), MSG_DONTWAIT);
    flow->pending.resize(n > 0 ? static_cast<size_t>(n) : 0);
    if (n < 0) return errno == EAGAIN;
    if (n == 0) return false;
    if (flow->port != 0) PatchPort(flow->port, flow->moved, &flow->pending);
    if (flow->edit) flow->edit(flow->moved, &flow->pending);
  }
  return true;
}

void TcpProxy::Break(Relay* relay) {
  shutdown(relay->to_server.from, SHUT_RDWR);
  shutdown(relay->to_server.to, SHUT_RDWR);
  relay->dead = true;
}

void TcpProxy::Run() {
  while (true) {
    bool paused, released, cut_all;
    {
      MutexLock lock(mutex_);
      if (stopping_) break;
      paused = paused_;
      released = released_;
      cut_all = std::exchange(cut_all_, false);
    }
    std::vector<pollfd> polled = {{listen_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    int held = 0;
    for (const auto& relay : relays_) {
      if (relay->dead) continue;
      if (released) relay->to_server.hold = relay->to_client.hold = kNever;
      if (cut_all || !Move(&relay->to_server, paused) || !Move(&relay->to_client, false)) {
        Break(relay.get());
        continue;
      }
      Watch(relay->to_server, paused, &polled);
      Watch(relay->to_client, false, &polled);
      if (relay->to_server.moved >= relay->to_server.hold ||
          relay->to_client.moved >= relay->to_client.hold) {
        ++held;
      }
    }
    {
      MutexLock lock(mutex_);
      held_ = held;
    }
    poll(polled.data(), polled.size(), -1);
    uint64_t count;
    while (read(wake_fd_, &count, sizeof(count)) > 0) {
    }
    Accept();
  }
  for (const auto& relay : relays_) Break(relay.get());
}

}  // namespace siphon
