// The commands that only OSDs answer: "bench", "status", "dump_ops_in_flight", ....
#ifndef SIPHON_SERVICES_OSD_OSD_TELL_COMMANDS_H_
#define SIPHON_SERVICES_OSD_OSD_TELL_COMMANDS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "services/common/commands/command_table.h"
#include "services/osd/fullness_monitor.h"
#include "services/osd/map_keeper.h"
#include "services/osd/op_service.h"
#include "services/osd/op_tracker.h"
#include "services/osd/pg/pg_table.h"
#include "services/osd/stats_reporter.h"
#include "services/osd/store/object_store.h"

namespace siphon::osd {

struct OsdTellFacts {
  int32_t whoami = 0;
  MapKeeper* maps = nullptr;  // all are borrowed and outlive the table's use
  PgTable* pgs = nullptr;
  ObjectStore* store = nullptr;
  OpTracker* tracker = nullptr;
  OpService* ops = nullptr;
  StatsReporter* stats = nullptr;
  FullnessMonitor* fullness = nullptr;
  std::function<std::string()> store_uuid;
  std::function<std::string()> state;  // "active"
  std::function<void()> send_beacon;
};

void AddOsdTellCommands(const OsdTellFacts& facts, CommandTable* table);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OSD_TELL_COMMANDS_H_
