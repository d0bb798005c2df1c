#include "services/osd/object_filter.h"

#include <cerrno>

namespace siphon::osd {

int32_t ObjectFilter::Read(Decoder& d) {
  d.String();
  d.String();
  const std::string kind = d.String();
  if (kind != "plain" && kind != "hello.hello") return -EINVAL;
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
