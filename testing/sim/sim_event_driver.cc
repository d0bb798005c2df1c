#include "testing/sim/sim_event_driver.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace siphon {
namespace {

// A round tells of a part of the ready descriptors only, once in so many.
constexpr uint64_t kPartialOneIn = 4;

}  // namespace

int SimDescriptors::Open(SimFile* file) {
  const auto free = std::find(files_.begin(), files_.end(), nullptr);
  const auto fd = static_cast<int>(free - files_.begin());
  if (free == files_.end()) {
    files_.push_back(file);
  } else {
    *free = file;
  }
  return fd;
}

size_t SimDescriptors::open() const {
  return files_.size() - static_cast<size_t>(std::count(files_.begin(), files_.end(), nullptr));
}

absl::Status SimEventDriver::Update(int fd, EventMask /*current*/, EventMask wanted) {
  const auto index = static_cast<size_t>(fd);
  if (index >= watched_.size()) watched_.resize(index + 1, kEventNone);
  watched_[index] = wanted;
  return absl::OkStatus();
}

void SimEventDriver::Wait(absl::Duration /*timeout*/, std::vector<FiredEvent>* fired) {
  fired->clear();
  woken_ = false;
  const MonoNanos now = clock_->now();
  for (size_t fd = 0; fd < watched_.size(); ++fd) {
    if (watched_[fd] == kEventNone) continue;
    const SimFile* file = descriptors_->Find(static_cast<int>(fd));
    if (file == nullptr) continue;
    EventMask ready = kEventNone;
    for (const EventMask mask : {kEventReadable, kEventWritable}) {
      if ((watched_[fd] & mask) != 0 && file->ReadyAt(mask) <= now) ready |= mask;
    }
    if (ready != kEventNone) fired->push_back({static_cast<int>(fd), ready});
  }
  if (fired->size() < 2) return;
  for (size_t i = fired->size() - 1; i > 0; --i) {
    std::swap((*fired)[i], (*fired)[random_->Below(i + 1)]);
  }
  if (random_->OneIn(kPartialOneIn)) fired->resize(1 + random_->Below(fired->size()));
}

MonoNanos SimEventDriver::ReadyAt() const {
  if (woken_) return 0;
  MonoNanos at = kNever;
  for (size_t fd = 0; fd < watched_.size(); ++fd) {
    if (watched_[fd] == kEventNone) continue;
    const SimFile* file = descriptors_->Find(static_cast<int>(fd));
    if (file == nullptr) continue;
    for (const EventMask mask : {kEventReadable, kEventWritable}) {
      if ((watched_[fd] & mask) != 0) at = std::min(at, file->ReadyAt(mask));
    }
  }
  return at;
}

}  // namespace siphon
