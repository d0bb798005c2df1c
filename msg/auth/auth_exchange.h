// AuthClientExchange, AuthServerExchange: one conversation about identity, over one connection.
//
// Both protocol versions hold it: v2 in its AUTH_* frames, v1 in the authorizers of its connect
// message and reply (a challenge is "more", the last reply is "done"). Monitors that are dialled
// over v1 are not shown anything here: they authenticate in band, by MAuth messages.
//
// Sans-I/O: bytes in, bytes and decisions out. Every byte of a payload is the peer's: malformed
// ones are answered with an error, never trusted.
//
// Ownership: the connection's machine owns its exchange and drops it when the handshake is over.
// Threads: one at a time; what an exchange shares with others (keys, tickets) is guarded there.
#ifndef SIPHON_MSG_AUTH_AUTH_EXCHANGE_H_
#define SIPHON_MSG_AUTH_AUTH_EXCHANGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "msg/entity_type.h"

namespace siphon {

// How an authenticated connection is protected (CEPH_CON_MODE_*).
enum class ConMode : uint32_t {
  kUnknown = 0,  // v1 has no modes
  kCrc = 1,
  kSecure = 2,
};

// What both sides know once they know each other. Never logged, never on the admin port.
struct AuthSecrets {
  std::string session_key;        // signs; empty with auth none
  std::string connection_secret;  // encrypts in secure mode; else empty
};

// Who the peer is, and what it may do, as the authority vouches for it.
struct PeerIdentity {
  std::string entity;                           // "client.admin"
  uint64_t global_id = 0;                       // 0 when not known
  bool allow_all = false;                       // auth none: nothing is checked
  std::string caps;                             // of this service: "allow rwx pool=data"
  absl::Time expires = absl::InfiniteFuture();  // of the ticket shown
};

class AuthClientExchange {
 public:
  virtual ~AuthClientExchange() = default;

  struct Request {
    uint32_t method = 0;          // kAuthNone, kAuthCephx; kAuthUnknown: nothing is shown (v1)
    std::vector<uint32_t> modes;  // ConMode, preferred first
    std::string payload;
  };
  // The server refused the method or the request.
  struct BadMethod {
    uint32_t method = 0;
    int32_t result = 0;  // negative errno
    std::vector<uint32_t> allowed_methods;
    std::vector<uint32_t> allowed_modes;
  };

  virtual absl::StatusOr<Request> Begin() = 0;
  // Another method, or why there is none: PermissionDenied with both sides' lists.
  virtual absl::StatusOr<Request> OnBadMethod(const BadMethod& bad) = 0;
  // What to send next (AUTH_REQUEST_MORE; in v1 the new authorizer).
  virtual absl::StatusOr<std::string> OnReplyMore(std::string_view payload) = 0;
  // The server is satisfied; is this side? `mode` is the server's choice: one that was not offered
  // is refused (a downgrade).
  virtual absl::StatusOr<AuthSecrets> OnDone(uint64_t global_id, ConMode mode,
                                             std::string_view payload) = 0;
};

class AuthServerExchange {
 public:
  virtual ~AuthServerExchange() = default;

  struct Answer {
    enum class Kind {
      kDone,
      kMore,       // `payload` is a challenge
      kBadMethod,  // `bad` tells why and what else there is; v1: BADAUTHORIZER
      kFault,      // the connection ends without an answer
    };
    Kind kind = Kind::kFault;
    std::string payload;
    AuthClientExchange::BadMethod bad;
    std::string reason;  // of a refusal, for the log and the admin port; holds no secret
    // kDone:
    uint64_t global_id = 0;
    ConMode mode = ConMode::kCrc;
    AuthSecrets secrets;
    std::shared_ptr<const PeerIdentity> peer;
  };

  // The peer is too old to answer a challenge (v1 without CEPHX_V2), and the policy lets it in all
  // the same. Before the first request.
  virtual void SkipChallenge() {}

  // `modes` is empty in v1.
  virtual Answer OnRequest(uint32_t method, const std::vector<uint32_t>& modes,
                           std::string_view payload) = 0;
  virtual Answer OnRequestMore(std::string_view payload) = 0;
};

// Begins exchanges for a messenger's connections. Shared by all of them. Threads: any.
enum class ProtocolVersion : uint8_t { kV1 = 1, kV2 = 2 };

class AuthClient {
 public:
  virtual ~AuthClient() = default;
  // With a server of `peer_type`.
  virtual std::unique_ptr<AuthClientExchange> NewExchange(EntityType peer_type,
                                                          ProtocolVersion version) = 0;
};

class AuthServer {
 public:
  virtual ~AuthServer() = default;
  // With a client of `peer_type` (as it says).
  virtual std::unique_ptr<AuthServerExchange> NewExchange(EntityType peer_type,
                                                          ProtocolVersion version) = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_AUTH_EXCHANGE_H_
