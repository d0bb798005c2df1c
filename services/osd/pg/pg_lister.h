// PgLister: answers PGNLS, and its old form PGLS, with a filter or without: a page of a placement
// group's object names. A deleted object whose clones live on is listed, as Ceph does.
//
// A cursor is an HObject; the first that a client sends is the least. Where a group ends, the
// cursor handed out is where the next group in listing order begins, or the greatest object, which
// in the old form it always is.
// Threads: any; no state.
#ifndef SIPHON_SERVICES_OSD_PG_PG_LISTER_H_
#define SIPHON_SERVICES_OSD_PG_PG_LISTER_H_

#include <cstdint>
#include <string>

#include "services/osd/pg/op_limits.h"
#include "services/osd/store/object_store.h"
#include "services/rados/hobject.h"
#include "services/rados/osd_op.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

// The first place in listing order that belongs to `pg`, of a pool of `pg_num` groups, and the
// first after it; HObject::Max() after the last.
rados::HObject PgBegin(const rados::PgId& pg);
rados::HObject PgEnd(const rados::PgId& pg, uint32_t pg_num);

// Lists into `op`. `nspace` is the namespace asked for; "\001" for all, but in the old form.
// Result: 1 at the group's end, 0 when there is more, -EINVAL for a cursor, count or filter that is
// none, and for an operation that no group knows.
int32_t ListPg(ObjectCollection& collection, const OpLimits& limits, const rados::PgId& pg,
               uint32_t pg_num, const std::string& nspace, rados::OsdOp* op);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_PG_LISTER_H_
