// ParseWithCephArgs: reads a command line with $CEPH_ARGS before it, as Ceph's programs do: flags,
// with blanks between and no quoting. What the command line says comes later, and so wins.
//
// The variable is for all of Ceph's programs: flags in it that this one does not have are ignored,
// as foreign options of ceph.conf are.
#ifndef SIPHON_SERVICES_COMMON_CEPH_ARGS_H_
#define SIPHON_SERVICES_COMMON_CEPH_ARGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/flags/command_line.h"

namespace siphon {

// `line` has the flags of ConfigFlags(); `args` is without the program's name.
// InvalidArgument: as CommandLine::Parse(); what is wrong with the variable begins with its name.
absl::StatusOr<CommandLine::Result> ParseWithCephArgs(const CommandLine& line,
                                                      const std::vector<std::string>& args);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CEPH_ARGS_H_
