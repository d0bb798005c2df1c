// All commands of the monitor, by family.
#ifndef SIPHON_SERVICES_MON_COMMANDS_ALL_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_ALL_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives `table`.
void AddAllCommands(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_ALL_COMMANDS_H_
