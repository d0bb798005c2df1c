// Flags and ratios of the OSD map.
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/mon/commands/osd_commands.h"
#include "services/mon/state/map_names.h"
#include "services/rados/crush_map.h"
#include "services/rados/osd_info.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using rados::OsdMap;

struct NamedBits {
  const char* name;
  uint32_t bits;
};
constexpr NamedBits kMapFlags[] = {
    {"pause", OsdMap::kPauseRead | OsdMap::kPauseWrite},
    {"noup", OsdMap::kNoUp},
    {"nodown", OsdMap::kNoDown},
    {"noout", OsdMap::kNoOut},
    {"noin", OsdMap::kNoIn},
    {"nobackfill", OsdMap::kNoBackfill},
    {"norebalance", OsdMap::kNoRebalance},
    {"norecover", OsdMap::kNoRecover},
    {"noscrub", OsdMap::kNoScrub},
    {"nodeep-scrub", OsdMap::kNoDeepScrub},
    {"notieragent", OsdMap::kNoTierAgent},
    {"nosnaptrim", OsdMap::kNoSnapTrim},
    {"pglog_hardlimit", OsdMap::kPgLogHardLimit},
};
constexpr NamedBits kOsdFlags[] = {
    {"noup", rados::kOsdNoUp},
    {"nodown", rados::kOsdNoDown},
    {"noin", rados::kOsdNoIn},
    {"noout", rados::kOsdNoOut},
};

Result SetMapFlag(const MonState& state, const std::string& key, bool on) {
  for (const NamedBits& flag : kMapFlags) {
    if (key != flag.name) continue;
    // This one is a promise to all future OSDs.
    if (!on && flag.bits == OsdMap::kPgLogHardLimit) break;
    const auto changed = state.osds->SetFlags(flag.bits, on);
    if (!changed.ok()) return Result::Error(changed.status());
    const std::string shown = key == "pause" ? "pauserd,pausewr" : key;
    return Result::Done(absl::StrCat(shown, on ? " is set" : " is unset"));
  }
  return Result::Error(absl::InvalidArgumentError(absl::StrCat("unrecognized flag '", key, "'")));
}

constexpr int kMaxDepth = 64;  // of a hierarchy; one with a cycle ends here

void AddOsdsBelow(const rados::CrushMap& crush, int32_t item, int depth,
                  std::vector<int32_t>* osds) {
  if (item >= 0) return osds->push_back(item);
  const rados::CrushBucket* bucket = crush.FindBucket(item);
  if (!bucket || depth > kMaxDepth) return;
  for (const int32_t below : bucket->items) AddOsdsBelow(crush, below, depth + 1, osds);
}

// The OSDs that a word means: a number, a bucket, a class, or all.
std::optional<std::vector<int32_t>> OsdsOf(const OsdMap& map, const std::string& word) {
  std::vector<int32_t> osds;
  if (const auto osd = ParseOsdName(word)) return std::vector<int32_t>{*osd};
  const auto device_class = map.crush->FindClass(word);
  if (word == "all" || word == "any" || word == "*" || device_class) {
    for (int32_t osd = 0; osd < map.max_osd; ++osd)
      if (map.Exists(osd) && (!device_class || map.crush->DeviceClass(osd) == word))
        osds.push_back(osd);
    return osds;
  }
  const auto item = map.crush->FindItem(word);
  if (!item) return std::nullopt;
  AddOsdsBelow(*map.crush, *item, 0, &osds);
  return osds;
}

Result SetOsdFlags(const MonState& state, const std::vector<std::string>& who, uint32_t bits,
                   bool on) {
  for (const std::string& word : who) {
    const auto osds = OsdsOf(state.maps->current(), word);
    if (!osds)
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat("'", word, "' is no OSD, bucket or device class")));
    for (const int32_t osd : *osds) {
      const auto changed = state.osds->SetOsdFlags(osd, bits, on);
      if (!changed.ok()) return Result::Error(changed.status());
    }
  }
  return Result::Done("");
}

Result SetGroup(const MonState& state, const Args& args, bool on) {
  uint32_t bits = 0;
  const std::vector<std::string> names = absl::StrSplit(args.Text("flags"), ',', absl::SkipEmpty());
  for (const std::string& name : names) {
    const auto* flag = std::begin(kOsdFlags);
    while (flag != std::end(kOsdFlags) && name != flag->name) ++flag;
    if (flag == std::end(kOsdFlags))
      return Result::Error(absl::InvalidArgumentError(
          absl::StrCat("unrecognized flag '", name, "' must be one of noup|nodown|noin|noout")));
    bits |= flag->bits;
  }
  return SetOsdFlags(state, args.List("who"), bits, on);
}

Result SetRatio(const MonState& state, const Args& args, float rados::OsdMapIncremental::* ratio) {
  const auto value = args.Real("ratio");
  if (!value.ok()) return Result::Error(value.status());
  if (**value < 0 || **value > 1)
    return Result::Error(absl::InvalidArgumentError("a ratio is between 0 and 1"));
  const absl::Status status = state.osds->Change(
      [&](rados::OsdMapIncremental* change) { change->*ratio = static_cast<float>(**value); });
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat(args.prefix(), " ", **value));
}

Result SetMinClient(const MonState& state, const Args& args) {
  const std::string name = args.Text("version");
  const OsdMap& map = state.maps->current();
  uint8_t release = 0;
  for (uint8_t r = 1; r < 32 && release == 0; ++r)
    if (ReleaseName(r) == name && name != "unknown") release = r;
  if (release == 0)
    return Result::Error(
        absl::InvalidArgumentError(absl::StrCat("version ", name, " is not recognized")));
  if (release < OsdMap::kReleaseLuminous && MinCompatClient(map) == "luminous")
    return Result::Error(absl::PermissionDeniedError(
        absl::StrCat("osdmap current utilizes features that require luminous; cannot set "
                     "require_min_compat_client below that to ",
                     name)));
  const absl::Status status = state.osds->Change(
      [&](rados::OsdMapIncremental* change) { change->new_require_min_compat_client = release; });
  if (!status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("set require_min_compat_client to ", name));
}

void AddRatioCommands(const MonState& s, CommandTable* table) {
  const std::pair<const char*, float rados::OsdMapIncremental::*> ratios[] = {
      {"full", &rados::OsdMapIncremental::new_full_ratio},
      {"nearfull", &rados::OsdMapIncremental::new_nearfull_ratio},
      {"backfillfull", &rados::OsdMapIncremental::new_backfillfull_ratio}};
  for (const auto& [name, ratio] : ratios)
    table->Define(absl::StrCat("osd set-", name, "-ratio {ratio:CephFloat,range=0.0|1.0}"),
                  absl::StrCat("say how much of an OSD may be used before it counts as ", name),
                  "rw", [&s, ratio = ratio](const Args& args) { return SetRatio(s, args, ratio); });
}

}  // namespace

void AddOsdFlagCommands(const MonState& s, CommandTable* table) {
  const std::string choices =
      "full|pause|noup|nodown|noout|noin|nobackfill|norebalance|norecover|noscrub|nodeep-scrub|"
      "notieragent|nosnaptrim";
  table->Define(absl::StrCat("osd set {key:CephChoices,strings=", choices,
                             "|pglog_hardlimit} {yes_i_really_mean_it:CephBool,opt}"),
                "set a flag of the OSD map", "rw",
                [&s](const Args& args) { return SetMapFlag(s, args.Text("key"), true); });
  table->Define(absl::StrCat("osd unset {key:CephChoices,strings=", choices, "}"),
                "clear a flag of the OSD map", "rw",
                [&s](const Args& args) { return SetMapFlag(s, args.Text("key"), false); });
  table->Define("osd pause", "let no client read or write", "rw",
                [&s](const Args&) { return SetMapFlag(s, "pause", true); });
  table->Define("osd unpause", "let clients read and write again", "rw",
                [&s](const Args&) { return SetMapFlag(s, "pause", false); });
  for (const bool on : {true, false}) {
    table->Define(
        absl::StrCat("osd ", on ? "set" : "unset",
                     "-group {flags:CephString} {who:CephString,n=N}"),
        absl::StrCat(on ? "set" : "clear", " flags (noup,nodown,noin,noout) of some OSDs"), "rw",
        [&s, on](const Args& args) { return SetGroup(s, args, on); });
    for (const NamedBits& flag : kOsdFlags)
      table->Define(absl::StrCat("osd ", on ? "add-" : "rm-", flag.name, " {ids:CephString,n=N}"),
                    absl::StrCat(on ? "set" : "clear", " the flag ", flag.name, " of some OSDs"),
                    "rw", [&s, on, bits = flag.bits](const Args& args) {
                      return SetOsdFlags(s, args.List("ids"), bits, on);
                    });
  }
  AddRatioCommands(s, table);
  table->Define(
      "osd get-require-min-compat-client", "print the oldest client that may connect", "r",
      [&s](const Args&) {
        return Result::Output(ReleaseName(s.maps->current().require_min_compat_client) + "\n");
      });
  table->Define(
      "osd set-require-min-compat-client {version:CephString} {yes_i_really_mean_it:CephBool,opt}",
      "say how old clients may be", "rw", [&s](const Args& args) { return SetMinClient(s, args); });
  table->Define(
      "osd require-osd-release {release:CephChoices,strings=luminous|mimic|nautilus|octopus|"
      "pacific} {yes_i_really_mean_it:CephBool,opt}",
      "say how old OSDs may be", "rw", [](const Args& args) {
        return args.Text("release") == "pacific"
                   ? Result::Done("")
                   : Result::Error(absl::PermissionDeniedError(
                         "require_osd_release cannot be lowered once it has been set"));
      });
}

}  // namespace siphon::mon
