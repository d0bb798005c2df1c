#include "services/osd/pg/object_filter.h"

#include <cerrno>
#include <string_view>

#include "services/osd/classes/class_registry.h"
#include "services/osd/classes/object_class.h"

namespace siphon::osd {
namespace {

// The error of a kind that there is not: CLASS.FILTER, where the OSD may not load the class.
int32_t ErrorOf(std::string_view kind) {
  const size_t dot = kind.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot == kind.size() - 1) return -EINVAL;
  const ObjectClass::Method* method = nullptr;
  const int32_t found = ClassRegistry::Standard().Find(kind.substr(0, dot), "", &method);
  return found == -EPERM ? -EPERM : -EINVAL;
}

}  // namespace

int32_t ObjectFilter::Read(Decoder& d) {
  d.String();
  d.String();
  const std::string kind = d.String();
  if (kind != "plain" && kind != "hello.hello") return ErrorOf(kind);
  attribute_ = d.String();
  value_ = d.String();
  return d.ok() ? 0 : -EINVAL;
}

bool ObjectFilter::Shows(ObjectCollection& collection, const rados::HObject& object) const {
  if (attribute_.empty()) return value_.empty();
  const auto found = collection.GetAttr(object, attribute_);
  return found.ok() && found->size() == value_.size() && *found == value_;
}

}  // namespace siphon::osd
