// The clients that are refused.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/mon/commands/osd_commands.h"
#include "services/mon/state/map_names.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

constexpr double kDefaultSeconds = 3600;
constexpr double kMaxSeconds = 1e9;

// Maps hold these addresses without a type, as "any" protocol's.
absl::StatusOr<EntityAddr> ParseBlocked(const std::string& text) {
  absl::StatusOr<EntityAddr> addr = EntityAddr::Parse(text, EntityAddr::kAny);
  if (!addr.ok()) return absl::InvalidArgumentError(absl::StrCat("unable to parse address ", text));
  addr->set_type(EntityAddr::kAny);
  return addr;
}

Result Change(const MonState& state, const Args& args, const std::string& op) {
  if (args.Text("range") == "range")
    return Result::Error(absl::UnimplementedError("ranges of addresses cannot be blocked"));
  const absl::StatusOr<EntityAddr> addr = ParseBlocked(args.Text("addr"));
  if (!addr.ok()) return Result::Error(addr.status());
  const std::string shown = addr->HostPortNonce();
  if (op == "rm") {
    const auto changed = state.osds->RemoveFromBlocklist(*addr);
    if (!changed.ok()) return Result::Error(changed.status());
    return Result::Done(*changed ? absl::StrCat("un-blocklisting ", shown)
                                 : absl::StrCat(shown, " isn't blocklisted"));
  }
  if (op != "add")
    return Result::Error(absl::InvalidArgumentError(absl::StrCat("'", op, "' is not add or rm")));
  const auto expire = args.Real("expire");
  if (!expire.ok()) return Result::Error(expire.status());
  const double seconds = expire->value_or(kDefaultSeconds);
  if (seconds < 0 || seconds > kMaxSeconds)
    return Result::Error(absl::InvalidArgumentError("a block lasts 0 to 1e9 seconds"));
  const absl::Time until = state.clock->Now() + absl::Seconds(seconds);
  const absl::Status status = state.osds->AddToBlocklist(*addr, until);
  if (!status.ok()) return Result::Error(status);
  return Result::Done(
      absl::StrFormat("blocklisting %s until %s (%g sec)", shown, TimeText(until), seconds));
}

// Ceph writes the list of single addresses and that of ranges, one after the other.
Result List(const MonState& state, const Args& args) {
  const auto& blocked = state.maps->current().blocklist;
  const std::string status = absl::StrCat("listed ", blocked.size(), " entries");
  Json json = Json::array();
  std::string text;
  for (const auto& [addr, until] : blocked) {
    json.push_back({{"addr", addr.HostPortNonce()}, {"until", TimeText(until)}});
    absl::StrAppend(&text, addr.HostPortNonce(), " ", TimeText(until), "\n");
  }
  if (args.json()) text = json.dump(args.pretty() ? 4 : -1) + "[]";
  return Result::Output(text, status);
}

Result Clear(const MonState& state) {
  const absl::Status status = state.osds->ClearBlocklist();
  return status.ok() ? Result::Done(" removed all blocklist entries") : Result::Error(status);
}

}  // namespace

void AddBlocklistCommands(const MonState& s, CommandTable* table) {
  for (const std::string name : {"blocklist", "blacklist"}) {
    const std::string op = name + "op";
    const std::string range =
        name == "blocklist" ? " {range:CephString,opt,goodchars=[range]}" : "";
    table->Define(absl::StrCat("osd ", name, range, " {", op,
                               ":CephChoices,strings=add|rm} {addr:CephEntityAddr} "
                               "{expire:CephFloat,opt,range=0.0}"),
                  "refuse a client for some seconds (an hour), or take it back", "rw",
                  [&s, op](const Args& args) { return Change(s, args, args.Text(op)); });
    table->Define(absl::StrCat("osd ", name, " ls"), "list the clients that are refused", "r",
                  [&s](const Args& args) { return List(s, args); });
    table->Define(absl::StrCat("osd ", name, " clear"), "refuse no client any more", "rw",
                  [&s](const Args&) { return Clear(s); });
  }
}

}  // namespace siphon::mon
