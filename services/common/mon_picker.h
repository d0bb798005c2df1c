// MonPicker: which monitor to try next. All are tried, in an order of chance, before one is again;
// by protocol v2 first, where it is spoken, and then by v1, for a monitor may be older than its
// address lets believe.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_COMMON_MON_PICKER_H_
#define SIPHON_SERVICES_COMMON_MON_PICKER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/random_source.h"
#include "msg/entity_addr.h"

namespace siphon {

class MonPicker {
 public:
  explicit MonPicker(RandomSource* random) : random_(random) {}

  // Which protocols the user speaks.
  struct Protocols {
    bool v1 = true;
    bool v2 = false;
  };
  // Takes the addresses of each monitor that are of these protocols. True when at least one is
  // left; otherwise the addresses stay as they were.
  bool SetMonitors(const std::vector<EntityAddrVec>& monitors, Protocols protocols);

  size_t size() const { return addrs_.size(); }
  bool Contains(const EntityAddr& addr) const;
  // Not on an empty picker.
  const EntityAddr& Next();
  // The last of a round was handed out: the next would be one that was tried already.
  bool round_complete() const { return next_ >= addrs_.size(); }
  // "v1:1.2.3.4:6789/0, ...", for people.
  std::string ToString() const;

 private:
  void Shuffle();
  void ShuffleRange(size_t begin, size_t end);

  RandomSource* const random_;
  std::vector<EntityAddr> addrs_;  // v2 before v1
  size_t v2_count_ = 0;
  EntityAddr last_;  // handed out
  size_t next_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_MON_PICKER_H_
