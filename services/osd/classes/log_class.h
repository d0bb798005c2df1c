// The object class "log": a log of entries in the object map, ordered by time.
// Inputs, outputs and results are those of Ceph 16.2.
#ifndef SIPHON_SERVICES_OSD_CLASSES_LOG_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_LOG_CLASS_H_

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

ObjectClass LogClass();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_LOG_CLASS_H_
