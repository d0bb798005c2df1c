// MachinePair: a dialling and an accepting machine of v2 for tests, joined by byte queues that are
// cut at random places.
#ifndef SIPHON_MSG_PROTOCOL_V2_MACHINE_PAIR_H_
#define SIPHON_MSG_PROTOCOL_V2_MACHINE_PAIR_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "msg/entity_addr.h"
#include "msg/features.h"
#include "msg/protocol/connection_machine.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/recording_host.h"

namespace siphon::v2 {

class MachinePair {
 public:
  // The sessions outlive the pair; another pair may go on with them.
  MachinePair(Session* client_session, Session* server_session, uint64_t seed = 1,
              EntityType client_type = kEntityClient)
      : client(MachineOptions{.self_type = client_type}, &client_host),
        client_session_(client_session),
        server_session_(server_session),
        random_(seed) {
    client_host.my_name = {client_type, 4131};
    client_host.my_addrs = EntityAddrVec(*EntityAddr::Parse("127.0.0.1:0/99"));
    client_host.next_cookie = 0xc000;
    server_host.my_name = {kEntityOsd, 3};
    server_host.my_addrs = EntityAddrVec(server_addr);
    server_host.next_cookie = 0x5000;
    server_host.accept_terms.lossy = server_session->lossy();
    terms.target = server_addr;
  }

  const EntityAddr server_addr = *EntityAddr::Parse("v2:127.0.0.1:6800/7");
  RecordingHost client_host, server_host;
  ConnectionFsm client;
  ConnectionFsm server{
      MachineOptions{.self_type = kEntityOsd, .max_front = 1 << 20, .max_data = 8 << 20},
      &server_host};
  ConnectTerms terms{.features_supported = kFeaturesSupported,
                     .features_required = 0,
                     .protocol_version = 0,
                     .peer_type = kEntityOsd,
                     .target = {}};
  // How the server's host answers the next requests; when there are no more, it opens.
  std::deque<Refusal> refusals;
  // May change what is on its way, to the server or to the client.
  std::function<void(bool to_server, std::string* bytes)> on_the_way;

  void Start() {
    client.StartConnect(terms, client_session_);
    client.OnConnected();
    server.StartAccept(server_addr, *EntityAddr::Parse("v2:127.0.0.1:40000/0"));
  }

  // Moves one piece in one direction; false when nothing can move any more.
  bool Step(size_t max_piece = 64) {
    const bool to_server_first = (random_() & 1) != 0;
    return Move(to_server_first, max_piece) || Move(!to_server_first, max_piece);
  }
  // Until nothing moves any more.
  void Run(size_t max_piece = 64) {
    while (Step(max_piece)) {
    }
  }
  // A handshake from beginning to end.
  void Connect() {
    Start();
    Run();
  }
  bool both_ready() const {
    return client.state() == State::kReady && server.state() == State::kReady;
  }

 private:
  bool Move(bool to_server, size_t max_piece) {
    ConnectionFsm& from = to_server ? client : server;
    ConnectionFsm& to = to_server ? server : client;
    std::string& queue = to_server ? to_server_ : to_client_;
    bool moved = false;
    if (!from.out().empty()) {
      std::string bytes = from.out().ToString();
      from.out().Clear();
      if (on_the_way) on_the_way(to_server, &bytes);
      queue += bytes;
      moved = true;
    }
    if (!to.fault().ok() || to.stopped()) return moved;
    if (Decide()) moved = true;
    const size_t n = queue.empty() ? 0 : std::min(queue.size(), 1 + random_() % max_piece);
    const size_t taken = to.Consume(std::string_view(queue).substr(0, n));
    queue.erase(0, taken);
    return moved || taken != 0;
  }
  bool Decide() {
    if (server_host.requests.size() == decided_) return false;
    ++decided_;
    if (!refusals.empty()) {
      server.Refuse(refusals.front());
      refusals.pop_front();
    } else {
      server.Open(server_session_, false);
    }
    return true;
  }

  Session* const client_session_;
  Session* const server_session_;
  std::mt19937_64 random_;
  std::string to_server_, to_client_;
  size_t decided_ = 0;
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_MACHINE_PAIR_H_
