#include "services/common/mon_picker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon {

bool MonPicker::SetMonitors(const std::vector<EntityAddrVec>& monitors) {
  std::vector<EntityAddr> addrs;
  for (const EntityAddrVec& monitor : monitors) {
    const EntityAddr v1 = monitor.legacy();
    if (!v1.is_blank_ip()) addrs.push_back(v1);
  }
  if (addrs.empty()) return false;
  addrs_ = std::move(addrs);
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
  // The one that was tried last does not come first again.
  for (size_t i = addrs_.size(); i > 1; --i) std::swap(addrs_[i - 1], addrs_[random_->Below(i)]);
  if (addrs_.size() > 1 && addrs_.front() == last_) std::swap(addrs_.front(), addrs_.back());
  next_ = 0;
}

std::string MonPicker::ToString() const {
  std::string text;
  for (const EntityAddr& addr : addrs_) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", addr.ToString());
  }
  return text;
}

}  // namespace siphon
