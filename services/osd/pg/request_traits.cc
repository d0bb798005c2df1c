#include "services/osd/pg/request_traits.h"

#include <cerrno>
#include <string>

#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

void AddCall(const OsdOp& op, const ClassRegistry& classes, RequestTraits* traits) {
  const auto names = op.Get<OsdOp::Call>();
  const ObjectClass::Method* method = nullptr;
  const int32_t found =
      classes.Find(op.in.Substr(0, names.class_len).ToString(),
                   op.in.Substr(names.class_len, names.method_len).ToString(), &method);
  traits->calls = true;
  if (found < 0) {
    if (traits->error == 0) traits->error = found;
    return;
  }
  if ((method->flags & ObjectClass::kReads) != 0) traits->reads = true;
  if ((method->flags & ObjectClass::kWrites) != 0) traits->writes = true;
}

// What caches are asked, which no pool is.
bool IsCacheOp(uint16_t code) {
  return code == rados::kOpCacheFlush || code == rados::kOpCacheTryFlush ||
         code == rados::kOpCacheEvict;
}

}  // namespace

RequestTraits FindTraits(const rados::MOsdOp& request, const ClassRegistry& classes) {
  RequestTraits traits;
  traits.lists = (request.flags & rados::kRequestPgOp) != 0;
  for (const OsdOp& op : request.ops) {
    if (rados::IsPgOp(op.code)) traits.lists = true;
    if (op.code == rados::kOpCall) {
      AddCall(op, classes, &traits);
    } else if (op.code == rados::kOpWatch && op.Get<OsdOp::Watch>().op == rados::kWatchOpPing) {
      traits.reads = true;  // a ping changes nothing that is kept
    } else {
      if (IsCacheOp(op.code) && traits.error == 0) traits.error = -EINVAL;
      if (rados::IsWriteOp(op.code)) traits.writes = true;
      if (rados::IsReadOp(op.code)) traits.reads = true;
    }
  }
  return traits;
}

}  // namespace siphon::osd
