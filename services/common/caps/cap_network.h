// CapNetwork: the network that a capability is limited to: "10.0.0.0/8", "fd00::/8", or one
// address.
#ifndef SIPHON_SERVICES_COMMON_CAPS_CAP_NETWORK_H_
#define SIPHON_SERVICES_COMMON_CAPS_CAP_NETWORK_H_

#include <array>
#include <cstdint>
#include <string>

#include "msg/entity_addr.h"

namespace siphon {

class CapNetwork {
 public:
  CapNetwork() = default;  // any
  // A text that is no network contains no address.
  explicit CapNetwork(const std::string& text);

  bool any() const { return family_ == kAnyFamily; }
  bool Contains(const EntityAddr& addr) const;

 private:
  static constexpr int kAnyFamily = -1;
  static constexpr int kNoFamily = -2;

  int family_ = kAnyFamily;
  int bits_ = 0;
  std::array<uint8_t, 16> bytes_ = {};
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CAPS_CAP_NETWORK_H_
