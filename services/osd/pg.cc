#include "services/osd/pg.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "glog/logging.h"
#include "services/osd/op_executor.h"
#include "services/osd/pg_lister.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::EVersion;
using rados::MOsdOp;
using rados::MOsdOpReply;
using rados::OsdOp;

constexpr uint32_t kAckFlags = rados::kRequestAck | rados::kRequestOnNvram | rados::kRequestOnDisk;
constexpr uint32_t kDone = rados::kRequestAck | rados::kRequestOnDisk;

bool IsPgRequest(const MOsdOp& request) {
  return (request.flags & rados::kRequestPgOp) != 0 ||
         std::any_of(request.ops.begin(), request.ops.end(),
                     [](const OsdOp& op) { return rados::IsPgOp(op.code); });
}

bool Writes(const MOsdOp& request) {
  return request.may_write() ||
         std::any_of(request.ops.begin(), request.ops.end(),
                     [](const OsdOp& op) { return rados::IsWriteOp(op.code); });
}

void Acknowledge(MOsdOpReply* reply) { reply->flags |= kDone; }

// Ceph's two fields for one thing: clients old and new find the version they look for.
void SetVersions(const EVersion& version, uint64_t user_version, MOsdOpReply* reply) {
  reply->replay_version = version;
  reply->bad_replay_version = version;
  reply->user_version = user_version;
  if (user_version != 0) reply->bad_replay_version.version = user_version;
}

// A write's answer has no output, unless the client asked for it.
void DropOutput(const MOsdOp& request, MOsdOpReply* reply) {
  if ((request.flags & rados::kRequestReturnVector) != 0) return;
  for (OsdOp& op : reply->ops) {
    op.out.Clear();
    op.result = std::min(op.result, 0);
  }
}

}  // namespace

std::unique_ptr<MOsdOpReply> MakeErrorReply(MOsdOp& request, int32_t result, uint32_t epoch) {
  auto reply = std::make_unique<MOsdOpReply>();
  reply->set_tid(request.tid());
  reply->oid = request.oid;
  reply->pg = request.pg.pg;
  reply->flags = request.flags & ~uint32_t{rados::kRequestOnNvram};
  reply->result = result;
  reply->map_epoch = epoch;
  reply->retry_attempt = request.retry_attempt;
  reply->ops = std::move(request.ops);
  for (OsdOp& op : reply->ops) op.in.Clear();
  return reply;
}

Pg::Pg(const rados::PgId& id, ObjectCollectionPtr collection, const OpLimits& limits)
    : id_(id), collection_(std::move(collection)), limits_(limits) {}

int32_t Pg::Check(const MOsdOp& request) const {
  const size_t max = limits_.max_object_name;
  if (request.oid.size() > max || request.locator.key.size() > max ||
      request.locator.nspace.size() > max) {
    return -ENAMETOOLONG;
  }
  if (IsPgRequest(request)) return 0;
  if (request.oid.empty()) return -EINVAL;
  if (Writes(request) && request.data().size() > limits_.max_write_size) return -EMSGSIZE;
  // No snapshots yet: there is nothing but the live object.
  if (request.snap != rados::kSnapHead) return -EOPNOTSUPP;
  return 0;
}

std::unique_ptr<MOsdOpReply> Pg::Execute(MOsdOp& request, const PgEpoch& now) {
  if (const int32_t error = Check(request); error < 0) {
    return MakeErrorReply(request, error, now.epoch);
  }
  auto reply = std::make_unique<MOsdOpReply>();
  reply->set_tid(request.tid());
  reply->oid = request.oid;
  reply->pg = id_;
  reply->flags = request.flags & ~uint32_t{kAckFlags};
  reply->map_epoch = now.epoch;
  reply->retry_attempt = request.retry_attempt;
  MutexLock lock(mutex_);
  if (IsPgRequest(request)) {
    ExecuteOnPg(request, now, reply.get());
  } else {
    ExecuteOnObject(request, now, reply.get());
  }
  for (OsdOp& op : reply->ops) op.in.Clear();
  return reply;
}

void Pg::ExecuteOnPg(MOsdOp& request, const PgEpoch& now, MOsdOpReply* reply) {
  for (OsdOp& op : request.ops) {
    reply->result = op.code == rados::kOpPgNls ? ListPg(*collection_, limits_, id_, now.pg_num,
                                                        request.locator.nspace, &op)
                                               : -EOPNOTSUPP;
    if (reply->result < 0) break;
  }
  reply->ops = std::move(request.ops);
  SetVersions(last_update_, last_user_version_, reply);
  Acknowledge(reply);
}

void Pg::ExecuteOnObject(MOsdOp& request, const PgEpoch& now, MOsdOpReply* reply) {
  const bool writes = Writes(request);
  const rados::OsdReqId id = request.effective_reqid();
  if (writes) {
    if (const RequestLog::Entry* before = log_.Find(id)) {
      VLOG(1) << id_.ToString() << ": " << id.ToString() << " came again; answered as before";
      reply->result = before->result;
      reply->ops = std::move(request.ops);
      SetVersions(before->version, before->user_version, reply);
      return Acknowledge(reply);
    }
  }
  OpExecutor executor(collection_.get(), limits_, request);
  if (!writes && !executor.existed()) {
    // Refused before any operation runs, so no operation has a result of its own.
    reply->result = -ENOENT;
    reply->flags |= request.flags & kDone;
    reply->ops = std::move(request.ops);
    return;
  }
  reply->result = executor.Run(&request.ops);
  reply->ops = std::move(request.ops);
  Acknowledge(reply);
  if (reply->result < 0 || !executor.changes()) {
    SetVersions(EVersion(), executor.user_version(), reply);
    // A write that fails now must fail when it comes again, whatever has changed.
    if (writes && reply->result < 0) {
      log_.Add(id, {EVersion(), executor.user_version(), reply->result});
    }
    return;
  }
  const EVersion version{now.epoch, last_update_.version + 1};
  const uint64_t user_version = std::max(last_user_version_, executor.user_version()) + 1;
  const absl::Status applied = collection_->Apply(executor.TakeTransaction(version, user_version));
  if (!applied.ok()) {
    LOG(ERROR) << id_.ToString() << ": the store refused " << request.Summary() << ": " << applied;
    reply->result = -EIO;
    return;
  }
  last_update_ = version;
  last_user_version_ = user_version;
  reply->result = 0;
  DropOutput(request, reply);
  SetVersions(version, user_version, reply);
  log_.Add(id, {version, user_version, 0});
}

}  // namespace siphon::osd
