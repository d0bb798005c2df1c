// PidFile: a file with the process id in it, for as long as the process runs.
//
// It appears complete (written aside and renamed) and is locked, so that a second daemon with the
// same file is refused, while the file of one that crashed is not in the way.
#ifndef SIPHON_SERVICES_COMMON_PID_FILE_H_
#define SIPHON_SERVICES_COMMON_PID_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace siphon {

class PidFile {
 public:
  // AlreadyExists: a live process holds the file. NotFound, PermissionDenied and others: the system
  // refused it.
  static absl::StatusOr<std::unique_ptr<PidFile>> Create(const std::string& path);
  // Removes the file, unless it is another's by now.
  ~PidFile();
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  PidFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  const std::string path_;
  const int fd_;  // holds the lock
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_PID_FILE_H_
