#include "event/poll_driver.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "event/wait_time.h"
#include "glog/logging.h"

namespace siphon {
namespace {

short PollMask(EventMask mask) {
  int events = 0;
  if (mask & kEventReadable) events |= POLLIN;
  if (mask & kEventWritable) events |= POLLOUT;
  return static_cast<short>(events);
}

EventMask FiredMask(int events) {
  // A descriptor that was closed under the watch counts as hung up: the next read finds EBADF.
  if (events & (POLLERR | POLLHUP | POLLNVAL)) return kEventReadable | kEventWritable;
  EventMask mask = kEventNone;
  if (events & POLLIN) mask |= kEventReadable;
  if (events & POLLOUT) mask |= kEventWritable;
  return mask;
}

}  // namespace

absl::Status PollDriver::Init(int expected) {
  CHECK(polled_.empty());
  if (absl::Status status = wake_.Init(); !status.ok()) return status;
  polled_.reserve(static_cast<size_t>(std::max(expected, 0)) + 1);
  polled_.push_back({.fd = wake_.fd(), .events = POLLIN, .revents = 0});
  return absl::OkStatus();
}

absl::Status PollDriver::Update(int fd, EventMask /*current*/, EventMask wanted) {
  if (fd < 0) return absl::InvalidArgumentError(absl::StrCat("fd ", fd, " cannot be watched"));
  const auto index = static_cast<size_t>(fd);
  if (wanted == kEventNone) {
    Remove(fd);
    return absl::OkStatus();
  }
  if (index >= slot_.size()) slot_.resize(std::max(index + 1, 2 * slot_.size()), 0);
  if (slot_[index] == 0) {
    slot_[index] = polled_.size();
    polled_.push_back({.fd = fd, .events = 0, .revents = 0});
  }
  polled_[slot_[index]].events = PollMask(wanted);
  return absl::OkStatus();
}

void PollDriver::Remove(int fd) {
  const auto index = static_cast<size_t>(fd);
  if (index >= slot_.size() || slot_[index] == 0) return;
  // The last one takes the empty place.
  const size_t place = slot_[index];
  polled_[place] = polled_.back();
  slot_[static_cast<size_t>(polled_[place].fd)] = place;
  polled_.pop_back();
  slot_[index] = 0;
}

void PollDriver::Wait(absl::Duration timeout, std::vector<FiredEvent>* fired) {
  fired->clear();
  timespec limit{};
  if (timeout >= absl::ZeroDuration()) limit = WaitTimespec(timeout);
  const int count = ppoll(polled_.data(), polled_.size(),
                          timeout < absl::ZeroDuration() ? nullptr : &limit, nullptr);
  if (count < 0) {
    // ENOMEM, and EINVAL when the limit on open files was lowered below the number watched.
    PCHECK(errno == EINTR) << "ppoll of " << polled_.size() << " descriptors";
    return;
  }
  if (count == 0) return;
  if (polled_[0].revents != 0) wake_.Drain();
  for (size_t i = 1; i < polled_.size(); ++i) {
    const pollfd& entry = polled_[i];
    if (entry.revents != 0) fired->push_back({entry.fd, FiredMask(entry.revents)});
  }
}

}  // namespace siphon
