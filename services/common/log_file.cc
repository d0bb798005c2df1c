#include "services/common/log_file.h"

#include <fcntl.h>
#include <glog/logging.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

// AddressSanitizer reports crashes itself, and better.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SIPHON_HAS_ASAN 1
#endif
#endif

namespace siphon {
namespace {

absl::Status OpenAsStderr(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("log file ", path, " cannot be opened; give another --log-file"));
  }
  absl::Status status;
  if (dup2(fd, STDERR_FILENO) < 0) {
    status = absl::ErrnoToStatus(errno, absl::StrCat("log file ", path));
  }
  close(fd);
  return status;
}

}  // namespace

void LogFile::InitLogging(const std::string& program, int verbosity) {
  FLAGS_logtostderr = true;
  FLAGS_v = verbosity;
  FLAGS_colorlogtostderr = isatty(STDERR_FILENO) != 0;
  // glog keeps the pointer.
  static const std::string* const name = new std::string(program);
  google::InitGoogleLogging(name->c_str());
#if !SIPHON_HAS_ASAN
  google::InstallFailureSignalHandler();  // a crash leaves its stack in the log
#endif
}

absl::StatusOr<std::unique_ptr<LogFile>> LogFile::Open(const std::string& path) {
  if (absl::Status status = OpenAsStderr(path); !status.ok()) return status;
  FLAGS_colorlogtostderr = false;
  return std::unique_ptr<LogFile>(new LogFile(path));
}

absl::Status LogFile::Reopen() { return OpenAsStderr(path_); }

}  // namespace siphon
