// Monitor: a whole monitor: MonCore, the messenger that it is reached by, and its clock.
//
// Threads: Start() and Shutdown() from one; the rest from any.
#ifndef SIPHON_SERVICES_MON_MONITOR_H_
#define SIPHON_SERVICES_MON_MONITOR_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "msg/entity_addr.h"
#include "msg/message_registry.h"
#include "msg/messenger.h"
#include "net/network_stack.h"
#include "services/mon/mon_core.h"
#include "services/mon/ticker.h"

namespace siphon::mon {

class Monitor {
 public:
  struct Options {
    MonCore::Options core;
    EntityAddrVec addrs;                        // to listen on; a port of 0 takes a free one
    NetworkStack* stack = nullptr;              // borrowed, started
    const MessageRegistry* registry = nullptr;  // borrowed
  };

  // Opens the store, listens and serves. Errors: as MonCore::Open(), Messenger::Bind() and Start().
  static absl::StatusOr<std::unique_ptr<Monitor>> Start(Options options);
  ~Monitor();

  // Idempotent; returns when nothing of the monitor runs any more.
  void Shutdown();

  Messenger* messenger() { return messenger_.get(); }
  MonCore& core() { return *core_; }

 private:
  Monitor() = default;

  std::unique_ptr<MonCore> core_;
  std::unique_ptr<Messenger> messenger_;
  Ticker ticker_;
  bool shut_down_ = false;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_MONITOR_H_
