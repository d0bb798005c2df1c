// The monitor's commands on placement groups and figures: those that a manager serves in Ceph.
#ifndef SIPHON_SERVICES_MON_COMMANDS_PG_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_PG_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives the table.
void AddPgCommands(const MonState& state, CommandTable* table);
// How full OSDs and pools are, and what clients do ("df", "osd pool stats"; "osd df").
// Those that change nothing here.
void AddPgAdminCommands(const MonState& state, CommandTable* table);
void AddDfCommands(const MonState& state, CommandTable* table);
void AddOsdDfCommands(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_PG_COMMANDS_H_
