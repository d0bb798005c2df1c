#include "services/rados/messages/osd_ping.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

const char* OpName(uint8_t op) {
  switch (op) {
    case MOsdPing::kStartHeartbeat:
      return "start";
    case MOsdPing::kYouDied:
      return "you died";
    case MOsdPing::kStopHeartbeat:
      return "stop";
    case MOsdPing::kPing:
      return "ping";
    case MOsdPing::kPingReply:
      return "reply";
    default:
      return "heartbeat";
  }
}

}  // namespace

std::string MOsdPing::Summary() const {
  return absl::StrCat("osd_ping(", OpName(op), ", epoch ", map_epoch, ", up from ", up_from, ")");
}

void MOsdPing::EncodePayload(Encoder& e, uint64_t features) {
  fsid.Encode(e);
  e.U32(map_epoch);
  e.U8(op);
  e.Time(ping_stamp);
  e.U32(padding);
  e.U32(up_from);
  e.Span(mono_ping_stamp);
  e.Span(mono_send_stamp);
  e.Bool(delta_upper_bound.has_value());
  if (delta_upper_bound.has_value()) e.Span(*delta_upper_bound);
  e.out()->AppendZero(padding);
}

absl::Status MOsdPing::DecodePayload(Decoder& d) {
  fsid = Uuid::Decode(d);
  map_epoch = d.U32();
  op = d.U8();
  ping_stamp = d.Time();
  padding = d.U32();
  if (header().version >= 5) {
    up_from = d.U32();
    mono_ping_stamp = d.Span();
    mono_send_stamp = d.Span();
    delta_upper_bound.reset();
    if (d.Bool()) delta_upper_bound = d.Span();
  }
  d.Skip(padding);
  return d.status();
}

}  // namespace siphon::rados
