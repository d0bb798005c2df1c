// What an AsyncConnection tells about itself.
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "msg/async/async_connection.h"
#include "msg/async/async_messenger.h"

namespace siphon {
namespace {

// How many steps of a connection's life are remembered.
constexpr size_t kMaxSteps = 16;

}  // namespace

// --- To look at: center.

void AsyncConnection::Record(std::string_view state, std::string_view reason) {
  if (steps_.size() == kMaxSteps) steps_.pop_front();
  steps_.push_back({state, std::string(reason), center()->clock()->Monotonic()});
}

void AsyncConnection::OnTransition(std::string_view to) { Record(to, ""); }

void AsyncConnection::SetPhase(Phase phase, std::string_view reason) {
  phase_ = phase;
  switch (phase) {
    case Phase::kStandby:
    case Phase::kWait:
    case Phase::kClosed:
    case Phase::kBackoff:
      return Record(StateText(), reason);
    case Phase::kConnecting:
    case Phase::kAccepting:
    case Phase::kOpen:
      return;  // the link's machine tells
  }
}

// By the names that both protocols have for what is between connections.
std::string_view AsyncConnection::StateText() const {
  switch (phase_) {
    case Phase::kStandby:
      return "STANDBY";
    case Phase::kWait:
      return "WAIT";
    case Phase::kClosed:
      return "CLOSED";
    default:
      break;
  }
  if (link_) return link_->machine().StateName();
  return version_ == ProtocolVersion::kV1 ? "CONNECTING" : "START_CONNECT";
}

std::string AsyncConnection::PeerText() const {
  return absl::StrCat(peer_name().ToString(), " (", peer_addr().ToString(), ")");
}

ConnectionInfo AsyncConnection::Info() {
  const MonoNanos now = center()->clock()->Monotonic();
  ConnectionInfo info;
  info.id = id();
  info.peer_name = peer_name();
  info.peer_addrs = peer_addrs();
  if (link_) info.socket_addr = link_->socket().PeerAddr().HostPortNonce();
  info.protocol = version_ == ProtocolVersion::kV1 ? "v1" : "v2";
  if (link_) {
    const ConMode mode = link_->machine().con_mode();
    info.con_mode = mode == ConMode::kSecure ? "secure" : mode == ConMode::kCrc ? "crc" : "";
    info.protocol = std::string(link_->machine().RevisionName());
    info.compression = std::string(link_->machine().CompressionName());
  }
  if (const auto identity = peer_identity()) info.entity = identity->entity;
  info.state = std::string(StateText());
  info.policy = std::string(session_.policy().name);
  info.incoming = incoming_;
  info.anonymous = anonymous_;
  info.worker = worker_->index();
  info.features = features();
  info.out_seq = session_.out_seq();
  info.acked_seq = session_.acked_seq();
  info.in_seq = session_.in_seq();
  info.connect_seq = session_.connect_seq;
  info.global_seq = link_ ? link_->machine().global_seq() : global_seq_;
  info.peer_global_seq = session_.peer_global_seq;
  info.out_queue_messages = session_.queued_messages();
  info.out_queue_bytes = session_.queued_bytes() + (link_ ? link_->machine().out().size() : 0);
  info.unacked_messages = session_.unacked_messages();
  info.unacked_bytes = session_.unacked_bytes();
  const uint64_t limit = owner()->settings().out_queue_max_bytes();
  info.out_queue_over_limit = limit != 0 && session_.HeldBytes() > limit;
  info.messages_in = messages_in_;
  info.messages_out = messages_out_;
  info.bytes_in = bytes_in_;
  info.bytes_out = bytes_out_;
  info.reconnects = reconnects_;
  info.throttled = waiter_ != nullptr;
  info.reading_paused = reading_paused_;
  info.last_active = absl::Nanoseconds(now - last_active_);
  const absl::Time acked = last_keepalive_ack();
  if (acked != absl::InfinitePast()) info.last_keepalive_ack = center()->clock()->Now() - acked;
  info.last_fault = last_fault_;
  for (const Step& step : steps_) {
    info.recent.push_back({std::string(step.state), step.reason, absl::Nanoseconds(now - step.at)});
  }
  return info;
}

}  // namespace siphon
