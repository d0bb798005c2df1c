#include "services/client/file_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/buffer.h"

namespace siphon::client {

absl::StatusOr<FileSource> FileSource::Open(const std::string& path) {
  const int fd = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, path);
  struct stat st = {};
  if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
    const int error = S_ISDIR(st.st_mode) ? EISDIR : errno;
    close(fd);
    return absl::ErrnoToStatus(error, path);
  }
  return FileSource(path, fd, S_ISREG(st.st_mode) ? static_cast<uint64_t>(st.st_size) : 0);
}

FileSource::~FileSource() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<BufferList> FileSource::Read(size_t max_bytes) {
  // Small files do not take a whole chunk's memory; a pipe's length is not known.
  BufferList out;
  constexpr size_t kPiece = 256 << 10;
  while (out.size() < max_bytes) {
    const size_t want =
        std::min(max_bytes - out.size(), size_ == 0 ? kPiece : static_cast<size_t>(size_));
    Buffer piece = Buffer::Allocate(want);
    const ssize_t n = read(fd_, piece.mutable_data(), want);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::ErrnoToStatus(errno, path_);
    if (n == 0) break;
    out.Append(piece.Substr(0, static_cast<size_t>(n)));
  }
  return out;
}

FileSink::~FileSink() {
  if (fd_ >= 0) close(fd_);
}

absl::Status FileSink::Open() {
  fd_ = path_ == "-" ? dup(STDOUT_FILENO)
                     : open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  return fd_ >= 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, path_);
}

absl::Status FileSink::Write(const BufferList& bytes) {
  if (fd_ < 0) {
    if (absl::Status opened = Open(); !opened.ok()) return opened;
  }
  for (const Buffer& piece : bytes.pieces()) {
    std::string_view rest = piece.view();
    while (!rest.empty()) {
      const ssize_t n = write(fd_, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return absl::ErrnoToStatus(errno, path_);
      rest.remove_prefix(static_cast<size_t>(n));
    }
  }
  return absl::OkStatus();
}

absl::Status FileSink::Close() {
  if (fd_ < 0) return absl::OkStatus();
  const int fd = std::exchange(fd_, -1);
  return close(fd) == 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, path_);
}

}  // namespace siphon::client
