#include "msg/auth/cephx/secret_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"

namespace siphon::cephx {
namespace {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status Error(const char* verb, const std::string& path) {
  const absl::Status status = absl::ErrnoToStatus(errno, absl::StrCat(verb, " ", path));
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(
      absl::StrCat(status.message(), "; run this as a user who may, or name another file"));
}

// What everybody can read is no secret.
void WarnOfMode(int fd, const std::string& path) {
  struct stat found;
  if (fstat(fd, &found) != 0 || (found.st_mode & S_IROTH) == 0) return;
  LOG(WARNING) << path << " holds keys, and its mode lets any user read it: chmod 600 " << path;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status WriteAll(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error("writing", path);
    text.remove_prefix(static_cast<size_t>(n));
  }
  if (fsync(fd) != 0) return Error("flushing", path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path, size_t max_bytes) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return Error("opening", path);
  WarnOfMode(fd.get(), path);
  std::string text;
  char piece[4096];
  while (text.size() <= max_bytes) {
    const ssize_t n = read(fd.get(), piece, sizeof(piece));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error("reading", path);
    if (n == 0) break;
    text.append(piece, static_cast<size_t>(n));
  }
  OPENSSL_cleanse(piece, sizeof(piece));
  if (text.size() > max_bytes) {
    return absl::OutOfRangeError(absl::StrCat(path, " is longer than ", max_bytes, " bytes"));
  }
  return text;
}

absl::Status WriteSecretFile(const std::string& path, std::string_view text) {
  const std::string fresh = absl::StrCat(path, ".new");
  if (unlink(fresh.c_str()) != 0 && errno != ENOENT) return Error("removing", fresh);
  {
    const Fd fd(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (fd.get() < 0) return Error("creating", fresh);
    absl::Status status =
        fchmod(fd.get(), 0600) == 0 ? WriteAll(fd.get(), text, fresh) : Error("protecting", fresh);
    if (!status.ok()) {
      unlink(fresh.c_str());
      return status;
    }
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    absl::Status status = Error("replacing", path);
    unlink(fresh.c_str());
    return status;
  }
  const Fd folder(open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || fsync(folder.get()) != 0) return Error("flushing the folder of", path);
  return absl::OkStatus();
}

void WipeSecret(std::string* secret) {
  OPENSSL_cleanse(secret->data(), secret->size());
  secret->clear();
}

}  // namespace siphon::cephx
