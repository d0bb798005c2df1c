// The object class "lock": advisory locks on an object, held by clients (rados lock, librados' lock
// calls, RBD). A lock is an attribute of the object, "lock.NAME"; holders with a time limit lapse.
// Inputs, outputs and results are those of Ceph 16.2.
#ifndef SIPHON_SERVICES_OSD_CLASSES_LOCK_CLASS_H_
#define SIPHON_SERVICES_OSD_CLASSES_LOCK_CLASS_H_

#include "services/osd/classes/object_class.h"

namespace siphon::osd {

ObjectClass LockClass();

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_LOCK_CLASS_H_
