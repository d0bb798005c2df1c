#include "services/mon/commands/auth_commands.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/keyring.h"
#include "services/common/commands/command_result.h"
#include "services/mon/text/auth_text.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Result = CommandResult;
using cephx::EntityAuth;
using cephx::Keyring;
using Caps = std::map<std::string, std::string>;

constexpr char kEntity[] = "{entity:CephString}";
constexpr char kCaps[] = "{caps:CephString,opt,n=N}";
constexpr size_t kMaxInputBytes = 1 << 20;

Result Invalid(std::string why) { return Result::Error(absl::InvalidArgumentError(why)); }

absl::StatusOr<AuthName> Entity(const Args& args) {
  absl::StatusOr<AuthName> name = AuthName::Parse(args.Text("entity"));
  if (!name.ok()) return absl::InvalidArgumentError("bad entity name");
  return name;
}

// "mon", "allow r", "osd", "allow rw": a service and its capabilities by turns.
absl::StatusOr<Caps> WantedCaps(const Args& args) {
  const std::vector<std::string> words = args.List("caps");
  if (words.size() % 2 != 0)
    return absl::InvalidArgumentError("bad capabilities request; odd number of arguments");
  Caps caps;
  for (size_t i = 0; i < words.size(); i += 2) {
    if (absl::Status status = CheckCaps(words[i], words[i + 1]); !status.ok()) return status;
    caps[words[i]] = words[i + 1];
  }
  return caps;
}

// Each of the wanted capabilities is there as it is wanted; else the first that is not.
std::string Differs(const EntityAuth& auth, const Caps& wanted) {
  for (const auto& [service, caps] : wanted) {
    const auto has = auth.caps.find(service);
    if (has == auth.caps.end() || has->second != caps) return service;
  }
  return "";
}

absl::StatusOr<Keyring> InputKeyring(const Args& args) {
  if (args.input().size() > kMaxInputBytes)
    return absl::InvalidArgumentError("the keyring has more than 1 MiB");
  return Keyring::Parse(args.input().ToString(), "keyring");
}

Result GetOrCreate(AuthMonitor* auth, const Args& args, bool key_only) {
  const absl::StatusOr<AuthName> name = Entity(args);
  if (!name.ok()) return Result::Error(name.status());
  const absl::StatusOr<Caps> caps = WantedCaps(args);
  if (!caps.ok()) return Result::Error(caps.status());
  absl::StatusOr<EntityAuth> entry = auth->FindEntity(*name);
  if (entry.ok()) {
    if (const std::string cap = Differs(*entry, *caps); !cap.empty())
      return Invalid(
          absl::StrCat("key for ", name->ToString(), " exists but cap ", cap, " does not match"));
  } else {
    entry = EntityAuth{.key = auth->NewKey(), .caps = *caps};
    if (absl::Status status = auth->Put({{*name, *entry}}); !status.ok())
      return Result::Error(status);
  }
  if (key_only) {
    if (args.json()) return Result::OutputJson(args, KeyJson(entry->key));
    return Result::Output(entry->key.ToBase64() + "\n");
  }
  if (args.json()) return Result::OutputJson(args, EntityListJson({{*name, *entry}}));
  return Result::Output(cephx::KeyringText(*name, {.key = entry->key, .caps = {}}));
}

Result Get(AuthMonitor* auth, const Args& args) {
  const absl::StatusOr<AuthName> name = Entity(args);
  const auto entry = name.ok() ? auth->FindEntity(*name) : name.status();
  if (!name.ok())
    return Result::Error(
        absl::InvalidArgumentError(absl::StrCat("invalid entity_auth ", args.Text("entity"))));
  if (!entry.ok())
    return Result::Error(
        absl::NotFoundError(absl::StrCat("failed to find ", args.Text("entity"), " in keyring")));
  const std::string status = absl::StrCat("exported keyring for ", name->ToString());
  if (args.json()) return Result::OutputJson(args, EntityListJson({{*name, *entry}}), status);
  return Result::Output(cephx::KeyringText(*name, *entry), status);
}

Result GetKey(AuthMonitor* auth, const Args& args) {
  const absl::StatusOr<AuthName> name = Entity(args);
  const auto entry = name.ok() ? auth->FindEntity(*name) : name.status();
  if (!entry.ok())
    return Result::Error(absl::NotFoundError(absl::StrCat("don't have ", args.Text("entity"))));
  if (args.json()) return Result::OutputJson(args, KeyJson(entry->key));
  return Result::Output(entry->key.ToBase64());
}

Result Export(AuthMonitor* auth, const Args& args) {
  AuthMonitor::Entries entries = auth->entities();
  std::string status = "exported master keyring";
  if (args.Has("entity")) {
    const absl::StatusOr<AuthName> name = Entity(args);
    const auto entry = name.ok() ? auth->FindEntity(*name) : name.status();
    if (!entry.ok())
      return Result::Error(absl::NotFoundError(absl::StrCat("no key for ", args.Text("entity"))));
    entries = {{*name, *entry}};
    status = absl::StrCat("exported keyring for ", name->ToString());  // not the key: it is logged
  }
  if (args.json()) return Result::OutputJson(args, EntityListJson(entries), status);
  std::string text;
  for (const auto& [name, entry] : entries) text += cephx::KeyringText(name, entry);
  return Result::Output(std::move(text), status);
}

Result List(AuthMonitor* auth, const Args& args) {
  if (args.json())
    return Result::OutputJson(args, {{"auth_dump", EntityListJson(auth->entities())}});
  return Result::Output(EntityListText(auth->entities()), "installed auth entries:\n");
}

Result Add(AuthMonitor* auth, const Args& args) {
  const absl::StatusOr<AuthName> name = Entity(args);
  if (!name.ok()) return Result::Error(name.status());
  const absl::StatusOr<Caps> caps = WantedCaps(args);
  if (!caps.ok()) return Result::Error(caps.status());
  EntityAuth entry = {.key = {}, .caps = *caps};
  if (!args.input().empty()) {
    const absl::StatusOr<Keyring> keyring = InputKeyring(args);
    if (!keyring.ok()) return Result::Error(keyring.status());
    const EntityAuth* given = keyring->Find(*name);
    if (given == nullptr)
      return Invalid(absl::StrCat("key for ", name->ToString(), " not found in provided keyring"));
    if (!caps->empty() && !given->caps.empty())
      return Invalid("caps cannot be specified both in keyring and in command");
    entry.key = given->key;
    if (caps->empty()) entry.caps = given->caps;
    for (const auto& [service, text] : entry.caps)
      if (absl::Status status = CheckCaps(service, text); !status.ok())
        return Result::Error(status);
  }
  const absl::StatusOr<EntityAuth> before = auth->FindEntity(*name);
  if (before.ok()) {
    if (!entry.key.empty() && !(entry.key == before->key))
      return Invalid(absl::StrCat("entity ", name->ToString(), " exists but key does not match"));
    if (const std::string cap = Differs(*before, entry.caps); !cap.empty())
      return Invalid(
          absl::StrCat("entity ", name->ToString(), " exists but cap ", cap, " does not match"));
    return Result::Done("");
  }
  if (entry.key.empty()) entry.key = auth->NewKey();
  if (absl::Status status = auth->Put({{*name, entry}}); !status.ok()) return Result::Error(status);
  return Result::Done(absl::StrCat("added key for ", name->ToString()));
}

Result SetCaps(AuthMonitor* auth, const Args& args) {
  const absl::StatusOr<AuthName> name = Entity(args);
  if (!name.ok()) return Result::Error(name.status());
  absl::StatusOr<EntityAuth> entry = auth->FindEntity(*name);
  if (!entry.ok())
    return Result::Error(
        absl::NotFoundError(absl::StrCat("couldn't find entry ", name->ToString())));
  absl::StatusOr<Caps> caps = WantedCaps(args);
  if (!caps.ok()) return Result::Error(caps.status());
  entry->caps = *std::move(caps);
  if (absl::Status status = auth->Put({{*name, *entry}}); !status.ok())
    return Result::Error(status);
  return Result::Done(absl::StrCat("updated caps for ", name->ToString()));
}

Result Remove(AuthMonitor* auth, const Args& args) {
  const absl::StatusOr<AuthName> name = Entity(args);
  if (!name.ok()) return Result::Error(name.status());
  if (*name == AuthName{kEntityMon, ""})
    return Result::Error(absl::PermissionDeniedError("mon. holds the monitors' own key"));
  const absl::StatusOr<bool> erased = auth->Erase(*name);
  if (!erased.ok()) return Result::Error(erased.status());
  return Result::Done(*erased ? "updated"
                              : absl::StrCat("entity ", name->ToString(), " does not exist"));
}

Result Import(AuthMonitor* auth, const Args& args) {
  if (args.input().empty()) return Invalid("auth import: no data supplied");
  const absl::StatusOr<Keyring> keyring = InputKeyring(args);
  if (!keyring.ok()) return Result::Error(keyring.status());
  for (const auto& [name, entry] : keyring->entries()) {
    if (entry.key.empty())
      return Invalid(absl::StrCat("auth import: ", name.ToString(), " has no key"));
    for (const auto& [service, text] : entry.caps)
      if (absl::Status status = CheckCaps(service, text); !status.ok())
        return Result::Error(status);
  }
  if (absl::Status status = auth->Put(keyring->entries()); !status.ok())
    return Result::Error(status);
  return Result::Done("imported keyring");
}

}  // namespace

void AddAuthCommands(AuthMonitor* auth, CommandTable* table) {
  const auto define = [&](const std::string& line, const char* help, const char* permission,
                          Result (*run)(AuthMonitor*, const Args&)) {
    table->Define(line, help, permission,
                  [auth, run](const Args& args) { return run(auth, args); });
  };
  const std::string who = absl::StrCat(" ", kEntity);
  const std::string who_and_caps = absl::StrCat(who, " ", kCaps);
  for (const char* words : {"auth ls", "auth list"})
    define(words, "list keys and capabilities", "rx", List);
  define("auth get" + who, "print an entity's keyring", "rx", Get);
  for (const char* words : {"auth get-key", "auth print-key", "auth print_key"})
    define(words + who, "print an entity's key", "rx", GetKey);
  define("auth export {entity:CephString,opt}", "print the keyring of one entity, or of all", "rx",
         Export);
  define("auth import", "add the entities of the keyring given with -i", "rwx", Import);
  define("auth add" + who_and_caps, "add an entity, with a new key or that of the keyring of -i",
         "rwx", Add);
  define("auth caps" + absl::StrCat(who, " {caps:CephString,n=N}"),
         "replace an entity's capabilities", "rwx", SetCaps);
  for (const char* words : {"auth del", "auth rm"})
    define(words + who, "remove an entity and its key", "rwx", Remove);
  define("auth get-or-create" + who_and_caps, "print an entity's key, which is made if need be",
         "rwx", [](AuthMonitor* a, const Args& args) { return GetOrCreate(a, args, false); });
  define("auth get-or-create-key" + who_and_caps,
         "print an entity's bare key, which is made if need be", "rwx",
         [](AuthMonitor* a, const Args& args) { return GetOrCreate(a, args, true); });
}

}  // namespace siphon::mon
