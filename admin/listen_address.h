// ListenAddress: where an admin port is: "unix:PATH" or a loopback address with a port.
//
// The admin port has no authentication of its own: a Unix socket is guarded by its mode, and TCP is
// for machines of one person. Other addresses are refused.
#ifndef SIPHON_ADMIN_LISTEN_ADDRESS_H_
#define SIPHON_ADMIN_LISTEN_ADDRESS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace siphon {

class ListenAddress {
 public:
  // The longest path of a Unix socket, in bytes (sun_path without its zero).
  static constexpr size_t kMaxPath = 107;

  // "unix:PATH", "unix:///PATH", "127.0.0.1:PORT", "[::1]:PORT", "localhost:PORT"; port 0 lets the
  // system choose. InvalidArgument: anything else, a path that is too long, an address that others
  // can reach.
  static absl::StatusOr<ListenAddress> Parse(std::string_view text);

  bool is_unix() const { return !path_.empty(); }
  const std::string& path() const { return path_; }  // of a Unix socket
  const std::string& host() const { return host_; }  // "127.0.0.1", "[::1]"
  int port() const { return port_; }

  // In the form that gRPC and Parse() take.
  std::string ToString() const;

 private:
  std::string path_;
  std::string host_;
  int port_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_LISTEN_ADDRESS_H_
