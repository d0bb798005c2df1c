// FolderLock: keeps a second daemon out of an OSD's folder.
//
// Held by the file `lock` in the folder; the system lets it go when the process ends, however it
// ends.
#ifndef SIPHON_SERVICES_OSD_STORE_FOLDER_LOCK_H_
#define SIPHON_SERVICES_OSD_STORE_FOLDER_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace siphon::osd {

class FolderLock {
 public:
  // An empty `folder` needs no lock. FailedPrecondition: another process holds it. Internal,
  // PermissionDenied, ...: the file cannot be made.
  static absl::StatusOr<FolderLock> Take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;  // -1: nothing is held
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_FOLDER_LOCK_H_
