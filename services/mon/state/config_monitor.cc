#include "services/mon/state/config_monitor.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"
#include "base/config.h"
#include "nlohmann/json.hpp"

namespace siphon::mon {
namespace {

using Json = nlohmann::json;

// In the order in which they are listed.
constexpr const char* kTypes[] = {"global", "mon", "mgr", "osd", "mds", "client"};

// Ceph has two thousand options, Siphon some hundred. What begins like one of Ceph's is taken, for
// programs that know what to do with it.
constexpr const char* kFamilies[] = {
    "auth_",      "bdev_",   "bluefs_",   "bluestore_", "client_", "crush_",    "debug_",
    "filestore_", "journal", "kstore_",   "log_",       "mds_",    "memstore_", "mgr_",
    "mgr/",       "mon_",    "ms_",       "objecter_",  "op_",     "osd_",      "rados_",
    "rbd_",       "rgw_",    "rocksdb_",  "cluster",    "clog_",   "perf",      "public_",
    "heartbeat_", "host",    "throttler_"};

absl::Status CheckName(const std::string& name, bool force) {
  if (name.empty() || name.size() > 256)
    return absl::InvalidArgumentError("an option's name has 1 to 256 bytes");
  if (force || FindOption(name) != nullptr) return absl::OkStatus();
  for (const char* family : kFamilies)
    if (absl::StartsWith(name, family)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unrecognized config option '", name, "'"));
}

absl::Status CheckValue(const std::string& name, const std::string& value) {
  if (value.size() > ConfigMonitor::kMaxValueBytes)
    return absl::InvalidArgumentError(absl::StrCat("the value of '", name, "' is too long"));
  for (const char* special : {"keyring", "mon_host", "mon_data", "osd_data", "fsid"})
    if (name == special)
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is special and cannot be stored by the mon"));
  if (FindOption(name) == nullptr) return absl::OkStatus();
  Config scratch;
  const absl::Status parsed = scratch.Set(name, value, Config::Source::kFile);
  return parsed.ok()
             ? parsed
             : absl::InvalidArgumentError(absl::StrCat("error parsing value: ", parsed.message()));
}

size_t TypeRank(const std::string& type) {
  return static_cast<size_t>(std::find(std::begin(kTypes), std::end(kTypes), type) -
                             std::begin(kTypes));
}

std::string KeyOf(const ConfigMonitor::Section& section, const std::string& name) {
  return absl::StrCat(section.ToString(), "/", name);
}

// How narrow a section is: what wins is greater.
std::array<int, 3> Rank(const ConfigMonitor::Section& s) {
  return {(s.location.empty() ? 0 : 2) + (s.device_class.empty() ? 0 : 1), s.id.empty() ? 0 : 1,
          s.type == "global" ? 0 : 1};
}

bool Fits(const ConfigMonitor::Section& s, const ConfigMonitor::Target& target) {
  if (s.type != "global" && s.type != target.type) return false;
  if (!s.id.empty() && s.id != target.id) return false;
  if (!s.device_class.empty() && s.device_class != target.device_class) return false;
  if (s.location.empty()) return true;
  const auto at = target.location.find(s.location_type);
  return at != target.location.end() && at->second == s.location;
}

std::string VersionKey(uint64_t version) { return absl::StrFormat("%016x", version); }

}  // namespace

absl::StatusOr<ConfigMonitor::Section> ConfigMonitor::Section::Parse(std::string_view text) {
  const absl::Status bad =
      absl::InvalidArgumentError(absl::StrCat("unrecognized config target '", AbslView(text), "'"));
  Section section;
  const std::vector<std::string> parts = absl::StrSplit(AbslView(text), '/');
  const std::pair<std::string, std::string> who = absl::StrSplit(parts[0], absl::MaxSplits('.', 1));
  section.type = who.first;
  section.id = who.second;
  if (TypeRank(section.type) == std::size(kTypes)) return bad;
  if (section.type == "global" && !section.id.empty()) return bad;
  if (text.size() > 256 || (section.id.empty() && parts[0].ends_with('.'))) return bad;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::pair<std::string, std::string> mask =
        absl::StrSplit(parts[i], absl::MaxSplits(':', 1));
    if (mask.second.empty()) return bad;
    if (mask.first == "class") {
      section.device_class = mask.second;
    } else {
      section.location_type = mask.first;
      section.location = mask.second;
    }
  }
  return section;
}

std::string ConfigMonitor::Section::Who() const {
  return id.empty() ? type : absl::StrCat(type, ".", id);
}

std::string ConfigMonitor::Section::Mask() const {
  std::string mask = location.empty() ? "" : absl::StrCat(location_type, ":", location);
  if (!device_class.empty())
    absl::StrAppend(&mask, mask.empty() ? "" : "/", "class:", device_class);
  return mask;
}

std::string ConfigMonitor::Section::ToString() const {
  return absl::StrCat(Who(), Mask().empty() ? "" : "/", Mask());
}

absl::Status ConfigMonitor::Load() {
  const auto keys = store_->Keys(MonStore::kConfig);
  if (!keys.ok()) return keys.status();
  for (const std::string& key : *keys) {
    const auto value = store_->Get(MonStore::kConfig, key);
    if (!value.ok()) return value.status();
    const size_t slash = key.rfind('/');
    // Names of managers' modules have slashes themselves.
    const size_t module = key.find("/mgr/");
    const size_t cut = module != std::string::npos ? module : slash;
    const auto section = Section::Parse(key.substr(0, cut));
    if (!section.ok() || !*value)
      return absl::DataLossError(absl::StrCat("monitor's store: configuration ", key));
    options_[key] = {*section, key.substr(cut + 1), **value};
  }
  const auto versions = store_->Keys(MonStore::kConfigHistory);
  if (!versions.ok()) return versions.status();
  for (const std::string& text : *versions) {
    const auto value = store_->Get(MonStore::kConfigHistory, text);
    if (!value.ok()) return value.status();
    const Json json = Json::parse(value->value_or(""), nullptr, false);
    uint64_t version = 0;
    if (!absl::SimpleHexAtoi(text, &version) || !json.is_object() || !json.contains("when") ||
        !json["when"].is_number_integer() || !json.contains("changes"))
      return absl::DataLossError(absl::StrCat("monitor's store: history of configuration ", text));
    version_ = std::max(version_, version);
    for (const auto& item : json["changes"].items()) {
      const auto field = [&item](const char* name) {
        return item.value().contains(name)
                   ? std::optional<std::string>(item.value()[name].get<std::string>())
                   : std::nullopt;
      };
      history_[version].push_back({version, absl::FromUnixMicros(json["when"].get<int64_t>()),
                                   item.key(), field("before"), field("after")});
    }
  }
  return absl::OkStatus();
}

absl::Status ConfigMonitor::Set(std::string_view section_text, const std::string& name,
                                const std::optional<std::string>& value, bool force,
                                absl::Time now) {
  const auto section = Section::Parse(section_text);
  if (!section.ok()) return section.status();
  // Names may be written with spaces or dashes, as everywhere.
  const OptionSpec* known = FindOption(name);
  const std::string plain = known != nullptr ? known->name : name;
  const std::string key = KeyOf(*section, plain);
  if (!value) return Commit({{key, std::nullopt}}, now);
  if (absl::Status status = CheckName(plain, force); !status.ok()) return status;
  if (absl::Status status = CheckValue(plain, *value); !status.ok()) return status;
  if (options_.size() >= kMaxOptions && !options_.contains(key))
    return absl::OutOfRangeError(absl::StrCat("there are ", kMaxOptions, " options already"));
  return Commit({{key, value}}, now);
}

absl::Status ConfigMonitor::Commit(const std::map<std::string, std::optional<std::string>>& changes,
                                   absl::Time now) {
  MonStore::Batch batch;
  Json entry = {{"when", absl::ToUnixMicros(now)}, {"changes", Json::object()}};
  std::vector<Change> done;
  for (const auto& [key, value] : changes) {
    const auto it = options_.find(key);
    const auto before =
        it == options_.end() ? std::nullopt : std::optional<std::string>(it->second.value);
    if (before == value) continue;
    if (value)
      batch.Put(MonStore::kConfig, key, *value);
    else
      batch.Delete(MonStore::kConfig, key);
    Json& one = entry["changes"][key] = Json::object();
    if (before) one["before"] = *before;
    if (value) one["after"] = *value;
    done.push_back({version_ + 1, now, key, before, value});
  }
  if (done.empty()) return absl::OkStatus();
  batch.Put(MonStore::kConfigHistory, VersionKey(version_ + 1),
            entry.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (history_.size() >= kHistoryKept)
    batch.Delete(MonStore::kConfigHistory, VersionKey(history_.begin()->first));
  if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
  if (history_.size() >= kHistoryKept) history_.erase(history_.begin());
  history_[++version_] = done;
  for (const Change& change : done) {
    if (!change.after) {
      options_.erase(change.key);
      continue;
    }
    const size_t module = change.key.find("/mgr/");
    const size_t cut = module != std::string::npos ? module : change.key.rfind('/');
    options_[change.key] = {*Section::Parse(change.key.substr(0, cut)), change.key.substr(cut + 1),
                            *change.after};
  }
  return absl::OkStatus();
}

absl::Status ConfigMonitor::Reset(uint64_t version, absl::Time now) {
  if (version > version_ || (!history_.empty() && version + 1 < history_.begin()->first))
    return absl::NotFoundError(absl::StrCat("configuration ", version, " is not known"));
  std::map<std::string, std::optional<std::string>> back;
  for (auto it = history_.rbegin(); it != history_.rend() && it->first > version; ++it)
    for (const Change& change : it->second) back[change.key] = change.before;
  return Commit(back, now);
}

std::vector<ConfigMonitor::Option> ConfigMonitor::All() const {
  std::vector<Option> all;
  for (const auto& item : options_) all.push_back(item.second);
  std::sort(all.begin(), all.end(), [](const Option& a, const Option& b) {
    return std::tuple(TypeRank(a.section.type), a.section.id, a.name, KeyOf(a.section, a.name)) <
           std::tuple(TypeRank(b.section.type), b.section.id, b.name, KeyOf(b.section, b.name));
  });
  return all;
}

std::vector<ConfigMonitor::Option> ConfigMonitor::Effective(const Target& target) const {
  std::map<std::string, const Option*> best;
  for (const auto& item : options_) {
    const Option& option = item.second;
    if (!Fits(option.section, target)) continue;
    const Option*& now = best[option.name];
    if (now == nullptr || Rank(now->section) <= Rank(option.section)) now = &option;
  }
  std::vector<Option> options;
  for (const auto& item : best) options.push_back(*item.second);
  return options;
}

std::vector<ConfigMonitor::Change> ConfigMonitor::History(size_t most) const {
  std::vector<Change> changes;
  size_t versions = 0;
  for (auto it = history_.rbegin(); it != history_.rend() && versions < most; ++it, ++versions)
    changes.insert(changes.end(), it->second.begin(), it->second.end());
  return changes;
}

}  // namespace siphon::mon
