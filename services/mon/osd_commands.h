// The commands about OSDs and the CRUSH map.
#ifndef SIPHON_SERVICES_MON_OSD_COMMANDS_H_
#define SIPHON_SERVICES_MON_OSD_COMMANDS_H_

#include "services/mon/command_table.h"
#include "services/mon/mon_state.h"

namespace siphon::mon {

// `state` outlives the table.
void AddOsdCommands(const MonState& state, CommandTable* table);
void AddCrushCommands(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_OSD_COMMANDS_H_
