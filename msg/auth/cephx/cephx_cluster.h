// CephxCluster: a monitor's KeyServer with some entities, an OSD's rotating keys, and clients, to
// be tried against each other without a wire. Only for tests.
#ifndef SIPHON_MSG_AUTH_CEPHX_CEPHX_CLUSTER_H_
#define SIPHON_MSG_AUTH_CEPHX_CEPHX_CLUSTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/key_server.h"
#include "msg/auth/cephx/rotating_keys.h"
#include "msg/auth/cephx/seeded_random.h"
#include "msg/entity_type.h"
#include "testing/fakes/fake_clock.h"

namespace siphon::cephx {

class CephxCluster final : public KeySource {
 public:
  CephxCluster() {
    Add(kAdmin, {{"mon", "allow *"}, {"osd", "allow rwx pool=data"}, {"mgr", "allow r"}});
    Add(kOsd, {{"mon", "profile osd"}, {"osd", "allow *"}});
    server.Rotate();
    osd_keys.Set(*server.SecretsOf(kEntityOsd));
  }

  void Add(const AuthName& name, std::map<std::string, std::string> caps) {
    entities[name] = {CryptoKey::Generate(clock.Now(), random), std::move(caps)};
  }
  absl::StatusOr<EntityAuth> FindEntity(const AuthName& name) override {
    const auto it = entities.find(name);
    if (it == entities.end()) return absl::NotFoundError("no such entity");
    return it->second;
  }
  // A client with the right key, or with `key`.
  std::unique_ptr<CephxClient> Client(const AuthName& name) {
    return Client(name, entities.at(name).key);
  }
  std::unique_ptr<CephxClient> Client(const AuthName& name, const CryptoKey& key) {
    return std::make_unique<CephxClient>(CephxClient::Options{.name = name,
                                                              .secret = key,
                                                              .rotating_keys = &fetched_keys,
                                                              .clock = &clock,
                                                              .random = &random});
  }

  const AuthName kAdmin{kEntityClient, "admin"};
  const AuthName kOsd{kEntityOsd, "0"};

  FakeClock clock;
  SeededRandom random{1};
  std::map<AuthName, EntityAuth> entities;
  uint64_t last_global_id = 4096;
  KeyServer server{{.source = this, .clock = &clock, .random = &random, .new_global_id = [this] {
                      return ++last_global_id;
                    }}};
  RotatingKeys osd_keys{kEntityOsd};
  RotatingKeys fetched_keys{kEntityOsd};
};

// How a conversation ended, on either side.
struct Handshake {
  absl::StatusOr<AuthSecrets> client;  // or why it gave up
  AuthServerExchange::Answer server;   // its last
  AuthClientExchange::Request request;
  std::vector<std::string> shown;  // by the client, in order
};

// Lets both talk until it is over.
inline Handshake Converse(AuthClientExchange& client, AuthServerExchange& server) {
  using Kind = AuthServerExchange::Answer::Kind;
  Handshake result{
      .client = absl::UnknownError("not over"), .server = {}, .request = {}, .shown = {}};
  absl::StatusOr<AuthClientExchange::Request> request = client.Begin();
  for (int i = 0; i < 10; ++i) {
    if (!request.ok()) {
      result.client = request.status();
      return result;
    }
    result.request = *request;
    result.shown.push_back(request->payload);
    result.server = server.OnRequest(request->method, request->modes, request->payload);
    while (result.server.kind == Kind::kMore) {
      absl::StatusOr<std::string> more = client.OnReplyMore(result.server.payload);
      if (!more.ok()) {
        result.client = more.status();
        return result;
      }
      result.shown.push_back(*more);
      result.server = server.OnRequestMore(*more);
    }
    if (result.server.kind == Kind::kDone) {
      result.client =
          client.OnDone(result.server.global_id, result.server.mode, result.server.payload);
    }
    if (result.server.kind != Kind::kBadMethod) return result;
    request = client.OnBadMethod(result.server.bad);
  }
  return result;
}

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_CEPHX_CLUSTER_H_
