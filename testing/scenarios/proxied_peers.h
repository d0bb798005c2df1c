// ProxiedPeers: two messengers, a and b, that know each other by the addresses of proxies only:
// what one sends to the other can be held and broken, whoever dialled.
//
// a's address is the lesser: in a race, b keeps the connection that it dialled (protocol section
// 5). Threads: the test's.
#ifndef SIPHON_TESTING_SCENARIOS_PROXIED_PEERS_H_
#define SIPHON_TESTING_SCENARIOS_PROXIED_PEERS_H_

#include <utility>

#include "msg/connection.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {

struct ProxiedPeers {
  // `to_a` plans the connections that b dials, `to_b` those that a dials.
  ProxiedPeers(ScenarioFixture* fixture, const Policy& policy, TcpProxy::Planner to_a = nullptr,
               TcpProxy::Planner to_b = nullptr)
      : a_side(fixture->NewDispatcher()),
        b_side(fixture->NewDispatcher()),
        a(fixture->Peer(1, policy, &a_side)),
        b(fixture->Peer(2, policy, &b_side)),
        proxy_a(a->addrs().legacy(), std::move(to_a)),
        proxy_b(b->addrs().legacy(), std::move(to_b)) {
    proxy_a.set_client_port(proxy_b.port());
    proxy_b.set_client_port(proxy_a.port());
  }
  ConnectionPtr DialFromA() { return ScenarioFixture::Dial(a, proxy_b.addrs()); }
  ConnectionPtr DialFromB() { return ScenarioFixture::Dial(b, proxy_a.addrs()); }
  // Breaks whatever connects them.
  void Cut() {
    proxy_a.CutAll();
    proxy_b.CutAll();
  }
  void Release() {
    proxy_a.Release();
    proxy_b.Release();
  }
  // One session, open on both sides.
  bool WaitUntilOneSessionIsOpen() {
    return a_side.WaitFor([this] {
      return ScenarioFixture::StateOf(a) == "OPEN" && ScenarioFixture::StateOf(b) == "OPEN";
    });
  }
  int Resets() const {
    return a_side.resets + a_side.remote_resets + b_side.resets + b_side.remote_resets;
  }

  SessionDispatcher& a_side;
  SessionDispatcher& b_side;
  Messenger* const a;
  Messenger* const b;
  TcpProxy proxy_a;  // in front of a
  TcpProxy proxy_b;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_PROXIED_PEERS_H_
