// Weights of OSDs, and placement groups that are put somewhere by hand.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/mon/commands/osd_commands.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::OsdMap;
using rados::OsdMapIncremental;
using rados::PgId;

Result Reweight(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  const auto weight = args.Real("weight");
  if (!osd.ok()) return Result::Error(osd.status());
  if (!weight.ok()) return Result::Error(weight.status());
  if (**weight < 0 || **weight > 1)
    return Result::Error(absl::InvalidArgumentError("weight must be in the range [0.0..1.0]"));
  const auto fixed = static_cast<uint32_t>(**weight * OsdMap::kWeightIn);
  const auto changed = state.osds->SetWeight(**osd, fixed);
  if (!changed.ok()) return Result::Error(changed.status());
  return Result::Done(absl::StrFormat("reweighted osd.%d to %g (%x)", **osd, **weight, fixed));
}

Result PrimaryAffinity(const MonState& state, const Args& args) {
  const auto osd = args.Osd("id");
  const auto weight = args.Real("weight");
  if (!osd.ok()) return Result::Error(osd.status());
  if (!weight.ok()) return Result::Error(weight.status());
  if (**weight < 0 || **weight > 1)
    return Result::Error(absl::InvalidArgumentError("weight must be in the range [0.0..1.0]"));
  if (!state.maps->current().Exists(**osd))
    return Result::Error(absl::NotFoundError(absl::StrCat("osd.", **osd, " does not exist")));
  const auto fixed = static_cast<uint32_t>(**weight * OsdMap::kDefaultAffinity);
  const absl::Status status = state.osds->Move(
      [&](OsdMapIncremental* change) { change->new_primary_affinity[**osd] = fixed; });
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrFormat("set osd.%d primary-affinity to %g (8%d2)", **osd, **weight, fixed));
}

absl::StatusOr<PgId> GroupOf(const MonState& state, const Args& args) {
  const auto pg = PgId::Parse(args.Text("pgid"));
  if (!pg.ok())
    return absl::InvalidArgumentError(absl::StrCat("invalid pgid '", args.Text("pgid"), "'"));
  const rados::PgPool* pool = state.maps->current().FindPool(static_cast<int64_t>(pg->pool));
  if (!pool || pg->ps >= pool->pg_num)
    return absl::NotFoundError(absl::StrCat("pg ", pg->ToString(), " does not exist"));
  return *pg;
}

absl::StatusOr<std::vector<int32_t>> OsdsOf(const MonState& state, const Args& args) {
  std::vector<int32_t> osds;
  for (const std::string& word : args.List("id")) {
    const auto osd = ParseOsdName(word);
    if (!osd) return absl::InvalidArgumentError(absl::StrCat("'", word, "' is not an OSD"));
    if (!state.maps->current().Exists(*osd))
      return absl::NotFoundError(absl::StrCat("osd.", *osd, " does not exist"));
    osds.push_back(*osd);
  }
  return osds;
}

// The commands that put one group on given OSDs, or let it go.
enum class Pin { kTemp, kUpmap, kUpmapItems, kPrimary };

absl::Status FillPin(Pin pin, const PgId& pg, const std::vector<int32_t>& osds,
                     OsdMapIncremental* change) {
  switch (pin) {
    case Pin::kTemp:
      change->new_pg_temp[pg] = osds;
      break;
    case Pin::kUpmap:
      change->new_pg_upmap[pg] = osds;
      break;
    case Pin::kPrimary:
      change->new_primary_temp[pg] = osds.front();
      break;
    case Pin::kUpmapItems:
      if (osds.size() % 2 != 0)
        return absl::InvalidArgumentError("give the OSDs in pairs: from which and to which");
      for (size_t i = 0; i < osds.size(); i += 2)
        change->new_pg_upmap_items[pg].emplace_back(osds[i], osds[i + 1]);
      break;
  }
  return absl::OkStatus();
}

std::string PinText(Pin pin, const std::vector<int32_t>& osds) {
  if (pin == Pin::kPrimary) return absl::StrCat(osds.front());
  if (pin != Pin::kUpmapItems) return absl::StrCat("[", absl::StrJoin(osds, ","), "]");
  std::vector<std::string> pairs;
  for (size_t i = 0; i + 1 < osds.size(); i += 2)
    pairs.push_back(absl::StrCat(osds[i], "->", osds[i + 1]));
  return absl::StrCat("[", absl::StrJoin(pairs, ","), "]");
}

Result SetPin(const MonState& state, const Args& args, Pin pin, const char* name) {
  const auto pg = GroupOf(state, args);
  if (!pg.ok()) return Result::Error(pg.status());
  const auto osds = OsdsOf(state, args);
  if (!osds.ok()) return Result::Error(osds.status());
  const uint8_t size = state.maps->current().FindPool(static_cast<int64_t>(pg->pool))->size;
  if (pin == Pin::kTemp && osds->empty()) {
    const absl::Status status =
        state.osds->Change([&](OsdMapIncremental* change) { change->new_pg_temp[*pg] = {}; });
    if (!status.ok()) return Result::Error(status);
    return Result::Done(absl::StrCat("done cleaning up pg_temp of ", pg->ToString()));
  }
  if (osds->empty() || (pin != Pin::kUpmapItems && osds->size() > size))
    return Result::Error(absl::InvalidArgumentError(
        absl::StrCat("num of osds (", osds->size(), ") > pool size (", size, "), or none")));
  absl::Status filled;
  const absl::Status status = state.osds->Change(
      [&](OsdMapIncremental* change) { filled = FillPin(pin, *pg, *osds, change); });
  if (!filled.ok()) return Result::Error(filled);
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrCat("set ", pg->ToString(), " ", name, " mapping to ", PinText(pin, *osds)));
}

Result Unpin(const MonState& state, const Args& args, bool items) {
  const auto pg = GroupOf(state, args);
  if (!pg.ok()) return Result::Error(pg.status());
  const absl::Status status = state.osds->Change([&](OsdMapIncremental* change) {
    (items ? change->old_pg_upmap_items : change->old_pg_upmap).insert(*pg);
  });
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrCat("clear ", pg->ToString(), " pg_upmap", items ? "_items" : "", " mapping"));
}

}  // namespace

void AddPlacementCommands(const MonState& s, CommandTable* table) {
  table->Define("osd reweight {id:CephOsdName} {weight:CephFloat,range=0.0|1.0}",
                "say what part of its share an OSD gets", "rw",
                [&s](const Args& args) { return Reweight(s, args); });
  table->Define("osd primary-affinity {id:CephOsdName} {weight:CephFloat,range=0.0|1.0}",
                "say how willingly an OSD leads placement groups", "rw",
                [&s](const Args& args) { return PrimaryAffinity(s, args); });
  const auto pin = [&](const char* line, const char* help, Pin kind, const char* name) {
    table->Define(line, help, "rw",
                  [&s, kind, name](const Args& args) { return SetPin(s, args, kind, name); });
  };
  pin("osd pg-temp {pgid:CephPgid} {id:CephOsdName,opt,n=N}",
      "put a placement group on these OSDs for now, or with none let it go", Pin::kTemp, "pg_temp");
  pin("osd primary-temp {pgid:CephPgid} {id:CephOsdName}",
      "let an OSD lead a placement group for now", Pin::kPrimary, "primary_temp");
  pin("osd pg-upmap {pgid:CephPgid} {id:CephOsdName,n=N}", "put a placement group on these OSDs",
      Pin::kUpmap, "pg_upmap");
  pin("osd pg-upmap-items {pgid:CephPgid} {id:CephOsdName,n=N}",
      "put a placement group on other OSDs, in pairs of from and to", Pin::kUpmapItems,
      "pg_upmap_items");
  table->Define("osd rm-pg-upmap {pgid:CephPgid}", "take back what pg-upmap said", "rw",
                [&s](const Args& args) { return Unpin(s, args, false); });
  table->Define("osd rm-pg-upmap-items {pgid:CephPgid}", "take back what pg-upmap-items said", "rw",
                [&s](const Args& args) { return Unpin(s, args, true); });
}

}  // namespace siphon::mon
