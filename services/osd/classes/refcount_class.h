// The object class "refcount": counts references to an object, which is removed with the last.
// Inputs, outputs and results are those of Ceph 16.2.
#ifndef SIPHON_SERVICES_OSD_CLASSES_REFCOUNT_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_REFCOUNT_CLASS_H_

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

ObjectClass RefcountClass();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_REFCOUNT_CLASS_H_
