// Requests to a monitor and its answers, as cephx has them (Ceph 16.2): in AUTH_* frames of v2, in
// MAuth and MAuthReply of v1 and of open sessions.
//
// A request begins with a u16 kind, an answer with that and an i32 result.
#ifndef SIPHON_MSG_AUTH_CEPHX_REQUESTS_H_
#define SIPHON_MSG_AUTH_CEPHX_REQUESTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/crypto_key.h"
#include "msg/auth/cephx/ticket.h"

namespace siphon::cephx {

enum class RequestKind : uint16_t {
  kAuthenticate = 0x0100,
  kTickets = 0x0200,
  kRotatingKeys = 0x0400,
};

// First bytes of a request to a monitor (`u8 mode`), and of an authorizer.
inline constexpr uint8_t kModeAuthorizer = 1;
inline constexpr uint8_t kModeMon = 10;

// The first thing that a client shows a monitor.
struct Greeting {
  AuthName name;
  uint64_t global_id = 0;         // 0: none yet
  std::vector<uint32_t> methods;  // v1 only: those that the client would take

  // v2, AUTH_REQUEST: u8 10, name, u64 global id.
  std::string EncodeV2() const;
  static absl::StatusOr<Greeting> DecodeV2(std::string_view payload);
  // v1, MAuth with protocol 0: u8 1, set of u32, name, u64 global id.
  std::string EncodeV1() const;
  static absl::StatusOr<Greeting> DecodeV1(std::string_view payload);
};

// The monitor's challenge: u8 1, u64. Not sealed.
std::string EncodeServerChallenge(uint64_t challenge);
absl::StatusOr<uint64_t> DecodeServerChallenge(std::string_view payload);

// kAuthenticate.
struct AuthenticateRequest {
  uint64_t client_challenge = 0;
  uint64_t proof = 0;  // ChallengeProof()
  TicketBlob old_ticket;
  uint32_t other_services = 0;  // EntityType bits of the tickets wanted, and kEntityAuth

  void Encode(Encoder& e) const;
  static AuthenticateRequest Decode(Decoder& d);
};
// That somebody who knows `secret` saw both challenges.
uint64_t ChallengeProof(const CryptoKey& secret, uint64_t server_challenge,
                        uint64_t client_challenge);

// A request kTickets is the authorizer for the service "auth", without a challenge, then u8 1 and
// u32 services. One for kRotatingKeys is empty.

// RequestKind of a request or answer; InvalidArgument: too short, or a kind that is not known.
absl::StatusOr<RequestKind> PeekKind(std::string_view payload);
// The beginning of an answer. An answer's kind must be `expected`.
void EncodeAnswerHeader(Encoder& e, RequestKind kind, int32_t result);
// PermissionDenied: the monitor says no.
absl::Status DecodeAnswerHeader(Decoder& d, RequestKind expected);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_REQUESTS_H_
