// LogFile: sends the process's log to a file.
//
// glog logs to standard error, and standard error is the file: what libraries and sanitizers print
// lands in the log too, and reopening is one dup2(), which no log line can miss.
//
// Threads: any.
#ifndef SIPHON_SERVICES_COMMON_LOG_FILE_H_
#define SIPHON_SERVICES_COMMON_LOG_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace siphon {

class LogFile {
 public:
  // Prepares glog. Once in a process.
  static void InitLogging(const std::string& program, int verbosity);

  // Opens (appends to) `path` as standard error. NotFound, PermissionDenied and others: the system
  // refused it; standard error stays what it was.
  static absl::StatusOr<std::unique_ptr<LogFile>> Open(const std::string& path);

  // Opens the path anew: the log goes on in a new file if the old one was moved away. On an error
  // it goes on in the old one.
  absl::Status Reopen();

  const std::string& path() const { return path_; }

 private:
  explicit LogFile(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_LOG_FILE_H_
