#include "net/posix_socket.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "glog/logging.h"

namespace siphon {
namespace {

constexpr int kClassSelector6 = 0xc0;  // network control, in the TOS or traffic class

// A descriptor that is closed at the end of its life.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() {
    if (fd_ >= 0) close(fd_);
  }
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OwnedFd& operator=(OwnedFd&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

void SetOption(int fd, int level, int option, int value, const char* what) {
  if (setsockopt(fd, level, option, &value, sizeof(value)) == 0) return;
  PLOG_EVERY_N(WARNING, 100) << "setting " << what << " to " << value << " on fd " << fd
                             << " (left out)";
}

// What listening, connecting and accepted sockets have in common.
void ApplyOptions(int fd, int family, const SocketOptions& options) {
  if (options.nodelay) SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
  if (options.receive_buffer > 0) {
    SetOption(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer, "SO_RCVBUF");
  }
  if (options.priority >= 0) {
    // The TOS first, for it sets the priority as well.
    if (family == AF_INET) {
      SetOption(fd, IPPROTO_IP, IP_TOS, kClassSelector6, "IP_TOS");
    } else {
      SetOption(fd, IPPROTO_IPV6, IPV6_TCLASS, kClassSelector6, "IPV6_TCLASS");
    }
    SetOption(fd, SOL_SOCKET, SO_PRIORITY, options.priority, "SO_PRIORITY");
  }
}

using NameFunction = int (*)(int, sockaddr*, socklen_t*);

EntityAddr NameOf(int fd, NameFunction function) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  auto* const sa = reinterpret_cast<sockaddr*>(&storage);
  if (function(fd, sa, &length) != 0) return EntityAddr();
  return EntityAddr::FromSockaddr(sa);
}

class PosixConnectedSocket final : public ConnectedSocket {
 public:
  PosixConnectedSocket(OwnedFd fd, bool connected)
      : fd_(std::move(fd)), progress_(connected ? 0 : EINPROGRESS) {}

  int fd() const override { return fd_.get(); }

  int ConnectProgress() override {
    if (progress_ == EINPROGRESS) progress_ = AskProgress();
    return progress_;
  }

  IoResult Read(absl::Span<const iovec> pieces) override {
    ssize_t count;
    do {
      count = pieces.size() == 1
                  ? recv(fd_.get(), pieces[0].iov_base, pieces[0].iov_len, 0)
                  : readv(fd_.get(), pieces.data(),
                          static_cast<int>(std::min<size_t>(pieces.size(), IOV_MAX)));
    } while (count < 0 && errno == EINTR);
    return Result(count);
  }

  IoResult Write(absl::Span<const iovec> pieces, bool more) override {
    const size_t taken = std::min<size_t>(pieces.size(), IOV_MAX);
    if (taken < pieces.size()) more = true;
    const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = taken;
    ssize_t count;
    do {
      count = taken == 1 ? send(fd_.get(), pieces[0].iov_base, pieces[0].iov_len, flags)
                         : sendmsg(fd_.get(), &message, flags);
    } while (count < 0 && errno == EINTR);
    return Result(count);
  }

  void Shutdown() override { shutdown(fd_.get(), SHUT_RDWR); }
  EntityAddr PeerAddr() const override { return NameOf(fd_.get(), getpeername); }
  EntityAddr LocalAddr() const override { return NameOf(fd_.get(), getsockname); }

 private:
  static IoResult Result(ssize_t count) {
    if (count < 0) return {.bytes = 0, .error = errno};
    return {.bytes = static_cast<size_t>(count), .error = 0};
  }

  int AskProgress() const {
    int error = 0;
    socklen_t length = sizeof(error);
    if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    if (error != 0) return error;
    sockaddr_storage peer{};
    socklen_t peer_length = sizeof(peer);
    if (getpeername(fd_.get(), reinterpret_cast<sockaddr*>(&peer), &peer_length) != 0) {
      return errno == ENOTCONN ? EINPROGRESS : errno;
    }
    // Connecting to a free port of the system's own range may meet itself. Nobody listens there.
    if (PeerAddr() == LocalAddr()) return ECONNREFUSED;
    return 0;
  }

  const OwnedFd fd_;
  int progress_;  // of connecting; its error is told by the system once only
};

class PosixServerSocket final : public ServerSocket {
 public:
  PosixServerSocket(OwnedFd fd, int family) : fd_(std::move(fd)), family_(family) {}

  int fd() const override { return fd_.get(); }
  EntityAddr LocalAddr() const override { return NameOf(fd_.get(), getsockname); }

  int Accept(const SocketOptions& options, std::unique_ptr<ConnectedSocket>* socket) override {
    int fd;
    do {
      fd = accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) return AcceptError(errno);
    ApplyOptions(fd, family_, options);
    *socket = std::make_unique<PosixConnectedSocket>(OwnedFd(fd), /*connected=*/true);
    return 0;
  }

 private:
  // Linux hands on network errors of the new connection (accept(2)); the listener is well.
  static int AcceptError(int error) {
    switch (error) {
      case ENETDOWN:
      case EPROTO:
      case ENOPROTOOPT:
      case EHOSTDOWN:
      case ENONET:
      case EHOSTUNREACH:
      case EOPNOTSUPP:
      case ENETUNREACH:
        return ECONNABORTED;
      default:
        return error;
    }
  }

  const OwnedFd fd_;
  const int family_;
};

absl::Status SystemError(const char* call, const EntityAddr& addr, int error) {
  const std::string what = absl::StrCat(call, " ", addr.ToString(), ": ", strerror(error));
  switch (error) {
    case EADDRINUSE:
      return absl::AlreadyExistsError(what);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(what);
    case EADDRNOTAVAIL:
      return absl::UnavailableError(absl::StrCat(what, "; give an address of this host"));
    case EMFILE:
    case ENFILE:
      return absl::UnavailableError(
          absl::StrCat(what, "; raise the limit on open files (ulimit -n)"));
    default:
      return absl::UnavailableError(what);
  }
}

absl::Status NoIp(const char* call, const EntityAddr& addr) {
  return absl::InvalidArgumentError(
      absl::StrCat(call, " ", addr.ToString(), ": it has no IP address; give HOST:PORT"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerSocket>> PosixListen(const EntityAddr& addr,
                                                          const SocketOptions& options) {
  if (!addr.is_ipv4() && !addr.is_ipv6()) return NoIp("listen on", addr);
  OwnedFd fd(socket(addr.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (fd.get() < 0) return SystemError("socket for", addr, errno);
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
  if (addr.is_ipv6() && options.ipv6_only) {
    SetOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
  }
  // Before listen(), for the window that is offered to a peer depends on the buffer.
  ApplyOptions(fd.get(), addr.family(), options);
  if (bind(fd.get(), addr.sockaddr_ptr(), addr.sockaddr_len()) != 0) {
    return SystemError("bind to", addr, errno);
  }
  if (listen(fd.get(), options.listen_backlog) != 0) return SystemError("listen on", addr, errno);
  return std::make_unique<PosixServerSocket>(std::move(fd), addr.family());
}

absl::StatusOr<std::unique_ptr<ConnectedSocket>> PosixConnect(const EntityAddr& addr,
                                                              const SocketOptions& options,
                                                              const EntityAddr* bind_from) {
  if (!addr.is_ipv4() && !addr.is_ipv6()) return NoIp("connect to", addr);
  if (addr.port() == 0) {
    return absl::InvalidArgumentError(absl::StrCat("connect to ", addr.ToString(), ": no port"));
  }
  OwnedFd fd(socket(addr.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (fd.get() < 0) return SystemError("socket for", addr, errno);
  ApplyOptions(fd.get(), addr.family(), options);
  if (bind_from != nullptr && bind_from->family() == addr.family() && !bind_from->is_blank_ip()) {
    EntityAddr source = *bind_from;
    source.set_port(0);
    if (bind(fd.get(), source.sockaddr_ptr(), source.sockaddr_len()) != 0) {
      return SystemError("bind before connecting to", source, errno);
    }
  }
  // An interrupted connect goes on by itself.
  const bool connected = connect(fd.get(), addr.sockaddr_ptr(), addr.sockaddr_len()) == 0;
  if (!connected && errno != EINPROGRESS && errno != EINTR) {
    const int error = errno;
    return absl::UnavailableError(
        absl::StrCat("connect to ", addr.ToString(), ": ", strerror(error)));
  }
  // A connection made at once is still asked for its peer (see AskProgress).
  return std::make_unique<PosixConnectedSocket>(std::move(fd), /*connected=*/false);
}

}  // namespace siphon
