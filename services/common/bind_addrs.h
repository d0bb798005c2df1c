// BindAddrs: on which addresses a daemon listens, by the protocols that its options allow.
//
// Threads: any; no state.
#ifndef SIPHON_SERVICES_COMMON_BIND_ADDRS_H_
#define SIPHON_SERVICES_COMMON_BIND_ADDRS_H_

#include "absl/status/statusor.h"
#include "base/config.h"
#include "msg/entity_addr.h"

namespace siphon {

// `given` as an administrator writes it: typed addresses ("v1:...", "v2:...") are kept where the
// options ms_bind_msgr1 and ms_bind_msgr2 allow their protocol; one without a type stands for an
// address of each allowed protocol, v2 first, of which the first takes its port and the other one
// of the range (port 0). Nonces are zeroed.
// InvalidArgument: nothing is left, with what to change.
absl::StatusOr<EntityAddrVec> BindAddrs(const Config& config, const EntityAddrVec& given);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_BIND_ADDRS_H_
