// AuthPolicy: which methods and modes a process may use with whom, by its options
// auth_{cluster,service,client}_required and ms_{,mon_}{cluster,service,client}_mode.
//
//   a client: auth_client_required; towards mon and mgr ms_mon_client_mode, else ms_client_mode
//   mon, mgr: with each other auth_cluster_required and ms_mon_cluster_mode; with others
//             auth_service_required and ms_mon_service_mode
//   others:   with mon and mgr auth_cluster_required and ms_mon_cluster_mode; with osd and mds
//             auth_cluster_required and ms_cluster_mode; else auth_service_required and
//             ms_service_mode
//
// Ceph's older option auth_supported, where it is set, stands for all three of auth_*_required.
//
// The same for both directions. Options are read at each question, so changes hold for new
// connections. Threads: any.
#ifndef SIPHON_MSG_AUTH_AUTH_POLICY_H_
#define SIPHON_MSG_AUTH_AUTH_POLICY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "base/config.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_type.h"

namespace siphon {

class AuthPolicy {
 public:
  // `config` is borrowed.
  AuthPolicy(const Config* config, EntityType self) : config_(config), self_(self) {}

  struct Terms {
    std::vector<uint32_t> methods;  // kAuthNone, kAuthCephx; preferred first
    std::vector<uint32_t> modes;    // ConMode; preferred first

    // Of `modes`, those that `method` can have: none has no key for secure mode.
    std::vector<uint32_t> ModesFor(uint32_t method) const;
    bool Allows(uint32_t method) const;
  };
  // InvalidArgument: an option does not say what it must; the message names it.
  // FailedPrecondition: the options allow auth none and secure mode alone, which do not go
  // together.
  absl::StatusOr<Terms> For(EntityType peer) const;

 private:
  const Config* const config_;
  const EntityType self_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_AUTH_POLICY_H_
