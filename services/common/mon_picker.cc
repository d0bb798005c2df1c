#include "services/common/mon_picker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon {

bool MonPicker::SetMonitors(const std::vector<EntityAddrVec>& monitors, Protocols protocols) {
  std::vector<EntityAddr> addrs;
  for (const EntityAddrVec& monitor : monitors) {
    const EntityAddr v2 = monitor.msgr2();
    if (protocols.v2 && !v2.is_blank_ip()) addrs.push_back(v2);
  }
  const size_t v2_count = addrs.size();
  for (const EntityAddrVec& monitor : monitors) {
    const EntityAddr v1 = monitor.legacy();
    if (protocols.v1 && !v1.is_blank_ip()) addrs.push_back(v1);
  }
  if (addrs.empty()) return false;
  addrs_ = std::move(addrs);
  v2_count_ = v2_count;
  next_ = addrs_.size();
  return true;
}

bool MonPicker::Contains(const EntityAddr& addr) const {
  return std::find(addrs_.begin(), addrs_.end(), addr) != addrs_.end();
}

const EntityAddr& MonPicker::Next() {
  if (round_complete()) Shuffle();
  last_ = addrs_[next_++];
  return last_;
}

void MonPicker::Shuffle() {
  ShuffleRange(0, v2_count_);
  ShuffleRange(v2_count_, addrs_.size());
  next_ = 0;
}

void MonPicker::ShuffleRange(size_t begin, size_t end) {
  for (size_t i = end; i > begin + 1; --i) {
    std::swap(addrs_[i - 1], addrs_[begin + random_->Below(i - begin)]);
  }
  // The one that was tried last does not come first again.
  if (end > begin + 1 && addrs_[begin] == last_) std::swap(addrs_[begin], addrs_[end - 1]);
}

std::string MonPicker::ToString() const {
  std::string text;
  for (const EntityAddr& addr : addrs_) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", addr.ToString());
  }
  return text;
}

}  // namespace siphon
