#include "services/common/pid_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

absl::Status Refused(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("pid file ", path, " cannot be written"));
}

// AlreadyExists if a live process holds the lock on what is at `path` now.
absl::Status CheckUnused(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::OkStatus();  // not there, or the rename will say what is wrong
  absl::Status status;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    char text[24] = {};
    const ssize_t n = read(fd, text, sizeof(text) - 1);
    std::string pid(text, n > 0 ? static_cast<size_t>(n) : 0);
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    status = absl::AlreadyExistsError(
        absl::StrCat("pid file ", path, " belongs to process ", pid.empty() ? "?" : pid,
                     ", which is running; stop it first or give another --pid-file"));
  }
  close(fd);
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PidFile>> PidFile::Create(const std::string& path) {
  if (absl::Status status = CheckUnused(path); !status.ok()) return status;
  const std::string aside = absl::StrCat(path, ".", getpid());
  const int fd = open(aside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Refused(path);
  const std::string text = absl::StrCat(getpid(), "\n");
  const bool written = flock(fd, LOCK_EX | LOCK_NB) == 0 &&
                       write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       rename(aside.c_str(), path.c_str()) == 0;
  if (!written) {
    const absl::Status status = Refused(path);
    unlink(aside.c_str());
    close(fd);
    return status;
  }
  return std::unique_ptr<PidFile>(new PidFile(path, fd));
}

PidFile::~PidFile() {
  struct stat ours, there;
  const bool is_ours = fstat(fd_, &ours) == 0 && stat(path_.c_str(), &there) == 0 &&
                       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
  if (is_ours) unlink(path_.c_str());
  close(fd_);
}

}  // namespace siphon
