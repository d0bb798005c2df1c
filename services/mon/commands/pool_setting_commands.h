// The monitor's commands on a pool's settings, quotas and applications ("osd pool get", ...).
#ifndef SIPHON_SERVICES_MON_COMMANDS_POOL_SETTING_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_POOL_SETTING_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives `table`.
void AddPoolSettingCommands(const MonState& state, CommandTable* table);
void AddPoolApplicationCommands(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_POOL_SETTING_COMMANDS_H_
