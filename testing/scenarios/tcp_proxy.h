// TcpProxy: a TCP relay in front of a messenger that holds, or breaks, connections at a byte of the
// test's choice.
//
// A v1 client compares the server's claimed address with the one it dialled, so the proxy puts its
// own port into the server's greeting (protocol section 4); and into the client's address, when
// that client is itself to be reached through a proxy.
//
// Threads: a thread of its own relays; every method may be called from any.
#ifndef SIPHON_TESTING_SCENARIOS_TCP_PROXY_H_
#define SIPHON_TESTING_SCENARIOS_TCP_PROXY_H_

#include <poll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "msg/entity_addr.h"

namespace siphon {

class TcpProxy {
 public:
  static constexpr size_t kNever = SIZE_MAX;

  // Sees, and may change, the bytes that go one way; they begin at `offset` of the stream. Called
  // on the proxy's thread.
  using Editor = std::function<void(size_t offset, std::vector<char>* bytes)>;
  // What becomes of one connection; counts are bytes that have gone that way.
  struct Plan {
    size_t cut_to_server = kNever;  // both ways end there
    size_t cut_to_client = kNever;
    size_t hold_to_server = kNever;  // no byte further before Release()
    size_t hold_to_client = kNever;
    Editor edit_to_server;
    Editor edit_to_client;
  };
  // Of the n-th connection, from 0. Called on the proxy's thread.
  using Planner = std::function<Plan(int n)>;

  // Relays to the messenger at `server`; of a blank port one takes the address later.
  explicit TcpProxy(const EntityAddr& server, Planner planner = nullptr);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  // What to dial instead of the server.
  EntityAddrVec addrs() const { return EntityAddrVec(addr_); }
  int port() const { return addr_.port(); }
  // The server is told that clients are at this port. Before the first connection.
  void set_client_port(int port) { client_port_ = port; }
  // Where connections go from now on.
  void set_server(const EntityAddr& server);
  // What becomes of later connections.
  void set_planner(Planner planner);
  // How many connections were made, and how many of them stand at a hold.
  int connections() const;
  int held() const;
  // Ends all holds, present and future.
  void Release();
  // Reads nothing more that clients send, and goes on: a server that stops reading.
  void PauseFromClients(bool paused);
  // Breaks every connection.
  void CutAll();

  // One direction of a connection.
  struct Flow {
    int from = -1, to = -1;
    size_t cut = kNever, hold = kNever;
    int port = 0;      // to be put in the address at its beginning; 0 leaves it
    size_t moved = 0;  // bytes
    Editor edit;
    std::vector<char> pending;
  };
  struct Relay {
    Flow to_server, to_client;
    bool dead = false;
  };

 private:
  void Run();
  void Accept();
  void Watch(const Flow& flow, bool paused, std::vector<pollfd>* polled) const;
  // Moves what can be moved; false when the connection is to be broken.
  bool Move(Flow* flow, bool paused) const;
  size_t LimitOf(const Flow& flow) const;
  void Break(Relay* relay);
  void Wake();

  std::atomic<int> client_port_{0};
  EntityAddr addr_;
  int listen_fd_ = -1;
  int wake_fd_ = -1;
  std::vector<std::unique_ptr<Relay>> relays_;  // the thread's

  mutable Mutex mutex_;
  EntityAddr server_ ABSL_GUARDED_BY(mutex_);
  Planner planner_ ABSL_GUARDED_BY(mutex_);
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  int held_ ABSL_GUARDED_BY(mutex_) = 0;
  bool released_ ABSL_GUARDED_BY(mutex_) = false;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool cut_all_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: uses the rest
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_TCP_PROXY_H_
