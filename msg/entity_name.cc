#include "msg/entity_name.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {

std::string EntityName::ToString() const {
  const absl::string_view type_text = AbslView(EntityTypeName(type));
  if (num < 0) return absl::StrCat(type_text, ".?");
  return absl::StrCat(type_text, ".", num);
}

absl::StatusOr<EntityName> EntityName::Parse(std::string_view text) {
  const size_t dot = text.find('.');
  const std::string_view number =
      dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  EntityName name;
  name.type = EntityTypeFromName(text.substr(0, dot));
  const bool anonymous = number == "?";
  const bool digits =
      !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
  if (name.type == kEntityNone ||
      !(anonymous || (digits && absl::SimpleAtoi(AbslView(number), &name.num)))) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", AbslView(text),
                     "\" is no entity name; give TYPE.NUMBER, as osd.3, with a type of mon, mds, "
                     "osd, client, mgr or auth"));
  }
  return name;
}

}  // namespace siphon
