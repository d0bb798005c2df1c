// ObjectClass: a named set of methods that clients call on objects (Ceph's object classes, built
// in).
#ifndef SIPHON_SERVICES_OSD_CLASSES_OBJECT_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_OBJECT_CLASS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/buffer_list.h"
#include "services/osd/classes/method_context.h"

namespace siphon::osd {

struct ObjectClass {
  // What a method does; a call of one that writes makes the request a write.
  enum Flag : uint8_t { kReads = 1, kWrites = 2 };

  struct Method {
    std::string_view name;
    uint8_t flags = kReads;
    // Reads the input, may fill the output. 0 or positive, or a negative errno. The input is any
    // bytes that a client may send.
    int32_t (*run)(MethodContext& object, const BufferList& in, BufferList* out) = nullptr;
  };

  std::string_view name;
  std::vector<Method> methods;

  // Null when there is none.
  const Method* Find(std::string_view method) const {
    for (const Method& m : methods) {
      if (m.name == method) return &m;
    }
    return nullptr;
  }
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_OBJECT_CLASS_H_
