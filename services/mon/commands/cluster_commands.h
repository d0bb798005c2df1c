// The commands about the cluster as a whole and its monitors.
#ifndef SIPHON_SERVICES_MON_COMMANDS_CLUSTER_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_CLUSTER_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives the table.
void AddClusterCommands(const MonState& state, CommandTable* table);
// Health, the cluster's log, and who is where.
void AddMgrCommands(CommandTable* table);
void AddHealthCommands(const MonState& state, CommandTable* table);
// All there is to know, for who has to help from afar.
void AddReportCommand(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_CLUSTER_COMMANDS_H_
