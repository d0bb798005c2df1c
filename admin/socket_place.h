// SocketPlace: lets a server bind a Unix socket that nobody but its owner can ever reach.
//
// The server binds at bind_path(), in a fresh folder of mode 0700 beside the wanted path. Publish()
// gives the socket mode 0600 and renames it to its place, over one that a crash left behind. The
// process's umask, which other threads use, is not touched.
#ifndef SIPHON_ADMIN_SOCKET_PLACE_H_
#define SIPHON_ADMIN_SOCKET_PLACE_H_

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace siphon {

class SocketPlace {
 public:
  // AlreadyExists: somebody answers at `path`. FailedPrecondition: it is no socket.
  // InvalidArgument: a path too long. Others: as the system says of the folder.
  static absl::StatusOr<std::unique_ptr<SocketPlace>> Prepare(const std::string& path);
  // Removes what is left: the folder, and the socket if it is still the one that was published.
  ~SocketPlace();
  SocketPlace(const SocketPlace&) = delete;
  SocketPlace& operator=(const SocketPlace&) = delete;

  std::string bind_path() const { return folder_ + "/s"; }
  absl::Status Publish();

 private:
  SocketPlace(std::string path, std::string folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  const std::string path_;
  const std::string folder_;
  bool published_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_SOCKET_PLACE_H_
