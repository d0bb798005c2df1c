// Authorizer, AuthorizeReply: how the holder of a ticket proves to a service that it knows the
// session key, and the service that it does, too (Ceph 16.2).
//
// The holder shows the ticket and a sealed nonce; the service answers with a sealed challenge; the
// holder shows both once more with the challenge plus one; the service answers the nonce plus one,
// and in secure mode the secret of the connection. An authorizer seen before the challenge is of no
// use to whoever recorded it.
#ifndef SIPHON_MSG_AUTH_CEPHX_AUTHORIZER_H_
#define SIPHON_MSG_AUTH_CEPHX_AUTHORIZER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/auth/cephx/ticket.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

// u8 1, u64 global id, u32 service, ticket, and the sealed proof with its length.
struct Authorizer {
  uint64_t global_id = 0;
  EntityType service = kEntityNone;
  TicketBlob ticket;
  std::string sealed_proof;

  void Encode(Encoder& e) const;
  static Authorizer Decode(Decoder& d);
};

// What is sealed in it: u8 2, u64 nonce, bool, u64 challenge + 1.
struct AuthorizerProof {
  uint64_t nonce = 0;
  std::optional<uint64_t> answer;  // to the challenge: it plus one

  std::string Seal(const CryptoKey& session_key) const;
  static absl::StatusOr<AuthorizerProof> Open(std::string_view sealed,
                                              const CryptoKey& session_key);
};

// The challenge: u8 1, u64; sealed, without a length.
std::string SealChallenge(uint64_t challenge, const CryptoKey& session_key);
absl::StatusOr<uint64_t> OpenChallenge(std::string_view sealed, const CryptoKey& session_key);

// u8 version, u64 nonce + 1, and from version 2 on the secret of the connection; sealed, with its
// length.
struct AuthorizeReply {
  uint64_t nonce_plus_one = 0;
  std::string connection_secret;

  std::string Seal(const CryptoKey& session_key) const;
  static absl::StatusOr<AuthorizeReply> Open(std::string_view payload,
                                             const CryptoKey& session_key);
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_AUTHORIZER_H_
