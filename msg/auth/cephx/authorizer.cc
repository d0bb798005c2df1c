#include "msg/auth/cephx/authorizer.h"

#include "absl/status/status.h"
#include "msg/auth/cephx/envelope.h"
#include "msg/auth/cephx/requests.h"

namespace siphon::cephx {
namespace {

absl::Status Malformed(std::string_view what) {
  return absl::PermissionDeniedError(std::string(what) + " is malformed");
}

}  // namespace

void Authorizer::Encode(Encoder& e) const {
  e.U8(kModeAuthorizer);
  e.U64(global_id);
  e.U32(service);
  ticket.Encode(e);
  e.String(sealed_proof);
}

Authorizer Authorizer::Decode(Decoder& d) {
  Authorizer a;
  const uint8_t mode = d.U8();
  if (d.ok() && mode != kModeAuthorizer) d.Fail("the authorizer is of no mode that is known");
  a.global_id = d.U64();
  const uint32_t service = d.U32();
  if (d.ok() && (service == 0 || service >= kEntityAny)) d.Fail("an authorizer for no service");
  a.service = static_cast<EntityType>(service);
  a.ticket = TicketBlob::Decode(d);
  a.sealed_proof = d.String();
  return a;
}

std::string AuthorizerProof::Seal(const CryptoKey& session_key) const {
  return cephx::Seal(session_key, Encoded([this](Encoder& e) {
                       e.U8(2);
                       e.U64(nonce);
                       e.Bool(answer.has_value());
                       e.U64(answer.value_or(0));
                     }));
}

absl::StatusOr<AuthorizerProof> AuthorizerProof::Open(std::string_view sealed,
                                                      const CryptoKey& session_key) {
  const absl::StatusOr<std::string> plain = cephx::Open(session_key, sealed);
  if (!plain.ok()) return plain.status();
  Decoder d(*plain);
  AuthorizerProof proof;
  const uint8_t version = d.U8();
  proof.nonce = d.U64();
  // Version 1, of before the challenge, answers none.
  if (version >= 2) {
    const bool has_answer = d.Bool();
    const uint64_t answer = d.U64();
    if (has_answer) proof.answer = answer;
  }
  if (!d.ok()) return Malformed("the authorizer's proof");
  return proof;
}

std::string SealChallenge(uint64_t challenge, const CryptoKey& session_key) {
  return Seal(session_key, EncodeServerChallenge(challenge));
}

absl::StatusOr<uint64_t> OpenChallenge(std::string_view sealed, const CryptoKey& session_key) {
  const absl::StatusOr<std::string> plain = Open(session_key, sealed);
  if (!plain.ok()) return plain.status();
  return DecodeServerChallenge(*plain);
}

std::string AuthorizeReply::Seal(const CryptoKey& session_key) const {
  return Encoded([&](Encoder& e) {
    EncodeSealed(e, session_key, Encoded([this](Encoder& plain) {
                   plain.U8(connection_secret.empty() ? 1 : 2);
                   plain.U64(nonce_plus_one);
                   if (!connection_secret.empty()) plain.String(connection_secret);
                 }));
  });
}

absl::StatusOr<AuthorizeReply> AuthorizeReply::Open(std::string_view payload,
                                                    const CryptoKey& session_key) {
  Decoder outer(payload);
  const std::string plain = DecodeSealed(outer, session_key);
  if (!outer.ok()) return absl::PermissionDeniedError(outer.status().message());
  Decoder d(plain);
  AuthorizeReply reply;
  const uint8_t version = d.U8();
  reply.nonce_plus_one = d.U64();
  if (version >= 2) reply.connection_secret = d.String();
  if (!d.ok() || version == 0) return Malformed("the service's answer to our authorizer");
  return reply;
}

}  // namespace siphon::cephx
