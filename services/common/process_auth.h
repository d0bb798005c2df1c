// ProcessAuth: how a client or an OSD authenticates its connections: by which methods and modes
// (its options), with which key (its keyring), and, for a daemon, those who connect to it.
//
// MonClient logs in with it, renews its tickets and fetches its rotating keys.
//
// Threads: any. It outlives the messengers that use it.
#ifndef SIPHON_SERVICES_COMMON_PROCESS_AUTH_H_
#define SIPHON_SERVICES_COMMON_PROCESS_AUTH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"
#include "base/mutex.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/auth_policy.h"
#include "msg/auth/cephx/cephx_client.h"
#include "msg/auth/cephx/rotating_keys.h"
#include "msg/auth/negotiating_auth_client.h"
#include "msg/auth/negotiating_auth_server.h"
#include "msg/entity_type.h"

namespace siphon {

class ProcessAuth final : public AuthClient {
 public:
  // `config` is borrowed. With cephx among the methods the key is that of `name` in the option
  // `keyring`, unless the option `key` or `keyfile` has it. A keyring that is missing is no error
  // where method none is allowed, too.
  // NotFound, PermissionDenied, InvalidArgument: no key, with where it was looked for.
  static absl::StatusOr<std::unique_ptr<ProcessAuth>> Create(const Config* config,
                                                             const AuthName& name);

  const AuthName& name() const { return name_; }
  // Null: there is no key.
  cephx::CephxClient* cephx() const { return cephx_.get(); }
  // A daemon's; null for a client.
  cephx::RotatingKeys* rotating_keys() const { return rotating_keys_.get(); }
  // What this process can do towards monitors, preferred first.
  absl::StatusOr<std::vector<uint32_t>> MonMethods() const;
  // Monitors may be talked to in secure mode alone: v1 has none.
  bool MonsMustBeSecure() const;
  // The number that a monitor gave; 0 before.
  uint64_t global_id() const;
  void set_global_id(uint64_t global_id) { client_.set_global_id(global_id); }

  // Judges those who connect to this daemon; `optional` as NegotiatingAuthServer::Options.
  std::unique_ptr<AuthServer> NewServer(bool optional);

  // Called on a worker when an exchange with a monitor fails, with why. Before the first exchange.
  void set_on_mon_refusal(std::function<void(const absl::Status&)> on_refusal) {
    on_mon_refusal_ = std::move(on_refusal);
  }

  // --- AuthClient.
  std::unique_ptr<AuthClientExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  ProcessAuth(const Config* config, const AuthName& name, std::unique_ptr<cephx::CephxClient> cephx,
              std::unique_ptr<cephx::RotatingKeys> rotating_keys);

  const AuthName name_;
  const AuthPolicy policy_;
  const std::unique_ptr<cephx::RotatingKeys> rotating_keys_;
  const std::unique_ptr<cephx::CephxClient> cephx_;
  NegotiatingAuthClient client_;
  std::function<void(const absl::Status&)> on_mon_refusal_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_PROCESS_AUTH_H_
