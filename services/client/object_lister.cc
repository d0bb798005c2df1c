#include "services/client/object_lister.h"

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/decoder.h"
#include "base/mutex.h"

namespace siphon::client {

absl::StatusOr<std::vector<ObjectLister::Entry>> ObjectLister::Next() {
  std::vector<Entry> entries;
  if (done()) return entries;
  const auto map = io_.objecter()->map();
  Objecter::Reply reply;
  Notification answered;
  io_.SubmitAt(cursor_.hash, ObjectOperation().ListPg(cursor_, kPageEntries, map ? map->epoch : 0),
               [&](Objecter::Reply r) {
                 reply = std::move(r);
                 answered.Notify();
               });
  answered.WaitForNotification();
  if (reply.result == -ENOENT) {
    return absl::NotFoundError(absl::StrCat("pool ", io_.pool_name(), " was removed"));
  }
  if (reply.result < 0) return io_.ToStatus(reply.result, "list", "");
  if (reply.ops.empty()) return io_.ToStatus(-EPROTO, "list", "");

  Decoder d(reply.ops[0].out);
  rados::HObject next;
  {
    Decoder::Versioned v(d, 1, "pg_nls_response_t");
    next = rados::HObject::Decode(d);
    const uint32_t n = d.Count(3 * sizeof(uint32_t));
    entries.reserve(n);
    for (uint32_t i = 0; i < n; ++i) {
      Entry& entry = entries.emplace_back();
      entry.nspace = d.String();
      entry.oid = d.String();
      entry.locator = d.String();
    }
  }
  if (!d.ok()) return d.status();
  // An OSD that does not move on would keep us here for ever.
  if (!(cursor_ < next)) {
    return absl::InternalError(absl::StrCat("list ", io_.pool_name(), ": the OSD goes from ",
                                            cursor_.ToString(), " back to ", next.ToString()));
  }
  cursor_ = std::move(next);
  return entries;
}

}  // namespace siphon::client
