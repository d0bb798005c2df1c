// What is asked about managers: there is none, and the answers say so in Ceph's form.
#include <string>

#include "absl/strings/str_cat.h"
#include "services/mon/commands/cluster_commands.h"
#include "services/mon/commands/mgr_map.h"
#include "services/mon/text/map_json.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;

Result Pretty(const Args& args, const Json& json) {
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

}  // namespace

void AddMgrCommands(CommandTable* table) {
  table->Define("mgr stat", "tell which manager is active (none)", "r", [](const Args& args) {
    return Pretty(
        args,
        {{"epoch", kMgrMapEpoch}, {"available", false}, {"active_name", ""}, {"num_standby", 0}});
  });
  table->Define("mgr services", "list what managers serve (nothing)", "r",
                [](const Args& args) { return Pretty(args, Json::object()); });
  table->Define("mgr versions", "count the versions of managers", "r",
                [](const Args& args) { return Pretty(args, Json::object()); });
  table->Define("mgr count-metadata {property:CephString}",
                "count what managers say of one property", "r",
                [](const Args& args) { return Pretty(args, Json::object()); });
  table->Define("mgr metadata {who:CephString,opt}", "print what managers say of themselves", "r",
                [](const Args& args) {
                  if (!args.Has("who")) return Pretty(args, Json::array());
                  return Result::Error(absl::NotFoundError(
                      absl::StrCat("no manager '", args.Text("who"), "': this cluster has none")));
                });
}

}  // namespace siphon::mon
