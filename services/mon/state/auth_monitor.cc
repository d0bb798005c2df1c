#include "services/mon/state/auth_monitor.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "glog/logging.h"
#include "msg/entity_type.h"

namespace siphon::mon {
namespace {

using cephx::EntityAuth;
using cephx::Keyring;

constexpr uint8_t kVersion = 2;
constexpr uint64_t kNoAuid = ~uint64_t{0};

const AuthName& MonName() {
  static const AuthName& name = *new AuthName{kEntityMon, ""};
  return name;
}

// As Ceph encodes it: u8 2, u64, key, map of string to a blob that holds a string.
std::string Encode(const EntityAuth& auth) {
  BufferList out;
  Encoder e(&out);
  e.U8(kVersion);
  e.U64(kNoAuid);
  auth.key.Encode(e);
  e.U32(static_cast<uint32_t>(auth.caps.size()));
  for (const auto& [service, caps] : auth.caps) {
    e.String(service);
    e.U32(static_cast<uint32_t>(sizeof(uint32_t) + caps.size()));
    e.String(caps);
  }
  return out.ToString();
}

absl::StatusOr<EntityAuth> Decode(std::string_view bytes, const std::string& name) {
  EntityAuth auth;
  Decoder d(bytes);
  if (d.U8() != kVersion) d.Fail("an unknown version");
  d.U64();
  auth.key = cephx::CryptoKey::Decode(d);
  for (uint32_t n = d.Count(12); n > 0 && d.ok(); --n) {
    std::string service = d.String();
    d.U32();
    auth.caps[std::move(service)] = d.String();
  }
  if (!d.ok())
    return absl::DataLossError(absl::StrCat("monitor's store: the entry of ", name,
                                            " cannot be read: ", d.status().message()));
  return auth;
}

// Who there is in a new cluster, by the services that let them do something.
std::map<AuthName, std::map<std::string, std::string>> FirstEntities() {
  std::map<AuthName, std::map<std::string, std::string>> first;
  first[MonName()] = {{"mon", "allow *"}};
  first[{kEntityClient, "admin"}] = {
      {"mds", "allow *"}, {"mgr", "allow *"}, {"mon", "allow *"}, {"osd", "allow *"}};
  for (const char* kind : {"mds", "mgr", "osd", "rbd", "rbd-mirror", "rgw"}) {
    const std::string id = absl::StrCat("bootstrap-", kind);
    first[{kEntityClient, id}] = {{"mon", absl::StrCat("allow profile ", id)}};
  }
  return first;
}

}  // namespace

absl::Status AuthMonitor::Load() {
  const absl::StatusOr<std::vector<std::string>> keys = store_->Keys(MonStore::kAuth);
  if (!keys.ok()) return keys.status();
  MutexLock lock(mutex_);
  for (const std::string& key : *keys) {
    const absl::StatusOr<AuthName> name = AuthName::Parse(key);
    if (!name.ok())
      return absl::DataLossError(
          absl::StrCat("monitor's store: ", key, ": ", name.status().message()));
    const auto stored = store_->Get(MonStore::kAuth, key);
    if (!stored.ok()) return stored.status();
    if (!*stored) continue;
    absl::StatusOr<EntityAuth> auth = Decode(**stored, key);
    if (!auth.ok()) return auth.status();
    entries_[*name] = *std::move(auth);
  }
  return absl::OkStatus();
}

absl::Status AuthMonitor::Begin(const std::string& paths) {
  if (FindEntity(MonName()).ok()) return absl::OkStatus();
  Entries entries;
  bool write = !paths.empty();
  if (!paths.empty()) {
    const absl::StatusOr<Keyring> keyring = Keyring::LoadFirst(paths);
    if (!keyring.ok() && !absl::IsNotFound(keyring.status())) return keyring.status();
    if (keyring.ok() && !keyring->entries().empty()) {
      entries = keyring->entries();
      write = false;
    }
  }
  for (auto& [name, caps] : FirstEntities()) {
    if (entries.contains(name)) continue;
    entries[name] = EntityAuth{.key = NewKey(), .caps = std::move(caps)};
  }
  // The file first: a key that is stored, but told to nobody, would lock everybody out.
  const AuthName admin = {kEntityClient, "admin"};
  if (write) {
    const std::vector<std::string> files =
        absl::StrSplit(paths, absl::ByAnyChar(", "), absl::SkipEmpty());
    if (files.empty()) return absl::InvalidArgumentError("keyring: names no file");
    Keyring keyring;
    keyring.Set(admin, entries[admin]);
    if (absl::Status status = keyring.Save(files.front()); !status.ok()) return status;
    LOG(INFO) << "mon: the key of client.admin is in " << files.front();
  }
  return Put(entries);
}

absl::StatusOr<EntityAuth> AuthMonitor::FindEntity(const AuthName& name) {
  MutexLock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end())
    return absl::NotFoundError(absl::StrCat("there is no ", name.ToString()));
  return found->second;
}

AuthMonitor::Entries AuthMonitor::entities() const {
  MutexLock lock(mutex_);
  Entries all = entries_;
  all.erase(MonName());
  return all;
}

absl::Status AuthMonitor::Put(const Entries& entries) {
  MutexLock lock(mutex_);
  MonStore::Batch batch;
  for (const auto& [name, auth] : entries)
    batch.Put(MonStore::kAuth, name.ToString(), Encode(auth));
  if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
  for (const auto& [name, auth] : entries) entries_[name] = auth;
  return absl::OkStatus();
}

absl::StatusOr<bool> AuthMonitor::Erase(const AuthName& name) {
  MutexLock lock(mutex_);
  if (!entries_.contains(name)) return false;
  MonStore::Batch batch;
  batch.Delete(MonStore::kAuth, name.ToString());
  if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
  entries_.erase(name);
  return true;
}

cephx::CryptoKey AuthMonitor::NewKey() {
  return cephx::CryptoKey::Generate(clock_->Now(), *random_);
}

}  // namespace siphon::mon
