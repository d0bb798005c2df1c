#include "services/client/pool_io.h"

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "base/decoder.h"
#include "base/mutex.h"

namespace siphon::client {

absl::StatusOr<ObjectStat> DecodeStat(const BufferList& bytes) {
  Decoder d(bytes);
  ObjectStat stat;
  stat.size = d.U64();
  stat.modified = d.Time();
  if (!d.ok()) return d.status();
  return stat;
}

void PoolIo::Submit(std::string oid, ObjectOperation operation, Objecter::Callback done) const {
  objecter_->Submit(Objecter::Request{std::move(oid), locator_, std::move(operation)},
                    std::move(done));
}

void PoolIo::SubmitAt(uint32_t hash, ObjectOperation operation, Objecter::Callback done) const {
  rados::ObjectLocator locator = locator_;
  locator.hash = hash;
  objecter_->Submit(Objecter::Request{"", std::move(locator), std::move(operation)},
                    std::move(done));
}

Objecter::Reply PoolIo::Call(std::string oid, ObjectOperation operation) const {
  Objecter::Reply out;
  Notification answered;
  Submit(std::move(oid), std::move(operation), [&](Objecter::Reply reply) {
    out = std::move(reply);
    answered.Notify();
  });
  answered.WaitForNotification();
  return out;
}

absl::Status PoolIo::ToStatus(int32_t result, std::string_view what, std::string_view oid) const {
  if (result >= 0) return absl::OkStatus();
  const std::string context = absl::StrCat(AbslView(what), " ", pool_name_, "/", AbslView(oid));
  switch (-result) {
    case ENOENT:
      return absl::NotFoundError(absl::StrCat(context, ": no such object"));
    case ETIMEDOUT:
      return absl::DeadlineExceededError(
          absl::StrCat(context,
                       ": no answer in time; see `osd dump` for OSDs that are down, and "
                       "rados_osd_op_timeout"));
    case ESHUTDOWN:
      return absl::PermissionDeniedError(
          absl::StrCat(context,
                       ": this client's address is blocked; see `ceph osd blocklist ls`, and take "
                       "it off by `ceph osd blocklist rm`"));
    case ECANCELED:
      return absl::CancelledError(absl::StrCat(context, ": the client shuts down"));
    default:
      return absl::ErrnoToStatus(-result, context);
  }
}

absl::Status PoolIo::CallFor(std::string_view what, const std::string& oid,
                             ObjectOperation operation) const {
  return ToStatus(Call(oid, std::move(operation)).result, what, oid);
}

absl::Status PoolIo::Create(const std::string& oid, bool exclusive) const {
  return CallFor("create", oid, ObjectOperation().Create(exclusive));
}

absl::Status PoolIo::Write(const std::string& oid, uint64_t offset, BufferList data) const {
  return CallFor("write", oid, ObjectOperation().Write(offset, std::move(data)));
}

absl::Status PoolIo::WriteFull(const std::string& oid, BufferList data) const {
  return CallFor("write", oid, ObjectOperation().WriteFull(std::move(data)));
}

absl::Status PoolIo::Append(const std::string& oid, BufferList data) const {
  return CallFor("append to", oid, ObjectOperation().Append(std::move(data)));
}

absl::Status PoolIo::Truncate(const std::string& oid, uint64_t size) const {
  return CallFor("truncate", oid, ObjectOperation().Truncate(size));
}

absl::Status PoolIo::Remove(const std::string& oid) const {
  return CallFor("remove", oid, ObjectOperation().Delete());
}

absl::StatusOr<BufferList> PoolIo::Read(const std::string& oid, uint64_t offset,
                                        uint64_t length) const {
  Objecter::Reply reply = Call(oid, ObjectOperation().Read(offset, length));
  if (reply.result < 0) return ToStatus(reply.result, "read", oid);
  if (reply.ops.empty()) return ToStatus(-EPROTO, "read", oid);
  return std::move(reply.ops[0].out);
}

absl::StatusOr<ObjectStat> PoolIo::Stat(const std::string& oid) const {
  const Objecter::Reply reply = Call(oid, ObjectOperation().Stat());
  if (reply.result < 0) return ToStatus(reply.result, "stat", oid);
  if (reply.ops.empty()) return ToStatus(-EPROTO, "stat", oid);
  return DecodeStat(reply.ops[0].out);
}

}  // namespace siphon::client
