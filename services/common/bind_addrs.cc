#include "services/common/bind_addrs.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace siphon {

absl::StatusOr<EntityAddrVec> BindAddrs(const Config& config, const EntityAddrVec& given) {
  const bool v1 = config.GetBool("ms_bind_msgr1");
  const bool v2 = config.GetBool("ms_bind_msgr2");
  std::vector<EntityAddr> addrs;
  const auto add = [&addrs](EntityAddr addr, EntityAddr::Type type, int port) {
    addr.set_type(type);
    addr.set_port(port);
    addr.set_nonce(0);
    addrs.push_back(addr);
  };
  for (const EntityAddr& addr : given.addrs()) {
    const bool any = addr.type() == EntityAddr::kAny || addr.type() == EntityAddr::kNone;
    if (v2 && (any || addr.type() == EntityAddr::kMsgr2)) {
      add(addr, EntityAddr::kMsgr2, addr.port());
    }
    if (v1 && (any || addr.type() == EntityAddr::kLegacy)) {
      add(addr, EntityAddr::kLegacy, any && v2 ? 0 : addr.port());
    }
  }
  if (addrs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("nowhere to listen: of ", given.ToString(), " the options ms_bind_msgr1 (",
                     v1 ? "true" : "false", ") and ms_bind_msgr2 (", v2 ? "true" : "false",
                     ") leave nothing; allow the protocol, or give an address of the other"));
  }
  return EntityAddrVec(std::move(addrs));
}

}  // namespace siphon
