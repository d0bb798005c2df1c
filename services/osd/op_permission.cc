#include "services/osd/op_permission.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/caps/osd_caps.h"
#include "services/osd/classes/object_class.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

// The names that a call gives, which a question only points to.
struct CallNames {
  std::string class_name;
  std::string method;
  uint8_t flags = 0;  // of ObjectClass::Flag
};

CallNames NamesOf(const OsdOp& op, const ClassRegistry& classes) {
  const auto call = op.Get<OsdOp::Call>();
  CallNames names;
  names.class_name = op.in.Substr(0, call.class_len).ToString();
  names.method = op.in.Substr(call.class_len, call.method_len).ToString();
  const ObjectClass::Method* method = nullptr;
  // A method that is not there does nothing, and so needs nothing; it fails later.
  if (classes.Find(names.class_name, names.method, &method) >= 0) names.flags = method->flags;
  return names;
}

}  // namespace

bool MayPerform(const ClientSession& session, const rados::MOsdOp& request,
                const rados::OsdMap& map, const EntityAddr& from, const ClassRegistry& classes) {
  if (session.allows_all()) return true;
  const auto id = static_cast<int64_t>(request.pg.pg.pool);
  const rados::PgPool* const pool = map.FindPool(id);
  const auto name = map.pool_names.find(id);
  if (pool == nullptr || name == map.pool_names.end()) return true;

  OsdCaps::Question question;
  question.pool = name->second;
  question.name_space = request.locator.nspace;
  question.object = request.locator.key.empty() ? request.oid : request.locator.key;
  question.applications = &pool->applications;
  question.from = from;
  std::vector<CallNames> calls;
  for (const OsdOp& op : request.ops) {
    if (op.code == rados::kOpCall) {
      calls.push_back(NamesOf(op, classes));
      continue;
    }
    if (rados::IsReadOp(op.code) || op.code == rados::kOpWatch) question.reads = true;
    if (rados::IsWriteOp(op.code)) question.writes = true;
  }
  for (const CallNames& call : calls)
    question.calls.push_back({.class_name = call.class_name,
                              .method = call.method,
                              .reads = (call.flags & ObjectClass::kReads) != 0,
                              .writes = (call.flags & ObjectClass::kWrites) != 0});
  return session.caps().IsAllowed(question);
}

}  // namespace siphon::osd
