// ConnectedSocket, ServerSocket: byte streams, whatever carries them (POSIX TCP, a simulated
// network).
//
// Nothing here blocks. Results are IoResult rather than Status, for they are on the path of every
// message and "would block" is no error.
//
// Threads: a socket belongs to the EventCenter of the Worker that made it; nothing here may be
// called elsewhere, except that a ConnectedSocket with no file event may be handed to another
// Worker whole.
#ifndef SIPHON_NET_SOCKET_H_
#define SIPHON_NET_SOCKET_H_

#include <sys/uio.h>

#include <cerrno>
#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "msg/entity_addr.h"

namespace siphon {

// The outcome of a read or write.
struct IoResult {
  size_t bytes = 0;  // moved; 0 with error 0 from Read() is the end of the stream
  int error = 0;     // errno, EAGAIN included; 0 for success

  bool would_block() const { return error == EAGAIN; }
};

struct SocketOptions {
  bool nodelay = true;       // ms_tcp_nodelay
  int receive_buffer = 0;    // ms_tcp_rcvbuf, bytes; 0 leaves the kernel's choice
  int priority = -1;         // SO_PRIORITY (and TOS CS6) when >= 0
  int listen_backlog = 512;  // ms_tcp_listen_backlog
  bool ipv6_only = false;
};

class ConnectedSocket {
 public:
  virtual ~ConnectedSocket() = default;  // closes

  // The descriptor to watch. A simulated one is known to its own driver only.
  virtual int fd() const = 0;
  // After a non-blocking connect: 0 when connected, EINPROGRESS while under way, else its errno.
  virtual int ConnectProgress() = 0;
  // Reads into the pieces (at least one byte in all) in turn. An interrupted call is tried again.
  virtual IoResult Read(absl::Span<const iovec> pieces) = 0;
  // Writes the pieces in turn; `more` says that more follows at once (MSG_MORE). Never raises a
  // signal.
  virtual IoResult Write(absl::Span<const iovec> pieces, bool more) = 0;
  // Ends both directions; the peer reads the end of the stream.
  virtual void Shutdown() = 0;
  // The address of the other end and of this one, as the system sees them (type none, nonce 0).
  virtual EntityAddr PeerAddr() const = 0;
  virtual EntityAddr LocalAddr() const = 0;
};

class ServerSocket {
 public:
  virtual ~ServerSocket() = default;  // closes

  virtual int fd() const = 0;
  // The address bound to, with the port filled in.
  virtual EntityAddr LocalAddr() const = 0;
  // Takes one waiting connection. Returns 0, or an errno: EAGAIN when none waits, EMFILE and ENFILE
  // when this process is out of descriptors, ECONNABORTED when the peer went away.
  virtual int Accept(const SocketOptions& options, std::unique_ptr<ConnectedSocket>* socket) = 0;
};

}  // namespace siphon

#endif  // SIPHON_NET_SOCKET_H_
