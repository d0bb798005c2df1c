// The object class "version": a version that clients set, count up and compare.
// Inputs, outputs and results are those of Ceph 16.2.
#ifndef SIPHON_SERVICES_OSD_CLASSES_VERSION_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_VERSION_CLASS_H_

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

ObjectClass VersionClass();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_VERSION_CLASS_H_
