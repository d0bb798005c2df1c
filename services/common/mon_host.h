// ParseMonHost: the option mon_host in its many forms.
#ifndef SIPHON_SERVICES_COMMON_MON_HOST_H_
#define SIPHON_SERVICES_COMMON_MON_HOST_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "msg/entity_addr.h"

namespace siphon {

inline constexpr int kMonPortV1 = 6789;
inline constexpr int kMonPortV2 = 3300;

// One entry for each monitor, between commas, semicolons or spaces: HOST, HOST:PORT, v1:HOST:PORT,
// or [v2:HOST:PORT,v1:HOST:PORT]. HOST is an address or a name (looked up at once, which may take
// the time of a DNS query); IPv6 addresses stand in brackets. Without a type, port 3300 means v2,
// any other v1; without a port the monitor has both of the usual ones.
// InvalidArgument: an entry is none of these (it is named), or there is none.
absl::StatusOr<std::vector<EntityAddrVec>> ParseMonHost(std::string_view text);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_MON_HOST_H_
