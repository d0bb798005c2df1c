// The commands that every daemon answers when it is told ("ceph tell osd.0 version", "config get",
// "injectargs", ...).
//
// Threads: the handlers run on the table's thread; the Config may change on any.
#ifndef SIPHON_SERVICES_COMMON_COMMANDS_DAEMON_COMMANDS_H_
#define SIPHON_SERVICES_COMMON_COMMANDS_DAEMON_COMMANDS_H_

#include <string>

#include "base/config.h"
#include "services/common/commands/command_table.h"

namespace siphon {

// `name` is "osd.0". `config` and `table` outlive the table's use.
void AddDaemonCommands(const std::string& name, Config* config, CommandTable* table);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_COMMANDS_DAEMON_COMMANDS_H_
