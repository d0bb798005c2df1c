#include "services/mon/all_commands.h"

#include "services/mon/cluster_commands.h"
#include "services/mon/config_commands.h"
#include "services/mon/osd_commands.h"
#include "services/mon/pg_commands.h"
#include "services/mon/pool_commands.h"
#include "services/mon/pool_setting_commands.h"

namespace siphon::mon {

void AddAllCommands(const MonState& state, CommandTable* table) {
  AddClusterCommands(state, table);
  AddHealthCommands(state, table);
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
