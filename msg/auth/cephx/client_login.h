// ClientLogin: how a CephxClient authenticates to one monitor. The same in v2's frames
// (MonClientExchange) and in v1's MAuth messages:
//
//   Begin()        -> the greeting; MAuth with protocol 0
//   OnChallenge()  -> proves that it knows the secret; MAuth with protocol 2
//   OnSession()       takes the tickets
//
// Over v1 tickets for services may be missing then: ask CephxClient::DueTickets().
//
// Threads: one at a time. Ownership: `client` is borrowed.
#ifndef SIPHON_MSG_AUTH_CEPHX_CLIENT_LOGIN_H_
#define SIPHON_MSG_AUTH_CEPHX_CLIENT_LOGIN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/cephx/cephx_client.h"

namespace siphon::cephx {

class ClientLogin {
 public:
  ClientLogin(CephxClient* client, ProtocolVersion version) : client_(client), version_(version) {}

  // `methods` are told in v1 only.
  std::string Begin(const std::vector<uint32_t>& methods);
  // InvalidArgument: not a challenge.
  absl::StatusOr<std::string> OnChallenge(std::string_view payload);
  // PermissionDenied: the monitor refuses, or does not know our secret itself.
  absl::StatusOr<AuthSecrets> OnSession(uint64_t global_id, std::string_view payload);

 private:
  CephxClient* const client_;
  const ProtocolVersion version_;
  bool challenged_ = false;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_CLIENT_LOGIN_H_
