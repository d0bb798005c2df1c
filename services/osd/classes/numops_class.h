// The object class "numops": arithmetic on numbers that are kept as text in the object map.
// Inputs, outputs and results are those of Ceph 16.2.
#ifndef SIPHON_SERVICES_OSD_CLASSES_NUMOPS_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_NUMOPS_CLASS_H_

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

ObjectClass NumopsClass();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_NUMOPS_CLASS_H_
