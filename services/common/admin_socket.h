// AdminSocket: the Unix socket by which `ceph daemon osd.0 COMMAND` reaches a daemon on its own
// machine, past the network and its keys (Ceph's option admin_socket).
//
// A client writes one command in JSON, ended by a zero byte or a line's end, and reads the answer:
// a big-endian u32 length and so many bytes. An answer to what fails begins "ERROR: (ERRNO) TEXT".
// An old client writes a big-endian u32 in place of the command: 0 asks for the protocol's version.
// (Ceph's src/common/admin_socket.cc, src/pybind/ceph_daemon.py.)
//
// The socket has mode 0600: whoever may connect may give every command. One client is served at a
// time, on a thread of this object's own; one that says nothing for five seconds is dropped.
//
// Threads: any.
#ifndef SIPHON_SERVICES_COMMON_ADMIN_SOCKET_H_
#define SIPHON_SERVICES_COMMON_ADMIN_SOCKET_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "admin/socket_place.h"
#include "event/wake_fd.h"
#include "services/common/commands/command_args.h"
#include "services/common/commands/command_result.h"

namespace siphon {

class AdminSocket {
 public:
  // Runs a command and returns what it answers. Called on the socket's thread.
  using Execute = std::function<CommandResult(const CommandArgs& args)>;

  // Listens at `path`. AlreadyExists: another process does. Others: as SocketPlace::Prepare().
  static absl::StatusOr<std::unique_ptr<AdminSocket>> Open(const std::string& path,
                                                           Execute execute);
  // Waits for the command under way.
  ~AdminSocket();
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;

 private:
  AdminSocket(std::unique_ptr<SocketPlace> place, int fd, Execute execute);
  absl::Status Start();
  void Run();
  void Serve(int client) const;
  std::string Answer(const std::string& request) const;

  const std::unique_ptr<SocketPlace> place_;
  const int listen_fd_;
  const Execute execute_;
  WakeFd stop_;
  std::thread thread_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_ADMIN_SOCKET_H_
