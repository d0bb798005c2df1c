// CephxScenario: an OSD that asks for cephx, behind a relay, honest clients, and what it says of
// those who may not come in. For tests of attacks, on real sockets.
//
// Threads: the test's.
#ifndef SIPHON_TESTING_SCENARIOS_CEPHX_SCENARIO_H_
#define SIPHON_TESTING_SCENARIOS_CEPHX_SCENARIO_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_policy.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/cephx_cluster.h"
#include "msg/auth/cephx/client_exchanges.h"
#include "msg/auth/cephx/server_exchanges.h"
#include "msg/auth/negotiating_auth_client.h"
#include "msg/auth/negotiating_auth_server.h"
#include "msg/connection_info.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/messenger.h"
#include "msg/policy.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/session_dispatcher.h"
#include "testing/scenarios/tcp_proxy.h"

namespace siphon {

// What one side said, to be said again.
class StreamRecorder {
 public:
  TcpProxy::Editor Editor() {
    return [this](size_t, std::vector<char>* bytes) {
      MutexLock lock(mutex_);
      said_.append(bytes->data(), bytes->size());
    };
  }
  std::string Said() {
    MutexLock lock(mutex_);
    return said_;
  }

 private:
  Mutex mutex_;
  std::string said_ ABSL_GUARDED_BY(mutex_);
};

// An entity's tickets and how it shows them. The clock is the one that it judges its tickets by.
struct CephxLogin {
  CephxLogin(cephx::CephxCluster* cluster, const Config* config, Clock* clock)
      : cephx({.name = cluster->kAdmin,
               .secret = cluster->entities.at(cluster->kAdmin).key,
               .clock = clock,
               .random = &cluster->random}),
        negotiating(AuthPolicy(config, kEntityClient), cluster->kAdmin, &cephx) {
    const auto exchange =
        cephx::NewMonClientExchange(&cephx, {static_cast<uint32_t>(ConMode::kCrc)});
    const auto mon = cephx::NewMonServerExchange(&cluster->server, ConMode::kCrc);
    logged_in = cephx::Converse(*exchange, *mon).client.ok();
  }

  cephx::CephxClient cephx;
  NegotiatingAuthClient negotiating;
  bool logged_in = false;
};

// `which`: "v1", "v2_crc", "v2_secure", "v2_revision0_secure".
class CephxScenario : public ScenarioFixture {
 public:
  explicit CephxScenario(const std::string& which) : which_(which), protocol_(which.substr(0, 2)) {
    Set("auth_service_required", "cephx");
    Set("auth_client_required", "cephx");
    Set("ms_initial_backoff", "0.001");
    Set("ms_max_backoff", "0.005");
    const std::string mode = absl::StrContains(which, "secure") ? "secure" : "crc";
    Set("ms_client_mode", mode);
    Set("ms_service_mode", mode);
    Set("ms_msgr2_1", absl::StrContains(which, "revision0") ? "false" : "true");
    NegotiatingAuthServer::Options judge;
    judge.self = kEntityOsd;
    judge.keys = &cluster_.osd_keys;
    judge.clock = &cluster_.clock;
    judge_ = std::make_unique<NegotiatingAuthServer>(AuthPolicy(&config(), kEntityOsd), judge);
    server_ = Make({kEntityOsd, 0}, Policy::StatefulServer(0), nullptr, {nullptr, judge_.get()});
    server_side_.replies = true;
    server_side_.fast = true;
    server_->SetAdvertisedAddrs(proxy_.addrs());
    BindLoopback(server_, protocol_);
    listening_ = server_->Info().listening.front();
    proxy_.set_server(listening_);
    server_->AddDispatcherHead(&server_side_);
    EXPECT_TRUE(server_->Start().ok());
    EXPECT_TRUE(honest_.logged_in);
  }
  ~CephxScenario() { Stop(server_); }

  Messenger* NewClient(const Policy& policy, AuthClient* auth, SessionDispatcher* side) {
    Messenger* client = Make({kEntityClient, 12}, policy, nullptr, {auth, nullptr});
    client->AddDispatcherHead(side);
    EXPECT_TRUE(client->Start().ok());
    return client;
  }
  // An honest client comes, and is answered.
  void ExpectService() {
    SessionDispatcher& side = NewDispatcher();
    Messenger* client = NewClient(Policy::LossyClient(0), &honest_.negotiating, &side);
    Ping(Dial(client, server_), ++pings_);
    EXPECT_TRUE(side.WaitForPongs(1)) << "an honest client gets no answer";
    const std::vector<ConnectionInfo> connections = client->ListConnections();
    ASSERT_EQ(connections.size(), 1u);
    EXPECT_EQ(connections[0].protocol, absl::StrContains(which_, "revision0") ? "v2.0" : protocol_);
    Destroy(client);
  }
  std::string Record() {
    std::string all;
    for (const FaultRecord& fault : server_->Info().recent_faults)
      absl::StrAppend(&all, fault.peer, " ", fault.state, ": ", fault.reason, "\n");
    return all;
  }
  bool IsOnRecord(const std::string& reason) { return absl::StrContains(Record(), reason); }

  const std::string which_, protocol_;
  // Everybody reaches the server through it: a client signs whom it means to reach.
  TcpProxy proxy_{*EntityAddr::Parse(protocol_ + ":127.0.0.1:0/0")};
  EntityAddr listening_;
  cephx::CephxCluster cluster_;
  CephxLogin honest_{&cluster_, &config(), &cluster_.clock};
  std::unique_ptr<NegotiatingAuthServer> judge_;
  SessionDispatcher& server_side_ = NewDispatcher();
  Messenger* server_ = nullptr;
  uint64_t pings_ = 1000;
};

}  // namespace siphon

#endif  // SIPHON_TESTING_SCENARIOS_CEPHX_SCENARIO_H_
