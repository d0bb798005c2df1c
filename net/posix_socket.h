// PosixListen, PosixConnect: sockets of the kernel's TCP, IPv4 and IPv6, non-blocking and closed on
// exec.
//
// Threads, errors of reads and writes: socket.h's.
#ifndef SIPHON_NET_POSIX_SOCKET_H_
#define SIPHON_NET_POSIX_SOCKET_H_

#include <memory>

#include "absl/status/statusor.h"
#include "msg/entity_addr.h"
#include "net/socket.h"

namespace siphon {

// Listens on `addr`; port 0 lets the system choose. An option that the system refuses is logged and
// left out.
// InvalidArgument: `addr` has no IP. AlreadyExists: the address is in use. PermissionDenied: the
// port is a privileged one. Unavailable: anything else, such as an address that is not this host's.
absl::StatusOr<std::unique_ptr<ServerSocket>> PosixListen(const EntityAddr& addr,
                                                          const SocketOptions& options);

// Begins to connect to `addr`, from the IP of `bind_from` if it is given and not blank. A
// connection refused at once may be an error here or one of ConnectProgress(). InvalidArgument:
// `addr` has no IP or no port. Unavailable: anything else.
absl::StatusOr<std::unique_ptr<ConnectedSocket>> PosixConnect(const EntityAddr& addr,
                                                              const SocketOptions& options,
                                                              const EntityAddr* bind_from);

}  // namespace siphon

#endif  // SIPHON_NET_POSIX_SOCKET_H_
