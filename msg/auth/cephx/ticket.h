// What tickets of cephx are made of (Ceph 16.2).
//
// A ticket has two halves. The service's half, a ServiceTicketInfo, is sealed with a rotating
// secret of the service in a TicketBlob; to its holder it is opaque. The holder's half, a
// ServiceTicket, is sealed with a key that the holder has. Both contain the session key.
//
// Decode() takes a peer's bytes: what is malformed fails the Decoder.
#ifndef SIPHON_MSG_AUTH_CEPHX_TICKET_H_
#define SIPHON_MSG_AUTH_CEPHX_TICKET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

// Of a ticket that a monitor issued to itself with the key "mon.".
inline constexpr uint64_t kOwnSecretId = ~uint64_t{0};

// u8 1, u64 id of the secret, blob.
struct TicketBlob {
  uint64_t secret_id = 0;
  std::string sealed;

  bool empty() const { return sealed.empty(); }
  void Encode(Encoder& e) const;
  static TicketBlob Decode(Decoder& d);
};

// Who holds a ticket, and what it allows.
struct AuthTicket {
  AuthName name;
  uint64_t global_id = 0;
  absl::Time created;
  absl::Time expires;
  bool allow_all = false;
  std::string caps;  // of the service: "allow rwx pool=data"

  void Encode(Encoder& e) const;
  static AuthTicket Decode(Decoder& d);
};

// The service's half.
struct ServiceTicketInfo {
  AuthTicket ticket;
  CryptoKey session_key;

  TicketBlob Seal(uint64_t secret_id, const CryptoKey& secret) const;
  // PermissionDenied: sealed with another secret, or not a ticket. Does not look at the time.
  static absl::StatusOr<ServiceTicketInfo> Open(const TicketBlob& blob, const CryptoKey& secret);
};

// A whole ticket as its holder gets it.
struct TicketGrant {
  EntityType service = kEntityNone;
  CryptoKey session_key;
  absl::Duration validity;
  TicketBlob blob;
};

// u8 1, u32 count, grants. Their halves are sealed with `holder`; the blobs too, with `blob_key`,
// unless that is empty.
void EncodeGrants(Encoder& e, const std::vector<TicketGrant>& grants, const CryptoKey& holder,
                  const CryptoKey& blob_key);
std::vector<TicketGrant> DecodeGrants(Decoder& d, const CryptoKey& holder,
                                      const CryptoKey& blob_key);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_TICKET_H_
