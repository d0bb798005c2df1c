// AuthClient, AuthServer: what a handshake asks about identity. Both are sans-I/O: bytes in, bytes
// and decisions out.
//
// Threads: any worker.
#ifndef SIPHON_MSG_AUTH_AUTHORIZER_H_
#define SIPHON_MSG_AUTH_AUTHORIZER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "msg/entity_type.h"

namespace siphon {

// Authentication methods on the wire (CEPH_AUTH_*).
inline constexpr uint32_t kAuthUnknown = 0;
inline constexpr uint32_t kAuthNone = 1;
inline constexpr uint32_t kAuthCephx = 2;

struct Authorizer {
  uint32_t protocol = kAuthUnknown;  // unknown: none is sent
  std::string bytes;
};

class AuthClient {
 public:
  virtual ~AuthClient() = default;
  // What to show a server of `peer_type`. To monitors v1 shows nothing: they authenticate in band.
  virtual absl::StatusOr<Authorizer> MakeAuthorizer(EntityType peer_type) = 0;
};

class AuthServer {
 public:
  virtual ~AuthServer() = default;
  struct Verdict {
    bool accepted = false;
    std::string reply;   // for the peer
    std::string reason;  // of a refusal, for the log
    std::string entity;  // who it is ("client.admin"), as far as told
    uint64_t global_id = 0;
  };
  // Judges what a peer of `peer_type` shows.
  virtual Verdict Verify(EntityType peer_type, uint32_t protocol, std::string_view authorizer) = 0;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_AUTHORIZER_H_
