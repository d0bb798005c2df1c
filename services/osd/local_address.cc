#include "services/osd/local_address.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace siphon::osd {

absl::StatusOr<EntityAddr> LocalAddressTowards(const EntityAddr& peer) {
  const auto no_way = [&](int error) {
    return absl::UnavailableError(absl::StrCat("no way to ", peer.ToString(), ": ",
                                               std::strerror(error),
                                               "; set public_addr, or check mon_host"));
  };
  // Connecting a datagram socket only looks the route up.
  const int fd = ::socket(peer.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return no_way(errno);
  sockaddr_storage local = {};
  socklen_t size = sizeof(local);
  int error = 0;
  if (::connect(fd, peer.sockaddr_ptr(), peer.sockaddr_len()) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) {
    error = errno;
  }
  ::close(fd);
  if (error != 0) return no_way(error);
  EntityAddr addr = EntityAddr::FromSockaddr(reinterpret_cast<const sockaddr*>(&local));
  addr.set_type(EntityAddr::kLegacy);
  addr.set_port(0);
  return addr;
}

}  // namespace siphon::osd
