// The commands about keys and capabilities: auth add, caps, del, export, get, get-key,
// get-or-create, get-or-create-key, import, ls.
#ifndef SIPHON_SERVICES_MON_COMMANDS_AUTH_COMMANDS_H_
#define SIPHON_SERVICES_MON_COMMANDS_AUTH_COMMANDS_H_

#include "services/common/commands/command_table.h"
#include "services/mon/state/auth_monitor.h"

namespace siphon::mon {

// `auth` outlives `table`. What they print holds keys; what they say of it does not.
void AddAuthCommands(AuthMonitor* auth, CommandTable* table);

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_COMMANDS_AUTH_COMMANDS_H_
