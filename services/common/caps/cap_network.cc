#include "services/common/caps/cap_network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/numbers.h"

namespace siphon {

CapNetwork::CapNetwork(const std::string& text) : family_(kNoFamily) {
  const size_t slash = text.find('/');
  std::string host = text.substr(0, slash);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  const int family = host.find(':') != std::string::npos ? AF_INET6 : AF_INET;
  if (inet_pton(family, host.c_str(), bytes_.data()) != 1) return;
  const int most = family == AF_INET ? 32 : 128;
  bits_ = most;
  if (slash != std::string::npos &&
      (!absl::SimpleAtoi(text.substr(slash + 1), &bits_) || bits_ < 0 || bits_ > most))
    return;
  family_ = family;
}

bool CapNetwork::Contains(const EntityAddr& addr) const {
  if (any()) return true;
  if (family_ == kNoFamily || addr.family() != family_) return false;
  uint8_t other[16] = {};
  if (family_ == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, addr.sockaddr_ptr(), sizeof(in));
    std::memcpy(other, &in.sin_addr, 4);
  } else {
    sockaddr_in6 in;
    std::memcpy(&in, addr.sockaddr_ptr(), sizeof(in));
    std::memcpy(other, &in.sin6_addr, 16);
  }
  for (int bit = 0; bit < bits_; bit += 8) {
    const int left = std::min(8, bits_ - bit);
    const auto mask = static_cast<uint8_t>(0xff << (8 - left));
    if (((other[bit / 8] ^ bytes_[static_cast<size_t>(bit / 8)]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace siphon
