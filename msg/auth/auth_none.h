// AuthNoneClient, AuthNoneServer: the method "none": a peer is who it says it is.
//
// The authorizer is `u8 mode | u32 type | string id | u64 global id`, the mode being 10 towards a
// monitor and 1 towards others; the answer to it is empty. To monitors v1 shows none at all.
//
// Threads: any.
#ifndef SIPHON_MSG_AUTH_AUTH_NONE_H_
#define SIPHON_MSG_AUTH_AUTH_NONE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "msg/auth/auth_exchange.h"
#include "msg/entity_type.h"

namespace siphon {

class AuthNoneClient : public AuthClient {
 public:
  // `id` is what follows the type in the name: "admin" of client.admin, "3" of osd.3.
  AuthNoneClient(EntityType type, std::string id) : type_(type), id_(std::move(id)) {}

  // The number that the monitors gave to this client; 0 before they did. Over v2 its exchanges with
  // monitors learn it.
  void set_global_id(uint64_t global_id) { global_id_->store(global_id); }
  uint64_t global_id() const { return global_id_->load(); }

  std::unique_ptr<AuthClientExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  const EntityType type_;
  const std::string id_;
  // Its exchanges may outlive it.
  const std::shared_ptr<std::atomic<uint64_t>> global_id_ =
      std::make_shared<std::atomic<uint64_t>>(0);
};

class AuthNoneServer : public AuthServer {
 public:
  enum class Requirement {
    kOptional,  // monitors, and heartbeats: a peer may show nothing
    kRequired,
  };
  explicit AuthNoneServer(Requirement requirement) : requirement_(requirement) {}

  // Its exchanges refuse another method, and bytes that are no authorizer of this one.
  std::unique_ptr<AuthServerExchange> NewExchange(EntityType peer_type,
                                                  ProtocolVersion version) override;

 private:
  const Requirement requirement_;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_AUTH_NONE_H_
