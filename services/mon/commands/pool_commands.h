// The commands about pools.
#ifndef SIPHON_SERVICES_MON_COMMANDS_POOL_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_POOL_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives the table.
void AddPoolCommands(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_POOL_COMMANDS_H_
