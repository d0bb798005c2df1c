// AuthService: lets clients in and gives them their numbers (authentication "none", in messages).
//
// Every client gets a global id that no other ever had: ids are reserved in the store by the
// thousand, so a restart skips some but repeats none.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_MON_AUTH_SERVICE_H_
#define SIPHON_SERVICES_MON_AUTH_SERVICE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "msg/entity_type.h"
#include "services/mon/mon_store.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/auth_reply.h"

namespace siphon::mon {

class AuthService {
 public:
  static constexpr uint32_t kMethodNone = 1;

  // Who was let in.
  struct Identity {
    EntityType type = kEntityNone;
    std::string id;  // "admin", "3"
    uint64_t global_id = 0;
  };

  // `store` is borrowed.
  explicit AuthService(MonStore* store) : store_(store) {}

  absl::Status Load();

  // Answers one step of a client that had `known` as its global id (0: none yet). `identity` is
  // filled when the reply's result is 0.
  std::unique_ptr<rados::MAuthReply> Handle(const rados::MAuth& request, uint64_t known,
                                            Identity* identity);

 private:
  static constexpr uint64_t kReserve = 1000;
  absl::StatusOr<uint64_t> NewGlobalId();

  MonStore* const store_;
  uint64_t last_ = 4096;      // given to a client
  uint64_t reserved_ = 4096;  // as the store knows it
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_AUTH_SERVICE_H_
