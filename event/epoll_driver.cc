#include "event/epoll_driver.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"
#include "event/wait_time.h"
#include "glog/logging.h"

namespace siphon {
namespace {

constexpr size_t kMinBatch = 16;
constexpr size_t kMaxBatch = 4096;
// What names the wake-up descriptor in an epoll_event.
constexpr int kWakeData = -1;

uint32_t EpollMask(EventMask mask) {
  uint32_t events = 0;
  if (mask & kEventReadable) events |= EPOLLIN;
  if (mask & kEventWritable) events |= EPOLLOUT;
  return events;
}

EventMask FiredMask(uint32_t events) {
  if (events & (EPOLLERR | EPOLLHUP)) return kEventReadable | kEventWritable;
  EventMask mask = kEventNone;
  if (events & EPOLLIN) mask |= kEventReadable;
  if (events & EPOLLOUT) mask |= kEventWritable;
  return mask;
}

absl::Status UpdateError(int fd, int error) {
  const std::string what = absl::StrCat("epoll_ctl for fd ", fd, ": ", strerror(error));
  if (error == ENOSPC || error == ENOMEM) {
    return absl::ResourceExhaustedError(
        absl::StrCat(what, "; raise /proc/sys/fs/epoll/max_user_watches or close connections"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, "; only open sockets, pipes and the like can be watched"));
}

}  // namespace

EpollDriver::~EpollDriver() {
  if (epoll_fd_ >= 0) close(epoll_fd_);
}

absl::Status EpollDriver::Init(int expected) {
  CHECK_LT(epoll_fd_, 0);
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) {
    return absl::UnavailableError(
        absl::StrCat("epoll_create1: ", strerror(errno), "; ms_async_driver=poll does without"));
  }
  if (absl::Status status = wake_.Init(); !status.ok()) return status;
  // Edge-triggered, so that a wake costs no read: each write to it is a new edge.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = kWakeData}};
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_.fd(), &event) != 0) {
    return absl::UnavailableError(
        absl::StrCat("epoll_ctl for the wake-up eventfd: ", strerror(errno),
                     "; ms_async_driver=poll does without"));
  }
  events_.resize(std::clamp(static_cast<size_t>(std::max(expected, 0)), kMinBatch, kMaxBatch / 8));
  return absl::OkStatus();
}

absl::Status EpollDriver::Update(int fd, EventMask current, EventMask wanted) {
  epoll_event event{.events = EpollMask(wanted), .data = {.fd = fd}};
  if (wanted == kEventNone) {
    // A descriptor that is closed already is watched no more: that is as wanted.
    epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &event);
    return absl::OkStatus();
  }
  const int operation = current == kEventNone ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(epoll_fd_, operation, fd, &event) == 0) return absl::OkStatus();
  // The number was closed and used anew behind our back: do what the kernel's view asks for.
  if (errno == EEXIST && epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0) {
    return absl::OkStatus();
  }
  if (errno == ENOENT && epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0) {
    return absl::OkStatus();
  }
  return UpdateError(fd, errno);
}

int EpollDriver::WaitInKernel(absl::Duration timeout) {
  const int room = static_cast<int>(events_.size());
  if (nanosecond_waits_ && timeout > absl::ZeroDuration()) {
    const timespec limit = WaitTimespec(timeout);
    const int count = epoll_pwait2(epoll_fd_, events_.data(), room, &limit, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    VLOG(1) << "the kernel has no epoll_pwait2: waits are rounded up to milliseconds";
    nanosecond_waits_ = false;
  }
  return epoll_wait(epoll_fd_, events_.data(), room, WaitMillis(timeout));
}

void EpollDriver::Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) {
  fired->clear();
  const int count = WaitInKernel(timeout);
  if (count < 0) {
    PCHECK(errno == EINTR) << "epoll_wait";
    return;
  }
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<size_t>(i)];
    if (event.data.fd == kWakeData) {
      wake_.Acknowledge();
    } else {
      fired->push_back({event.data.fd, FiredMask(event.events)});
    }
  }
  const auto reported = static_cast<size_t>(count);
  if (reported == events_.size() && reported < kMaxBatch) events_.resize(2 * reported);
}

}  // namespace siphon
