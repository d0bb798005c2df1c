#include "services/osd/client_session.h"

#include "absl/status/statusor.h"
#include "glog/logging.h"

namespace siphon::osd {

ClientSession::ClientSession(std::shared_ptr<const PeerIdentity> peer) {
  if (peer == nullptr || peer->allow_all) {
    caps_ = OsdCaps::AllowAll();
  } else if (!peer->caps.empty()) {
    absl::StatusOr<OsdCaps> caps = OsdCaps::Parse(peer->caps);
    if (caps.ok()) {
      caps_ = *std::move(caps);
    } else {
      LOG(WARNING) << peer->entity << " may do nothing, mend its capabilities by `auth caps`: "
                   << caps.status().message();
    }
  }
  allows_all_ = caps_.allows_all();
}

std::shared_ptr<ClientSession> ClientSession::Of(const ConnectionPtr& connection) {
  auto session = std::static_pointer_cast<ClientSession>(connection->context());
  if (session == nullptr) {
    session = std::make_shared<ClientSession>(connection->peer_identity());
    connection->set_context(session);
  }
  return session;
}

}  // namespace siphon::osd
