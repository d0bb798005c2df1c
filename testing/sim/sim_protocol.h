// SimProtocol: what the messengers of one simulation speak.
#ifndef SIPHON_TESTING_SIM_SIM_PROTOCOL_H_
#define SIPHON_TESTING_SIM_SIM_PROTOCOL_H_

#include <string_view>

#include "msg/entity_addr.h"

namespace siphon {

enum class SimProtocol { kV1, kV2Crc, kV2Secure };
inline constexpr int kSimProtocols = 3;

// The value of `sim --protocol`.
constexpr std::string_view ProtocolFlag(SimProtocol protocol) {
  constexpr std::string_view kFlags[kSimProtocols] = {"v1", "v2", "v2-secure"};
  return kFlags[static_cast<int>(protocol)];
}

// The type of the nodes' addresses.
constexpr EntityAddr::Type AddrType(SimProtocol protocol) {
  return protocol == SimProtocol::kV1 ? EntityAddr::kLegacy : EntityAddr::kMsgr2;
}

}  // namespace siphon

#endif  // SIPHON_TESTING_SIM_SIM_PROTOCOL_H_
