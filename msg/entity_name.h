// EntityName: who a peer is on the wire: a type and a number ("osd.3", "client.4107").
#ifndef SIPHON_MSG_ENTITY_NAME_H_
#define SIPHON_MSG_ENTITY_NAME_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_type.h"

namespace siphon {

struct EntityName {
  EntityType type = kEntityNone;
  int64_t num = -1;  // -1: anonymous, or not known yet

  // "osd.3"; "client.?" while the number is -1.
  std::string ToString() const;
  // InvalidArgument: not TYPE.NUMBER.
  static absl::StatusOr<EntityName> Parse(std::string_view text);

  // entity_name_t: u8 type, i64 number.
  void Encode(Encoder& e) const {
    e.U8(type);
    e.I64(num);
  }
  static EntityName Decode(Decoder& d) {
    EntityName name;
    name.type = d.U8();
    name.num = d.I64();
    return name;
  }

  friend auto operator<=>(const EntityName&, const EntityName&) = default;
};

}  // namespace siphon

#endif  // SIPHON_MSG_ENTITY_NAME_H_
