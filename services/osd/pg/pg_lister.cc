#include "services/osd/pg/pg_lister.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "services/osd/pg/object_filter.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::OsdOp;
using rados::PgId;

constexpr char kAllNamespaces[] = "\001";

// How many low bits of the hash tell a group of `pg_num` from the others.
int SplitBits(uint32_t ps, uint32_t pg_num) {
  if (pg_num <= 1) return 0;
  const int bits = std::bit_width(pg_num);
  const uint32_t half = uint32_t{1} << (bits - 1);
  return ps % half < pg_num % half ? bits : bits - 1;
}

// The old form: no namespaces.
void EncodeOldPage(const std::vector<HObject>& objects, const HObject& next, BufferList* out) {
  Encoder e(out);
  e.U8(1);
  next.Encode(e);
  e.U32(static_cast<uint32_t>(objects.size()));
  for (const HObject& o : objects) {
    e.String(o.oid);
    e.String(o.key);
  }
}

void EncodePage(const std::vector<HObject>& objects, const HObject& next, BufferList* out) {
  Encoder e(out);
  Encoder::Versioned v(e, 1, 1);
  next.Encode(e);
  e.U32(static_cast<uint32_t>(objects.size()));
  for (const HObject& o : objects) {
    e.String(o.nspace);
    e.String(o.oid);
    e.String(o.key);
  }
}

// What else clients ask of a group. No group has scrub errors, or keeps sets of recent accesses.
int32_t AnswerOther(OsdOp* op) {
  switch (op->code) {
    case rados::kOpPgHitSetList:
      Encoder(&op->out).U32(0);
      return 0;
    case rados::kOpPgHitSetGet:
    case rados::kOpScrubLs:
      return -ENOENT;
    default:
      return -EINVAL;
  }
}

}  // namespace

HObject PgBegin(const PgId& pg) {
  HObject o;
  o.pool = static_cast<int64_t>(pg.pool);
  o.hash = pg.ps;
  return o;
}

HObject PgEnd(const PgId& pg, uint32_t pg_num) {
  const int bits = SplitBits(pg.ps, pg_num);
  const uint64_t last = rados::ReverseBits(pg.ps) | (uint64_t{0xffffffff} >> bits);
  if (last == 0xffffffff) return HObject::Max();
  HObject o;
  o.pool = static_cast<int64_t>(pg.pool);
  o.hash = rados::ReverseBits(static_cast<uint32_t>(last + 1));
  o.snap = rados::kSnapHead;
  return o;
}

int32_t ListPg(ObjectCollection& collection, const OpLimits& limits, const PgId& pg,
               uint32_t pg_num, const std::string& nspace, OsdOp* op) {
  const bool old = op->code == rados::kOpPgLs || op->code == rados::kOpPgLsFilter;
  const bool filters = op->code == rados::kOpPgNlsFilter || op->code == rados::kOpPgLsFilter;
  if (!old && !filters && op->code != rados::kOpPgNls) return AnswerOther(op);
  Decoder d(op->in);
  ObjectFilter filter;
  if (filters) {
    if (const int32_t r = filter.Read(d); r < 0) return r;
  }
  HObject cursor = HObject::Decode(d);
  if (!d.ok()) return -EINVAL;
  const uint64_t wanted = std::min<uint64_t>(op->pg_list().count, limits.max_list);
  if (wanted == 0) return -EINVAL;

  const HObject end = PgEnd(pg, pg_num);
  if (cursor < PgBegin(pg)) cursor = PgBegin(pg);
  std::vector<HObject> found;
  // Objects that are not shown count as well: one answer looks at `wanted` objects.
  auto page = collection.List(cursor, wanted);
  if (!page.ok()) return -EIO;
  for (HObject& o : page->objects) {
    if (o >= end) break;
    if (o.snap != rados::kSnapHead) continue;
    if ((old || nspace != kAllNamespaces) && o.nspace != nspace) continue;
    if (filters && !filter.Shows(collection, o)) continue;
    found.push_back(std::move(o));
  }
  const bool at_end = page->next >= end;
  if (old) {
    EncodeOldPage(found, at_end ? HObject::Max() : page->next, &op->out);
  } else {
    EncodePage(found, at_end ? end : page->next, &op->out);
  }
  return at_end ? 1 : 0;
}

}  // namespace siphon::osd
