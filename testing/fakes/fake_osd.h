// FakeOsd: the objects of a cluster in a map, and the operations on them that clients' tests need.
//
// It answers each request as real OSDs do, but has no placement groups: one listing goes over the
// whole pool. Threads: one at a time.
#ifndef SIPHON_TESTING_FAKES_FAKE_OSD_H_
#define SIPHON_TESTING_FAKES_FAKE_OSD_H_

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"

namespace siphon {

class FakeOsd {
 public:
  static constexpr absl::Time kModified = absl::FromUnixSeconds(1'700'000'000);

  std::map<rados::HObject, std::string> objects;
  uint64_t version = 1;
  size_t page_entries = 1024;  // of a listing
  int32_t fail_with = 0;       // the result of everything, if not 0

  std::unique_ptr<rados::MOsdOpReply> Answer(rados::MOsdOp& request) {
    auto reply = std::make_unique<rados::MOsdOpReply>();
    reply->set_tid(request.tid());
    reply->oid = request.oid;
    reply->pg = request.pg.pg;
    reply->flags = request.flags;
    reply->retry_attempt = request.retry_attempt;
    reply->ops = request.ops;
    if (request.may_write()) ++version;
    reply->user_version = version;
    reply->result = fail_with;
    for (rados::OsdOp& op : reply->ops) {
      if (reply->result < 0) break;
      const int32_t result = Run(request, op);
      if (result != 0 && (op.flags & rados::kOpFlagFailOk) == 0) reply->result = result;
    }
    return reply;
  }

 private:
  int32_t Run(const rados::MOsdOp& request, rados::OsdOp& op) {
    const rados::HObject name = request.hobject();
    const auto found = objects.find(name);
    const auto extent = op.extent();
    switch (op.code) {
      case rados::kOpSetAllocHint:
        return 0;
      case rados::kOpCreate:
        if (found != objects.end() && op.flags == rados::kOpFlagExclusive) return -EEXIST;
        objects[name];
        return 0;
      case rados::kOpWriteFull:
        objects[name] = op.in.ToString();
        return 0;
      case rados::kOpAppend:
        objects[name] += op.in.ToString();
        return 0;
      case rados::kOpWrite: {
        std::string& bytes = objects[name];
        bytes.resize(std::max<size_t>(bytes.size(), extent.offset + extent.length));
        bytes.replace(extent.offset, extent.length, op.in.ToString());
        return 0;
      }
      case rados::kOpPgNls:
        return List(op);
      default:
        break;
    }
    if (found == objects.end()) return -ENOENT;
    switch (op.code) {
      case rados::kOpTruncate:
        found->second.resize(extent.offset);
        return 0;
      case rados::kOpDelete:
        objects.erase(found);
        return 0;
      case rados::kOpRead:
        if (extent.offset < found->second.size()) {
          op.out.Append(found->second.substr(extent.offset,
                                             extent.length ? extent.length : std::string::npos));
        }
        return 0;
      case rados::kOpStat: {
        Encoder e(&op.out);
        e.U64(found->second.size());
        e.Time(kModified);
        return 0;
      }
      default:
        return -EOPNOTSUPP;
    }
  }

  int32_t List(rados::OsdOp& op) {
    Decoder d(op.in);
    const rados::HObject cursor = rados::HObject::Decode(d);
    auto end = objects.lower_bound(cursor);
    const auto begin = end;
    uint32_t n = 0;
    for (; end != objects.end() && n < page_entries; ++end) ++n;
    Encoder e(&op.out);
    Encoder::Versioned v(e, 1, 1);
    (end == objects.end() ? rados::HObject::Max() : end->first).Encode(e);
    e.U32(n);
    for (auto it = begin; it != end; ++it) {
      e.String(it->first.nspace);
      e.String(it->first.oid);
      e.String(it->first.key);
    }
    return end == objects.end() ? 1 : 0;
  }
};

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_FAKE_OSD_H_
