#include "services/mon/commands/all_commands.h"

#include "services/mon/commands/cluster_commands.h"
#include "services/mon/commands/config_commands.h"
#include "services/mon/commands/osd_commands.h"
#include "services/mon/commands/pg_commands.h"
#include "services/mon/commands/pool_commands.h"
#include "services/mon/commands/pool_setting_commands.h"

namespace siphon::mon {

void AddAllCommands(const MonState& state, CommandTable* table) {
  AddClusterCommands(state, table);
  AddHealthCommands(state, table);
  AddReportCommand(state, table);
  AddMgrCommands(table);
  AddConfigCommands(state, table);
  AddConfigKeyCommands(state, table);
  AddOsdCommands(state, table);
  AddOsdFlagCommands(state, table);
  AddBlocklistCommands(state, table);
  AddOsdInfoCommands(state, table);
  AddOsdRemovalCommands(state, table);
  AddPlacementCommands(state, table);
  AddCrushCommands(state, table);
  AddCrushEditCommands(state, table);
  AddPoolCommands(state, table);
  AddPoolSettingCommands(state, table);
  AddPoolApplicationCommands(state, table);
  AddPgCommands(state, table);
  AddPgAdminCommands(state, table);
  AddDfCommands(state, table);
  AddOsdDfCommands(state, table);
}

}  // namespace siphon::mon
