#include "admin/socket_place.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "admin/listen_address.h"

namespace siphon {
namespace {

// Is somebody listening there?
bool Answers(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  sockaddr_un addr = {};
  addr.sun_family = AF_UNIX;
  std::memcpy(addr.sun_path, path.data(), path.size());
  const bool answers =
      connect(fd, reinterpret_cast<const sockaddr*>(&addr), sizeof(addr)) == 0 || errno == EAGAIN;
  close(fd);
  return answers;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SocketPlace>> SocketPlace::Prepare(const std::string& path) {
  const size_t slash = path.rfind('/');
  std::string folder =
      absl::StrCat(slash == std::string::npos ? "" : path.substr(0, slash + 1), ".XXXXXX");
  const size_t longest = std::max(path.size(), folder.size() + 2);
  if (longest > ListenAddress::kMaxPath) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": too long for a Unix socket (", longest, " bytes with a temporary name, ",
        ListenAddress::kMaxPath, " at most): use a shorter folder"));
  }
  struct stat there;
  if (lstat(path.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode)) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": is there and is no socket; move it away or give another path"));
    }
    if (Answers(path)) {
      return absl::AlreadyExistsError(
          absl::StrCat(path, ": another process listens there; stop it or give another path"));
    }
  }
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot make a socket in that folder"));
  }
  return std::unique_ptr<SocketPlace>(new SocketPlace(path, folder));
}

SocketPlace::~SocketPlace() {
  struct stat there;
  const bool is_ours = published_ && lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ &&
                       there.st_ino == inode_;
  if (is_ours) unlink(path_.c_str());
  if (!published_) {
    unlink(bind_path().c_str());
    rmdir(folder_.c_str());
  }
}

absl::Status SocketPlace::Publish() {
  const std::string from = bind_path();
  struct stat bound;
  if (chmod(from.c_str(), 0600) != 0 || stat(from.c_str(), &bound) != 0 ||
      rename(from.c_str(), path_.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path_, ": cannot put the socket there"));
  }
  published_ = true;
  device_ = bound.st_dev;
  inode_ = bound.st_ino;
  rmdir(folder_.c_str());
  return absl::OkStatus();
}

}  // namespace siphon
