#include "event/wake_fd.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"

namespace siphon {

WakeFd::~WakeFd() {
  if (fd_ >= 0) close(fd_);
}

absl::Status WakeFd::Init() {
  CHECK_LT(fd_, 0);
  fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd_ < 0) {
    return absl::UnavailableError(
        absl::StrCat("eventfd: ", strerror(errno), "; raise the limit on open files (ulimit -n)"));
  }
  return absl::OkStatus();
}

void WakeFd::Wake() {
  if (pending_.exchange(true, std::memory_order_acq_rel)) return;
  const uint64_t one = 1;
  // It fails only when the counter is full, and then the descriptor is readable anyway.
  ssize_t written;
  do {
    written = write(fd_, &one, sizeof(one));
  } while (written < 0 && errno == EINTR);
  PLOG_IF(ERROR, written < 0 && errno != EAGAIN) << "eventfd " << fd_;
}

void WakeFd::Acknowledge() { pending_.exchange(false, std::memory_order_acq_rel); }

void WakeFd::Drain() {
  uint64_t count;
  // In this order: a wake between the two belongs to the wait that ends now; the other way round
  // its write would be read away and the next wake be taken for a repetition.
  while (read(fd_, &count, sizeof(count)) < 0 && errno == EINTR) {
  }
  Acknowledge();
}

}  // namespace siphon
