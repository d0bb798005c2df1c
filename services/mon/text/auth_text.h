// Entities as the monitor prints them, in Ceph's formats, and whether capabilities make sense.
#ifndef SIPHON_SERVICES_MON_TEXT_AUTH_TEXT_H_
#define SIPHON_SERVICES_MON_TEXT_AUTH_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "msg/auth/cephx/crypto_key.h"
#include "nlohmann/json.hpp"
#include "services/mon/state/auth_monitor.h"

namespace siphon::mon {

// InvalidArgument: there is no such service, or its language has no such text.
absl::Status CheckCaps(const std::string& service, const std::string& caps);

// All of these hold keys.
std::string EntityListText(const AuthMonitor::Entries& entries);
nlohmann::ordered_json EntityListJson(const AuthMonitor::Entries& entries);
nlohmann::ordered_json KeyJson(const cephx::CryptoKey& key);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_TEXT_AUTH_TEXT_H_
