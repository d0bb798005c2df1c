// OsdMessengers: the seven messengers of an OSD, each with Ceph's name and policies (protocol
// section "Who uses which policies").
//
//   ms_public          serves clients; dials monitors
//   ms_cluster         other OSDs, data
//   ms_hb_back_client, ms_hb_front_client   dial peers to ping them, on the cluster and public
//   networks ms_hb_back_server, ms_hb_front_server   are dialled by peers that ping ms_objecter
//   dials other OSDs as a client would
//
// Life cycle: Create -> Bind -> add dispatchers -> Start -> Shutdown -> Wait -> destroy.
// Threads: as Messenger.
#ifndef SIPHON_SERVICES_OSD_OSD_MESSENGERS_H_
#define SIPHON_SERVICES_OSD_OSD_MESSENGERS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_addr.h"
#include "msg/message_registry.h"
#include "msg/messenger.h"
#include "net/network_stack.h"

namespace siphon::osd {

class OsdMessengers {
 public:
  // Borrowed; outlive the messengers.
  struct Options {
    int32_t whoami = -1;
    uint32_t nonce = 0;  // the same for all seven: the process id
    NetworkStack* stack = nullptr;
    Config* config = nullptr;
    const MessageRegistry* registry = nullptr;
    AuthClient* auth_client = nullptr;
    AuthServer* auth_server = nullptr;     // public and cluster
    AuthServer* hb_auth_server = nullptr;  // heartbeats, where a peer may show nothing
  };
  // InvalidArgument: ms_type, ms_public_type or ms_cluster_type is none.
  static absl::StatusOr<std::unique_ptr<OsdMessengers>> Create(const Options& options);

  // Binds the four that listen; ports of 0 take one of ms_bind_port_min..max.
  // Errors: as Messenger::Bind().
  absl::Status Bind(const EntityAddrVec& public_addrs, const EntityAddrVec& cluster_addrs);
  absl::Status Start();
  void Shutdown();
  void Wait();

  Messenger& public_messenger() { return *public_; }
  Messenger& cluster() { return *cluster_; }
  Messenger& hb_back_client() { return *hb_back_client_; }
  Messenger& hb_front_client() { return *hb_front_client_; }
  Messenger& hb_back_server() { return *hb_back_server_; }
  Messenger& hb_front_server() { return *hb_front_server_; }
  Messenger& objecter() { return *objecter_; }
  // All seven, in the order above.
  std::vector<Messenger*> all() const;

 private:
  OsdMessengers() = default;
  void SetPolicies(const Config& config);

  std::unique_ptr<Messenger> public_;
  std::unique_ptr<Messenger> cluster_;
  std::unique_ptr<Messenger> hb_back_client_;
  std::unique_ptr<Messenger> hb_front_client_;
  std::unique_ptr<Messenger> hb_back_server_;
  std::unique_ptr<Messenger> hb_front_server_;
  std::unique_ptr<Messenger> objecter_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OSD_MESSENGERS_H_
