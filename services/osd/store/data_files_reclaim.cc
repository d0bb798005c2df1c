// Which slots are in use, and how others go back to the disk.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/osd/store/data_files.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using store_keys::kChunkSize;

// Holes are made when such a part of a file's slots is dead.
constexpr uint32_t kPunchAt = 16;

}  // namespace

absl::Status DataFiles::Keep(const DataSlot& slot) {
  MutexLock lock(mutex_);
  const auto it = files_.find(slot.file);
  if (it == files_.end() || slot.index >= slots_per_file_) {
    LOG(ERROR) << PathOf(slot.file) << ": missing, and an object has slot " << slot.index;
    return absl::OkStatus();
  }
  if (it->second.live.test(slot.index)) {
    return absl::DataLossError(
        absl::StrCat(PathOf(slot.file), ": two chunks have slot ", slot.index));
  }
  it->second.live.set(slot.index);
  return absl::OkStatus();
}

void DataFiles::Drop(absl::Span<const DataSlot> slots) {
  MutexLock lock(mutex_);
  dropped_.insert(dropped_.end(), slots.begin(), slots.end());
}

std::vector<DataSlot> DataFiles::TakeDropped() {
  MutexLock lock(mutex_);
  return std::exchange(dropped_, {});
}

void DataFiles::Reclaim(absl::Span<const DataSlot> slots) {
  {
    MutexLock lock(mutex_);
    for (const DataSlot& slot : slots) {
      const auto it = files_.find(slot.file);
      if (it == files_.end() || slot.index >= slots_per_file_) continue;
      it->second.live.reset(slot.index);
      due_.insert(slot.file);
    }
  }
  GiveBack();
}

std::vector<DataFiles::Gift> DataFiles::TakeGifts() {
  std::vector<Gift> gifts;
  const Slots beyond = ~Slots() << slots_per_file_;
  while (!due_.empty() && IsSettled(*due_.begin())) {
    const uint32_t number = *due_.begin();
    due_.erase(due_.begin());
    File& file = files_[number];
    if (file.live.none()) {
      gifts.push_back({.number = number, .whole = true, .holes = {}});
      files_.erase(number);
      continue;
    }
    const Slots dead = ~(file.live | file.holes | beyond);
    if (dead.count() < std::max(1u, slots_per_file_ / kPunchAt)) continue;
    Gift& gift = gifts.emplace_back();
    gift.number = number;
    for (uint32_t i = 0; i < slots_per_file_; ++i) {
      if (!dead.test(i)) continue;
      if (i == 0 || !dead.test(i - 1)) gift.holes.emplace_back(i, 0);
      ++gift.holes.back().second;
    }
    file.holes |= dead;
  }
  return gifts;
}

void DataFiles::GiveBack() {
  std::vector<Gift> gifts;
  {
    MutexLock lock(mutex_);
    gifts = TakeGifts();
  }
  for (const Gift& gift : gifts) {
    const std::string path = PathOf(gift.number);
    if (gift.whole) {
      PLOG_IF(WARNING, unlink(path.c_str()) != 0) << path << " is of no use and stays";
      continue;
    }
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    for (const auto& [first, count] : gift.holes) {
      // A file system that knows no holes keeps the space until the file has nothing any more.
      if (fd < 0 || fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                              static_cast<off_t>(first * kChunkSize),
                              static_cast<off_t>(count * kChunkSize)) != 0) {
        LOG_FIRST_N(WARNING, 1) << path
                                << ": unused space cannot be given back: " << std::strerror(errno);
        break;
      }
    }
    if (fd >= 0) close(fd);
  }
}

}  // namespace siphon::osd
