// ClassRegistry: the object classes that an OSD has, and the errors of those it has not.
//
// Threads: any; never changes after it was made.
#ifndef SIPHON_SERVICES_OSD_CLASSES_CLASS_REGISTRY_H_
#define SIPHON_SERVICES_OSD_CLASSES_CLASS_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

class ClassRegistry {
 public:
  explicit ClassRegistry(std::vector<ObjectClass> classes);
  // The classes in this folder; never destroyed.
  static const ClassRegistry& Standard();

  // 0 and the method; EPERM for a class that an OSD of Ceph 16.2 does not load either; EOPNOTSUPP
  // for one that it loads and this one does not have, and for an unknown method.
  int32_t Find(std::string_view class_name, std::string_view method,
               const ObjectClass::Method** found) const;
  const std::map<std::string, ObjectClass, std::less<>>& classes() const { return classes_; }

 private:
  std::map<std::string, ObjectClass, std::less<>> classes_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_CLASS_REGISTRY_H_
