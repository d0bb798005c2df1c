#include "msg/protocol/v2/control_frames.h"

#include <cstring>

#include "msg/features.h"

namespace siphon::v2 {
namespace {

// Addresses are always in the modern form.
constexpr uint64_t kAddrFeatures = kFeatureMsgAddr2 | kFeatureServerNautilus;

void EncodeU32s(Encoder& e, const std::vector<uint32_t>& items) {
  e.U32(static_cast<uint32_t>(items.size()));
  for (const uint32_t item : items) e.U32(item);
}

std::vector<uint32_t> DecodeU32s(Decoder& d) {
  std::vector<uint32_t> items(d.Count(sizeof(uint32_t)));
  for (uint32_t& item : items) item = d.U32();
  return items;
}

}  // namespace

// Decode() initialises members in the order of the braces, which is the order on the wire.

void HelloFrame::Encode(Encoder& e) const {
  e.U8(entity_type);
  peer_addr.Encode(e, kAddrFeatures);
}
HelloFrame HelloFrame::Decode(Decoder& d) {
  return {.entity_type = d.U8(), .peer_addr = EntityAddr::Decode(d)};
}

void AuthRequestFrame::Encode(Encoder& e) const {
  e.U32(method);
  EncodeU32s(e, preferred_modes);
  e.String(payload);
}
AuthRequestFrame AuthRequestFrame::Decode(Decoder& d) {
  return {.method = d.U32(), .preferred_modes = DecodeU32s(d), .payload = d.String()};
}

void AuthBadMethodFrame::Encode(Encoder& e) const {
  e.U32(method);
  e.I32(result);
  EncodeU32s(e, allowed_methods);
  EncodeU32s(e, allowed_modes);
}
AuthBadMethodFrame AuthBadMethodFrame::Decode(Decoder& d) {
  return {.method = d.U32(),
          .result = d.I32(),
          .allowed_methods = DecodeU32s(d),
          .allowed_modes = DecodeU32s(d)};
}

void AuthReplyMoreFrame::Encode(Encoder& e) const { e.String(payload); }
AuthReplyMoreFrame AuthReplyMoreFrame::Decode(Decoder& d) { return {.payload = d.String()}; }

void AuthRequestMoreFrame::Encode(Encoder& e) const { e.String(payload); }
AuthRequestMoreFrame AuthRequestMoreFrame::Decode(Decoder& d) { return {.payload = d.String()}; }

void AuthDoneFrame::Encode(Encoder& e) const {
  e.U64(global_id);
  e.U32(con_mode);
  e.String(payload);
}
AuthDoneFrame AuthDoneFrame::Decode(Decoder& d) {
  return {.global_id = d.U64(), .con_mode = d.U32(), .payload = d.String()};
}

void AuthSignatureFrame::Encode(Encoder& e) const {
  e.Raw({reinterpret_cast<const char*>(signature.data()), signature.size()});
}
AuthSignatureFrame AuthSignatureFrame::Decode(Decoder& d) {
  AuthSignatureFrame frame;
  const std::string_view bytes = d.Raw(kSignatureSize);
  if (d.ok()) std::memcpy(frame.signature.data(), bytes.data(), kSignatureSize);
  return frame;
}

void ClientIdentFrame::Encode(Encoder& e) const {
  addrs.Encode(e, kAddrFeatures);
  target.Encode(e, kAddrFeatures);
  e.I64(gid);
  e.U64(global_seq);
  e.U64(features_supported);
  e.U64(features_required);
  e.U64(flags);
  e.U64(cookie);
}
ClientIdentFrame ClientIdentFrame::Decode(Decoder& d) {
  return {.addrs = EntityAddrVec::Decode(d),
          .target = EntityAddr::Decode(d),
          .gid = d.I64(),
          .global_seq = d.U64(),
          .features_supported = d.U64(),
          .features_required = d.U64(),
          .flags = d.U64(),
          .cookie = d.U64()};
}

void ServerIdentFrame::Encode(Encoder& e) const {
  addrs.Encode(e, kAddrFeatures);
  e.I64(gid);
  e.U64(global_seq);
  e.U64(features_supported);
  e.U64(features_required);
  e.U64(flags);
  e.U64(cookie);
}
ServerIdentFrame ServerIdentFrame::Decode(Decoder& d) {
  return {.addrs = EntityAddrVec::Decode(d),
          .gid = d.I64(),
          .global_seq = d.U64(),
          .features_supported = d.U64(),
          .features_required = d.U64(),
          .flags = d.U64(),
          .cookie = d.U64()};
}

void IdentMissingFeaturesFrame::Encode(Encoder& e) const { e.U64(features); }
IdentMissingFeaturesFrame IdentMissingFeaturesFrame::Decode(Decoder& d) {
  return {.features = d.U64()};
}

void SessionReconnectFrame::Encode(Encoder& e) const {
  addrs.Encode(e, kAddrFeatures);
  e.U64(client_cookie);
  e.U64(server_cookie);
  e.U64(global_seq);
  e.U64(connect_seq);
  e.U64(msg_seq);
}
SessionReconnectFrame SessionReconnectFrame::Decode(Decoder& d) {
  return {.addrs = EntityAddrVec::Decode(d),
          .client_cookie = d.U64(),
          .server_cookie = d.U64(),
          .global_seq = d.U64(),
          .connect_seq = d.U64(),
          .msg_seq = d.U64()};
}

void SessionResetFrame::Encode(Encoder& e) const { e.Bool(full); }
SessionResetFrame SessionResetFrame::Decode(Decoder& d) { return {.full = d.Bool()}; }

void SessionRetryFrame::Encode(Encoder& e) const { e.U64(connect_seq); }
SessionRetryFrame SessionRetryFrame::Decode(Decoder& d) { return {.connect_seq = d.U64()}; }

void SessionRetryGlobalFrame::Encode(Encoder& e) const { e.U64(global_seq); }
SessionRetryGlobalFrame SessionRetryGlobalFrame::Decode(Decoder& d) {
  return {.global_seq = d.U64()};
}

void SessionReconnectOkFrame::Encode(Encoder& e) const { e.U64(msg_seq); }
SessionReconnectOkFrame SessionReconnectOkFrame::Decode(Decoder& d) { return {.msg_seq = d.U64()}; }

void Keepalive2Frame::Encode(Encoder& e) const { e.Time(stamp); }
Keepalive2Frame Keepalive2Frame::Decode(Decoder& d) { return {.stamp = d.Time()}; }

void Keepalive2AckFrame::Encode(Encoder& e) const { e.Time(stamp); }
Keepalive2AckFrame Keepalive2AckFrame::Decode(Decoder& d) { return {.stamp = d.Time()}; }

void AckFrame::Encode(Encoder& e) const { e.U64(seq); }
AckFrame AckFrame::Decode(Decoder& d) { return {.seq = d.U64()}; }

}  // namespace siphon::v2
