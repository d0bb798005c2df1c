// Authentication methods on the wire (CEPH_AUTH_*).
#ifndef SIPHON_MSG_AUTH_AUTH_METHODS_H_
#define SIPHON_MSG_AUTH_AUTH_METHODS_H_

#include <cstdint>

namespace siphon {

inline constexpr uint32_t kAuthUnknown = 0;
inline constexpr uint32_t kAuthNone = 1;
inline constexpr uint32_t kAuthCephx = 2;

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_AUTH_METHODS_H_
