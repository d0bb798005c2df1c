// The monitor's commands on OSDs and the CRUSH map ("osd ..."), by family; each in a file of its
// own.
#ifndef SIPHON_SERVICES_MON_COMMANDS_OSD_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_OSD_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/mon_state.h"

namespace siphon::mon {

// `state` outlives the table.
void AddOsdCommands(const MonState& state, CommandTable* table);
// Flags, ratios and the block list of the map.
void AddOsdFlagCommands(const MonState& state, CommandTable* table);
void AddBlocklistCommands(const MonState& state, CommandTable* table);
// What is known of OSDs and of where objects are.
void AddOsdInfoCommands(const MonState& state, CommandTable* table);
// Numbers for new OSDs; whether OSDs may go, and making them go.
void AddOsdRemovalCommands(const MonState& state, CommandTable* table);
// Weights, and where placement groups are put by hand.
void AddPlacementCommands(const MonState& state, CommandTable* table);
// The hierarchy and its rules: printed, and changed.
void AddCrushCommands(const MonState& state, CommandTable* table);
void AddCrushEditCommands(const MonState& state, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_OSD_COMMANDS_H_
