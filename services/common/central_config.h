// CentralConfig: the options that the monitors set for this process, laid beneath its own.
//
// They come before the defaults and after ceph.conf, the command line and the admin port. An option
// that the monitors set no longer goes back to what it was. Options that need a restart, and those
// that are none of ours, are left alone.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_COMMON_CENTRAL_CONFIG_H_
#define SIPHON_SERVICES_COMMON_CENTRAL_CONFIG_H_

#include <map>
#include <string>

#include "base/config.h"

namespace siphon {

class CentralConfig {
 public:
  // `config` is borrowed.
  explicit CentralConfig(Config* config) : config_(config) {}

  // All that the monitors set now.
  void Apply(const std::map<std::string, std::string>& options);

 private:
  Config* const config_;
  std::map<std::string, std::string> replaced_;  // by option: the default that it had
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CENTRAL_CONFIG_H_
