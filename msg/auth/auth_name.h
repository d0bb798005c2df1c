// AuthName: who somebody is to the authentication: a type and a text ("client.admin", "osd.3").
//
// Not EntityName, which ends in a number: many clients with one AuthName have a number each.
#ifndef SIPHON_MSG_AUTH_AUTH_NAME_H_
#define SIPHON_MSG_AUTH_AUTH_NAME_H_

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_type.h"

namespace siphon {

struct AuthName {
  // Longer than any that Ceph makes; what is kept of a peer's claim is bounded by it.
  static constexpr size_t kMaxIdBytes = 256;

  EntityType type = kEntityNone;
  std::string id;

  bool empty() const { return type == kEntityNone; }
  // "client.admin"; the monitors' common name is "mon.".
  std::string ToString() const;
  // InvalidArgument: not TYPE.ID with a type that exists. An empty ID is that of "mon." alone.
  static absl::StatusOr<AuthName> Parse(std::string_view text);

  // u32 type, string id.
  void Encode(Encoder& e) const {
    e.U32(type);
    e.String(id);
  }
  // Fails for a type that does not exist, and for an endless or unprintable id.
  static AuthName Decode(Decoder& d);

  friend auto operator<=>(const AuthName&, const AuthName&) = default;
};

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_AUTH_NAME_H_
