// The flags by which every program finds its ceph.conf and its name, and what they lead to.
//
// Values come, in rising precedence, from the defaults, ceph.conf, $CEPH_KEYRING and the command
// line, before which the flags of $CEPH_ARGS stand (ceph_args.h).
#ifndef SIPHON_SERVICES_COMMON_CONFIG_FLAGS_H_
#define SIPHON_SERVICES_COMMON_CONFIG_FLAGS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/config.h"
#include "base/flags/command_line.h"

namespace siphon {

// --conf/-c, --id/-i, --user, --name/-n, --mon-host/-m, --keyring/-k, --keyfile/-K.
std::vector<CommandLineFlag> ConfigFlags();

struct ProcessConfig {
  std::string entity_type;           // "osd"
  std::string id;                    // "3"
  std::string conf_path;             // empty: no ceph.conf was found
  std::vector<std::string> ignored;  // options of the file that are none of ours
  std::unique_ptr<Config> config;
};

// Call it after the flags were parsed, with the options that CommandLine collected. Without --conf
// the file is $CEPH_CONF, or the first that exists of /etc/ceph/ceph.conf, ~/.ceph/ceph.conf and
// ./ceph.conf, or none. $CEPH_KEYRING is the option keyring.
// InvalidArgument: a name of another type, no id where `default_id` is empty, a file that cannot be
// read, a value that does not fit its option.
absl::StatusOr<ProcessConfig> LoadProcessConfig(
    const std::string& entity_type, const std::string& default_id,
    const std::vector<std::pair<std::string, std::string>>& options);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CONFIG_FLAGS_H_
