// FileSource, FileSink: a local file, or standard input or output ("-"), as transfers use it.
//
// Threads: one.
#ifndef SIPHON_SERVICES_CLIENT_FILE_STREAM_H_
#define SIPHON_SERVICES_CLIENT_FILE_STREAM_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/buffer_list.h"

namespace siphon::client {

class FileSource {
 public:
  // NotFound, PermissionDenied and others: as the system says, with the path.
  static absl::StatusOr<FileSource> Open(const std::string& path);
  ~FileSource();
  FileSource(FileSource&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}
  FileSource& operator=(FileSource&&) = delete;

  // Of a regular file; 0 for others.
  uint64_t size() const { return size_; }
  // Up to `max_bytes`, fewer only at the end.
  absl::StatusOr<BufferList> Read(size_t max_bytes);

 private:
  FileSource(std::string path, int fd, uint64_t size)
      : path_(std::move(path)), fd_(fd), size_(size) {}

  std::string path_;
  int fd_;
  uint64_t size_;
};

// Creates or replaces the file at the first Write(), so that a transfer that fails before it leaves
// the file that was there.
class FileSink {
 public:
  explicit FileSink(std::string path) : path_(std::move(path)) {}
  ~FileSink();
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  absl::Status Write(const BufferList& bytes);
  absl::Status Close();

 private:
  absl::Status Open();

  const std::string path_;
  int fd_ = -1;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_FILE_STREAM_H_
