#include "msg/auth/auth_name.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

bool IsPrintable(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::string AuthName::ToString() const {
  return absl::StrCat(AbslView(EntityTypeName(type)), ".", id);
}

absl::StatusOr<AuthName> AuthName::Parse(std::string_view text) {
  const auto refuse = [text] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", AbslView(text.substr(0, kMaxIdBytes)),
                     "\" is not an entity's name; give TYPE.ID, as client.admin or osd.3"));
  };
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return refuse();
  AuthName name;
  name.type = EntityTypeFromName(text.substr(0, dot));
  name.id = std::string(text.substr(dot + 1));
  if (name.type == kEntityNone || name.id.size() > kMaxIdBytes || !IsPrintable(name.id) ||
      name.id.find_first_of("[]") != std::string::npos ||
      (name.id.empty() && name.type != kEntityMon)) {
    return refuse();
  }
  return name;
}

AuthName AuthName::Decode(Decoder& d) {
  AuthName name;
  const uint32_t type = d.U32();
  const std::string_view id = d.StringView();
  if (!d.ok()) return name;
  if (type > kEntityAny || EntityTypeName(static_cast<EntityType>(type)) == "unknown") {
    d.Fail("no such entity type");
  } else if (id.size() > kMaxIdBytes) {
    d.Fail("an entity's name is too long");
  } else if (!IsPrintable(id)) {
    d.Fail("an entity's name has unprintable characters");
  } else {
    name.type = static_cast<EntityType>(type);
    name.id = std::string(id);
  }
  return name;
}

}  // namespace siphon
