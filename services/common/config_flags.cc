#include "services/common/config_flags.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/ceph_conf.h"

ABSL_FLAG(
    std::string, conf, "",
    "The ceph.conf to read. Without it: $CEPH_CONF, /etc/ceph/ceph.conf, ~/.ceph/ceph.conf or "
    "./ceph.conf, the first that is there.");
ABSL_FLAG(std::string, id, "", "Who this is: the part of the name after the dot.");
ABSL_FLAG(std::string, user, "", "The same as --id, as Ceph's programs have it.");
ABSL_FLAG(std::string, name, "", "The whole name, TYPE.ID, instead of --id.");

namespace siphon {
namespace {

// The path to load, and whether it was asked for.
std::string FindConf() {
  if (!absl::GetFlag(FLAGS_conf).empty()) return absl::GetFlag(FLAGS_conf);
  if (const char* path = std::getenv("CEPH_CONF"); path != nullptr && *path != 0) return path;
  std::vector<std::string> candidates = {"/etc/ceph/ceph.conf"};
  if (const char* home = std::getenv("HOME"); home != nullptr) {
    candidates.push_back(absl::StrCat(home, "/.ceph/ceph.conf"));
  }
  candidates.push_back("ceph.conf");
  for (const std::string& path : candidates) {
    if (access(path.c_str(), F_OK) == 0) return path;
  }
  return "";
}

absl::StatusOr<std::string> FindId(const std::string& entity_type, const std::string& default_id) {
  const std::string user = absl::GetFlag(FLAGS_user);
  const std::string id = absl::GetFlag(FLAGS_id).empty() ? user : absl::GetFlag(FLAGS_id);
  const std::string name = absl::GetFlag(FLAGS_name);
  if (!user.empty() && user != id) {
    return absl::InvalidArgumentError(
        absl::StrCat("--id ", id, " and --user ", user, " differ; give one of them"));
  }
  if (name.empty()) {
    if (!id.empty()) return id;
    if (!default_id.empty()) return default_id;
    return absl::InvalidArgumentError(
        absl::StrCat("--id: is missing; give the ", entity_type, "'s id, as in --id 0"));
  }
  const std::string prefix = absl::StrCat(entity_type, ".");
  if (!absl::StartsWith(name, prefix) || name.size() == prefix.size()) {
    return absl::InvalidArgumentError(absl::StrCat("--name: \"", name, "\" is not ", prefix, "ID"));
  }
  if (!id.empty() && name.substr(prefix.size()) != id) {
    return absl::InvalidArgumentError(
        absl::StrCat("--id ", id, " and --name ", name, " differ; give one of them"));
  }
  return name.substr(prefix.size());
}

// A ceph.conf at fault is a mistake in how the program was called.
absl::Status AsUsage(const absl::Status& status) {
  return absl::InvalidArgumentError(status.message());
}

}  // namespace

std::vector<CommandLineFlag> ConfigFlags() {
  return {{"conf", "FILE", 'c'},    {"id", "ID", 'i'},          {"user", "ID"},
          {"name", "TYPE.ID", 'n'}, {"mon_host", "ADDRS", 'm'}, {"keyring", "FILES", 'k'},
          {"keyfile", "FILE", 'K'}};
}

absl::StatusOr<ProcessConfig> LoadProcessConfig(
    const std::string& entity_type, const std::string& default_id,
    const std::vector<std::pair<std::string, std::string>>& options) {
  ProcessConfig out;
  out.entity_type = entity_type;
  absl::StatusOr<std::string> id = FindId(entity_type, default_id);
  if (!id.ok()) return id.status();
  out.id = *std::move(id);
  out.config = std::make_unique<Config>();
  out.conf_path = FindConf();
  if (!out.conf_path.empty()) {
    absl::StatusOr<CephConf> conf = CephConf::Load(out.conf_path);
    if (!conf.ok()) return AsUsage(conf.status());
    const absl::Status applied =
        conf->ApplyTo(out.config.get(), out.entity_type, out.id, &out.ignored);
    if (!applied.ok()) return AsUsage(applied);
  }
  if (const char* paths = std::getenv("CEPH_KEYRING"); paths != nullptr && *paths != 0) {
    const absl::Status set = out.config->Set("keyring", paths, Config::Source::kEnvironment);
    if (!set.ok()) return AsUsage(set);
  }
  const absl::Status applied = ApplyOptions(options, out.config.get());
  if (!applied.ok()) return AsUsage(applied);
  return out;
}

}  // namespace siphon
