// The object class "hello": greets; an example of what classes can do.
// Inputs, outputs and results are those of Ceph 16.2.
#ifndef SIPHON_SERVICES_OSD_CLASSES_HELLO_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_HELLO_CLASS_H_

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

ObjectClass HelloClass();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_HELLO_CLASS_H_
