// AdminServer: the gRPC server of the admin port, with server reflection and the health service.
//
// A Unix socket gets mode 0600 before anybody can reach it: it is bound in a folder that only the
// owner may enter and then renamed to its place, which also replaces one that a crash left behind.
// The server keeps few threads (kMaxThreads for calls, and gRPC's own few).
//
// Threads: Start() and Stop() on any one thread, after the process went into the background; gRPC
// does not survive a fork.
#ifndef SIPHON_ADMIN_ADMIN_SERVER_H_
#define SIPHON_ADMIN_ADMIN_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "admin/admin_service.h"
#include "admin/listen_address.h"

namespace siphon {

class AdminServer {
 public:
  static constexpr int kMaxThreads = 6;

  // Serves `service`, which outlives the server, at `address`.
  // AlreadyExists: another process listens there. FailedPrecondition: something that is no socket
  // is at the path. Others: as the system says.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const ListenAddress& address,
                                                            AdminService* service);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Where it is reached, with the port that was chosen: "unix:/run/osd.3.admin.sock".
  const std::string& address() const { return address_; }

  // Ends every call at once (a drain in the time it was given) and removes the socket. Idempotent.
  void Stop();

 private:
  struct Parts;  // what is gRPC's
  AdminServer();

  std::string address_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_ADMIN_SERVER_H_
