// The monitor's commands on central options, and on keys that programs keep ("config",
// "config-key").
#ifndef SIPHON_SERVICES_MON_COMMANDS_CONFIG_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_CONFIG_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/config_monitor.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives `table`.
void AddConfigCommands(const MonState& state, CommandTable* table);
void AddConfigKeyCommands(const MonState& state, CommandTable* table);

// The entity "osd.3" with its place in the hierarchy; of other types just the name.
ConfigMonitor::Target ConfigTarget(const rados::OsdMap& map, const std::string& type,
                                   const std::string& id);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_CONFIG_COMMANDS_H_
