// ObjectFilter: which objects a listing shows: those that have an attribute with a certain value.
//
// A client names the kind of filter: "plain", or "hello.hello" of Ceph's class for examples, which
// does the same. The attribute has the name that it is kept under: "_NAME" for a client's own.
// Threads: any, once it is read. A value type.
#ifndef SIPHON_SERVICES_OSD_PG_OBJECT_FILTER_H_
#define SIPHON_SERVICES_OSD_PG_OBJECT_FILTER_H_

#include <cstdint>
#include <string>

#include "base/decoder.h"
#include "services/osd/store/object_store.h"
#include "services/rados/hobject.h"

namespace siphon::osd {

class ObjectFilter {
 public:
  // Reads the class and method that clients send first, which nothing looks at, and the filter:
  // string kind, string attribute, string value. Result: 0; -EINVAL for what is no filter, or of
  // a kind that there is not; -EPERM for one of a class that Ceph's OSDs do not load.
  int32_t Read(Decoder& d);

  bool Shows(ObjectCollection& collection, const rados::HObject& object) const;

 private:
  std::string attribute_;  // empty: the value is compared with nothing
  std::string value_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OBJECT_FILTER_H_
