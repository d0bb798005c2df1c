// Commands about placement groups that change nothing here: OSDs do not scrub, and lose no object.
#include <string>

#include "absl/strings/str_cat.h"
#include "services/mon/commands/pg_commands.h"
#include "services/rados/pg_id.h"
#include "services/rados/pg_stat.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;

Result Scrub(const MonState& state, const Args& args) {
  const std::string text = args.Text("pgid");
  const auto pg = rados::PgId::Parse(text);
  if (!pg.ok())
    return Result::Error(absl::InvalidArgumentError(absl::StrCat("invalid pgid '", text, "'")));
  const rados::PgPool* pool = state.maps->current().FindPool(static_cast<int64_t>(pg->pool));
  if (!pool || pg->ps >= pool->pg_num)
    return Result::Error(absl::NotFoundError(absl::StrCat("pg ", text, " does not exist")));
  return Result::Error(absl::UnimplementedError(
      "the OSDs of this cluster do not scrub; to check what osd.N holds, stop it and run "
      "siphon-osd --fsck -i N"));
}

// Objects that are wanted and that no OSD has: there are none where nothing is copied.
Result Debug(const MonState& state, const Args& args) {
  bool found = false;
  if (args.Text("debugop") == "degraded_pgs_exist")
    for (const auto& group : state.stats->Groups(state.maps->current()))
      found = found || (group.stat.state & rados::PgStat::kDegraded) != 0;
  // As Ceph: with JSON, the word comes first all the same.
  return Result::Output(
      absl::StrCat(found ? "TRUE\n" : "FALSE\n", args.json() ? "{\"pg_ready\":true}\n" : ""));
}

}  // namespace

void AddPgAdminCommands(const MonState& s, CommandTable* table) {
  for (const char* word : {"scrub", "deep-scrub", "repair"})
    table->Define(absl::StrCat("pg ", word, " {pgid:CephPgid}"), "not done by this cluster's OSDs",
                  "rw", [&s](const Args& args) { return Scrub(s, args); });
  table->Define("pg debug {debugop:CephChoices,strings=unfound_objects_exist|degraded_pgs_exist}",
                "say whether there is something wrong", "r",
                [&s](const Args& args) { return Debug(s, args); });
}

}  // namespace siphon::mon
