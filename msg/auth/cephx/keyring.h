// Keyring: keys and capabilities by name, in Ceph's file format:
//
//   [client.admin]
//           key = AQBk…==
//           caps mon = "allow *"
//
// Lines may be blank or begin with # or ;. Fields that are not known are refused, but "auid", which
// old versions wrote, is skipped. Writing puts entries in the order of their names.
//
// Threads: one at a time.
#ifndef SIPHON_MSG_AUTH_CEPHX_KEYRING_H_
#define SIPHON_MSG_AUTH_CEPHX_KEYRING_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "msg/auth/auth_name.h"
#include "msg/auth/cephx/crypto_key.h"

namespace siphon::cephx {

// What is known of an entity: its secret, and what it may do by service ("mon" -> "allow r").
struct EntityAuth {
  CryptoKey key;
  std::map<std::string, std::string> caps;

  friend bool operator==(const EntityAuth&, const EntityAuth&) = default;
};

class Keyring {
 public:
  // Larger files are no keyrings, bytes.
  static constexpr size_t kMaxFileBytes = 16 << 20;

  // `source` begins the messages: "FILE:3: ...". InvalidArgument: not a keyring.
  static absl::StatusOr<Keyring> Parse(std::string_view text, std::string_view source);
  // NotFound, PermissionDenied: the file cannot be read; else as Parse().
  static absl::StatusOr<Keyring> Load(const std::string& path);
  // The first that exists of `paths`, a list with commas or blanks between, as the option keyring.
  static absl::StatusOr<Keyring> LoadFirst(std::string_view paths);

  // Holds keys: not for logs.
  std::string ToText() const;
  // Replaces the file at once, or not at all; only its owner can read it (0600).
  absl::Status Save(const std::string& path) const;

  // Null: not in it.
  const EntityAuth* Find(const AuthName& name) const;
  void Set(const AuthName& name, EntityAuth auth) { entries_[name] = std::move(auth); }
  bool Erase(const AuthName& name) { return entries_.erase(name) > 0; }
  const std::map<AuthName, EntityAuth>& entries() const { return entries_; }

 private:
  std::map<AuthName, EntityAuth> entries_;
};

// One entry as a keyring shows it, and as `auth get` prints it. Holds its key.
std::string KeyringText(const AuthName& name, const EntityAuth& auth);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_KEYRING_H_
