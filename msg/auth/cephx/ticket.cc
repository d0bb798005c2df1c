#include "msg/auth/cephx/ticket.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "msg/auth/cephx/envelope.h"

namespace siphon::cephx {
namespace {

// Types of services are bits of a byte.
constexpr uint32_t kMaxGrants = 8;

void Expect(Decoder& d, uint8_t version) {
  const uint8_t v = d.U8();
  if (d.ok() && v < version) d.Fail("a structure of cephx has an unknown version");
}

void DecodeHolderHalf(std::string_view bytes, TicketGrant* grant, Decoder* outer) {
  Decoder d(bytes);
  Expect(d, 1);
  grant->session_key = CryptoKey::Decode(d);
  const uint32_t seconds = d.U32();
  const uint32_t nanos = d.U32();
  grant->validity = absl::Seconds(seconds) + absl::Nanoseconds(nanos);
  if (!d.ok() || grant->session_key.empty()) outer->Fail("a ticket has no session key");
}

}  // namespace

void TicketBlob::Encode(Encoder& e) const {
  e.U8(1);
  e.U64(secret_id);
  e.String(sealed);
}

TicketBlob TicketBlob::Decode(Decoder& d) {
  Expect(d, 1);
  TicketBlob blob;
  blob.secret_id = d.U64();
  blob.sealed = d.String();
  return blob;
}

void AuthTicket::Encode(Encoder& e) const {
  e.U8(2);
  name.Encode(e);
  e.U64(global_id);
  e.U64(~uint64_t{0});  // auid, of old versions
  e.Time(created);
  e.Time(expires);
  e.U8(1);
  e.Bool(allow_all);
  // A blob that holds a string, or nothing.
  e.String(caps.empty() ? "" : Encoded([this](Encoder& blob) { blob.String(caps); }));
  e.U32(0);  // flags
}

AuthTicket AuthTicket::Decode(Decoder& d) {
  AuthTicket ticket;
  Expect(d, 2);
  ticket.name = AuthName::Decode(d);
  ticket.global_id = d.U64();
  d.U64();
  ticket.created = d.Time();
  ticket.expires = d.Time();
  Expect(d, 1);
  ticket.allow_all = d.Bool();
  const std::string_view blob = d.StringView();
  if (!blob.empty()) {
    Decoder caps(blob);
    ticket.caps = caps.String();
    if (!caps.ok() || caps.remaining() != 0) d.Fail("a ticket's caps are not a string");
  }
  d.U32();
  return ticket;
}

TicketBlob ServiceTicketInfo::Seal(uint64_t secret_id, const CryptoKey& secret) const {
  const std::string plain = Encoded([this](Encoder& e) {
    e.U8(1);
    ticket.Encode(e);
    session_key.Encode(e);
  });
  return TicketBlob{secret_id, cephx::Seal(secret, plain)};
}

absl::StatusOr<ServiceTicketInfo> ServiceTicketInfo::Open(const TicketBlob& blob,
                                                          const CryptoKey& secret) {
  absl::StatusOr<std::string> plain = cephx::Open(secret, blob.sealed);
  if (!plain.ok()) {
    return absl::PermissionDeniedError("the ticket was not sealed with this service's secret");
  }
  Decoder d(*plain);
  Expect(d, 1);
  ServiceTicketInfo info;
  info.ticket = AuthTicket::Decode(d);
  info.session_key = CryptoKey::Decode(d);
  if (d.ok() && info.session_key.empty()) d.Fail("the ticket has no session key");
  if (!d.ok()) return absl::PermissionDeniedError(d.status().message());
  return info;
}

void EncodeGrants(Encoder& e, const std::vector<TicketGrant>& grants, const CryptoKey& holder,
                  const CryptoKey& blob_key) {
  e.U8(1);
  e.U32(static_cast<uint32_t>(grants.size()));
  for (const TicketGrant& grant : grants) {
    e.U32(grant.service);
    e.U8(1);
    EncodeSealed(e, holder, Encoded([&grant](Encoder& half) {
                   half.U8(1);
                   grant.session_key.Encode(half);
                   const int64_t nanos = absl::ToInt64Nanoseconds(grant.validity);
                   half.U32(static_cast<uint32_t>(nanos / 1'000'000'000));
                   half.U32(static_cast<uint32_t>(nanos % 1'000'000'000));
                 }));
    const std::string blob = Encoded([&grant](Encoder& b) { grant.blob.Encode(b); });
    e.Bool(!blob_key.empty());
    if (blob_key.empty()) {
      e.String(blob);
    } else {
      EncodeSealed(e, blob_key, Encoded([&blob](Encoder& b) { b.String(blob); }));
    }
  }
}

std::vector<TicketGrant> DecodeGrants(Decoder& d, const CryptoKey& holder,
                                      const CryptoKey& blob_key) {
  std::vector<TicketGrant> grants;
  Expect(d, 1);
  const uint32_t n = d.Count(14);
  if (n > kMaxGrants) d.Fail("too many tickets");
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    TicketGrant grant;
    const uint32_t service = d.U32();
    if (d.ok() && (service == 0 || service >= kEntityAny)) d.Fail("a ticket of no service");
    grant.service = static_cast<EntityType>(service);
    Expect(d, 1);
    const std::string half = DecodeSealed(d, holder);
    if (d.ok()) DecodeHolderHalf(half, &grant, &d);
    std::string blob;
    if (d.Bool()) {
      const std::string wrapped = DecodeSealed(d, blob_key);
      Decoder inner(wrapped);
      blob = inner.String();
      if (!inner.ok()) d.Fail("a ticket is malformed");
    } else {
      blob = d.String();
    }
    Decoder b(blob);
    grant.blob = TicketBlob::Decode(b);
    if (d.ok() && (!b.ok() || grant.blob.empty())) d.Fail("a ticket is malformed");
    grants.push_back(std::move(grant));
  }
  if (!d.ok()) grants.clear();
  return grants;
}

}  // namespace siphon::cephx
