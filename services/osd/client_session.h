// ClientSession: what an OSD knows of a client's connection: what it was sent, and what it may do.
//
// Threads: any.
#ifndef SIPHON_SERVICES_OSD_CLIENT_SESSION_H_
#define SIPHON_SERVICES_OSD_CLIENT_SESSION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "msg/auth/auth_exchange.h"
#include "msg/connection.h"
#include "services/common/caps/osd_caps.h"

namespace siphon::osd {

class ClientSession : public ConnectionContext {
 public:
  // `peer` may be null: nobody asked who it is, and nothing is forbidden.
  explicit ClientSession(std::shared_ptr<const PeerIdentity> peer);
  // The connection's; made at the first call.
  static std::shared_ptr<ClientSession> Of(const ConnectionPtr& connection);

  const OsdCaps& caps() const { return caps_; }
  bool allows_all() const { return allows_all_; }

  // True if `epoch` is newer than what this client was sent before.
  bool MarkSent(uint32_t epoch) {
    uint32_t before = sent_epoch_.load();
    while (before < epoch) {
      if (sent_epoch_.compare_exchange_weak(before, epoch)) return true;
    }
    return false;
  }

 private:
  OsdCaps caps_;
  bool allows_all_ = false;
  std::atomic<uint32_t> sent_epoch_{0};
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLIENT_SESSION_H_
