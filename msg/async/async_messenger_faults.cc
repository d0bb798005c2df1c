// An AsyncMessenger's injected faults: failing sockets, holds, partitions, pauses of reading.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "msg/async/async_messenger.h"

namespace siphon {

bool AsyncMessenger::InjectSocketFailure() {
  if (!options_.random->OneIn(settings_.inject_socket_failures())) return false;
  injected_failures_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

absl::Duration AsyncMessenger::InternalDelay() const {
  const absl::Duration longest = settings_.inject_internal_delays();
  if (longest == absl::ZeroDuration()) return longest;
  return longest * options_.random->Fraction();
}

absl::Status AsyncMessenger::InjectFault(const FaultInjection& fault) {
  using Kind = FaultInjection::Kind;
  std::optional<EntityAddr> peer;
  if (!fault.peer.empty()) {
    absl::StatusOr<EntityAddr> addr = FindPeer(fault.peer);
    if (!addr.ok()) return addr.status();
    peer = *addr;
  } else if (fault.kind != Kind::kHeal && fault.kind != Kind::kResumeReading) {
    return absl::InvalidArgumentError("the peer's address or name is missing");
  }
  injected_faults_.Apply(fault.kind, peer);
  for (const auto& connection : AllConnections()) {
    connection->worker()->center()->SubmitAndWait(
        [connection] { connection->HeedInjectedFaults(); });
  }
  return absl::OkStatus();
}

absl::StatusOr<EntityAddr> AsyncMessenger::FindPeer(const std::string& peer) {
  if (absl::StatusOr<EntityAddr> addr = EntityAddr::Parse(peer, EntityAddr::kLegacy);
      addr.ok() && !addr->is_blank_ip()) {
    return addr;
  }
  const absl::StatusOr<EntityName> name = EntityName::Parse(peer);
  if (!name.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", peer, "\" is neither an address (v1:127.0.0.1:6801/4711) nor a name (osd.3)"));
  }
  for (const auto& connection : AllConnections()) {
    if (connection->peer_name() == *name) return connection->peer_addr();
  }
  return absl::NotFoundError(absl::StrCat(this->name(), " has no connection with ", peer,
                                          "; give an address to mean a peer that is yet to come"));
}

}  // namespace siphon
