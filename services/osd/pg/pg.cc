#include "services/osd/pg/pg.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "glog/logging.h"
#include "msg/entity_type.h"
#include "services/osd/pg/pg_lister.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::EVersion;
using rados::HObject;
using rados::MOsdOp;
using rados::MOsdOpReply;
using rados::OsdOp;

constexpr uint32_t kAckFlags = rados::kRequestAck | rados::kRequestOnNvram | rados::kRequestOnDisk;
constexpr uint32_t kDone = rados::kRequestAck | rados::kRequestOnDisk;

// Ceph's EOLDSNAPC: the client is to fetch the pool's snapshots first.
constexpr int32_t kOldSnapContext = 85;

void Acknowledge(MOsdOpReply* reply) { reply->flags |= kDone; }

// Ceph's two fields for one thing: clients old and new find the version they look for.
void SetVersions(const EVersion& version, uint64_t user_version, MOsdOpReply* reply) {
  reply->replay_version = version;
  reply->bad_replay_version = version;
  reply->user_version = user_version;
  if (user_version != 0) reply->bad_replay_version.version = user_version;
}

// A write's answer has no output, unless the client asked for it.
void DropOutput(MOsdOpReply* reply) {
  for (OsdOp& op : reply->ops) op.out.Clear();
}

// What the client gets back of a write must be small. False: an operation's output is not.
bool BoundOutput(size_t max, std::vector<OsdOp>* ops) {
  bool fits = true;
  for (OsdOp& op : *ops) {
    if (op.out.size() <= max) continue;
    op.out.Clear();
    op.result = -EOVERFLOW;
    fits = false;
  }
  return fits;
}

// The snapshots that a write of `request` preserves.
rados::SnapContext SnapsOf(const MOsdOp& request, const PgEpoch& now) {
  const bool own = (request.flags & rados::kRequestEnforceSnapContext) != 0 ||
                   now.pool == nullptr || !now.pool->HasFlag(rados::PgPool::kPoolSnaps);
  rados::SnapContext snaps;
  if (own) {
    snaps = request.snap_context;
    if (!now.removed_snaps.empty()) {
      std::erase_if(snaps.snaps, [&](uint64_t s) { return now.removed_snaps.Contains(s); });
    }
    return snaps;
  }
  snaps.seq = now.pool->snap_seq;
  for (auto it = now.pool->snaps.rbegin(); it != now.pool->snaps.rend(); ++it) {
    snaps.snaps.push_back(it->first);
  }
  return snaps;
}

// What a request that makes the pool grow gets if the pool or the cluster is full: 0 if it is not,
// EAGAIN to be dropped, or the error that it wants to see.
int32_t CheckFull(const MOsdOp& request, const PgEpoch& now) {
  const bool pool_full = now.pool != nullptr && now.pool->HasFlag(rados::PgPool::kFull);
  if (!pool_full && !now.cluster_full) return 0;
  // File systems would break; they stop by themselves.
  if (request.effective_reqid().name.type == kEntityMds) return 0;
  if ((request.flags & rados::kRequestFullForce) != 0) return 0;
  if ((request.flags & rados::kRequestFullTry) == 0) return -EAGAIN;
  return pool_full && now.pool->HasFlag(rados::PgPool::kFullQuota) ? -EDQUOT : -ENOSPC;
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

Pg::Pg(const rados::PgId& id, ObjectCollectionPtr collection, const PgEnvironment& environment)
    : id_(id),
      collection_(std::move(collection)),
      environment_(environment),
      watches_({.timer = environment.timer,
                .clock = environment.clock,
                .on_watch_due = nullptr,
                .on_notify_due = nullptr}) {}

std::shared_ptr<Pg> Pg::Make(const rados::PgId& id, ObjectCollectionPtr collection,
                             const PgEnvironment& environment) {
  const std::shared_ptr<Pg> pg(new Pg(id, std::move(collection), environment));
  pg->ListenToWatches();
  MutexLock lock(pg->mutex_);
  pg->broken_ = pg->LoadNotes();
  LOG_IF(ERROR, !pg->broken_.ok()) << id.ToString() << ": takes no requests: " << pg->broken_;
  return pg;
}

int32_t Pg::Check(const MOsdOp& request, const RequestTraits& traits, const OpLimits& limits) {
  if (traits.error < 0) return traits.error;
  if (traits.lists) return 0;
  const size_t max = limits.max_object_name;
  if (request.oid.size() > max || request.locator.key.size() > max ||
      request.locator.nspace.size() > limits.max_namespace) {
    return -ENAMETOOLONG;
  }
  if (request.oid.empty()) return -EINVAL;
  if (!traits.writes) return 0;
  if (request.snap != rados::kSnapHead || !request.snap_context.IsValid()) return -EINVAL;
  return request.data().size() > limits.max_write_size ? -EMSGSIZE : 0;
}

std::unique_ptr<MOsdOpReply> Pg::Execute(MOsdOp& request, const PgEpoch& now,
                                         const std::vector<CopiedObject>* copied) {
  const RequestTraits traits = FindTraits(request, *environment_.classes);
  const OpLimits limits =
      environment_.live_limits != nullptr ? environment_.live_limits->Get() : environment_.limits;
  if (const int32_t error = Check(request, traits, limits); error < 0) {
    return MakeErrorReply(request, error, now.epoch);
  }
  MutexLock lock(mutex_);
  if (!broken_.ok()) return MakeErrorReply(request, -EIO, now.epoch);
  limits_ = limits;
  auto reply = std::make_unique<MOsdOpReply>();
  reply->set_tid(request.tid());
  reply->oid = request.oid;
  reply->pg = id_;
  reply->flags = request.flags & ~uint32_t{kAckFlags};
  reply->map_epoch = now.epoch;
  reply->retry_attempt = request.retry_attempt;
  if (traits.lists) {
    ExecuteOnPg(request, now, reply.get());
  } else if (!ExecuteOnObject(request, traits.writes, now, copied, reply.get())) {
    return nullptr;
  }
  for (OsdOp& op : reply->ops) op.in.Clear();
  return reply;
}

void Pg::ExecuteOnPg(MOsdOp& request, const PgEpoch& now, MOsdOpReply* reply) {
  for (OsdOp& op : request.ops) {
    // A snapshot has no list of its own.
    reply->result =
        request.snap != rados::kSnapHead
            ? -EINVAL
            : ListPg(*collection_, limits_, id_, now.pg_num, request.locator.nspace, &op);
    if (reply->result < 0) break;
  }
  reply->ops = std::move(request.ops);
  SetVersions(last_update_, last_user_version_, reply);
  Acknowledge(reply);
}

OpContext Pg::MakeContext(const MOsdOp& request, const PgEpoch& now) {
  OpContext context;
  context.collection = collection_.get();
  context.limits = &limits_;
  context.classes = environment_.classes;
  context.watches = &watches_;
  context.random = environment_.random;
  context.snaps = SnapsOf(request, now);
  context.removed_snaps = now.removed_snaps;
  context.epoch = now.epoch;
  context.now = environment_.clock->Now();
  context.client = request.effective_reqid().name;
  if (request.connection() != nullptr) context.client_addr = request.connection()->peer_addr();
  return context;
}

bool Pg::ExecuteOnObject(MOsdOp& request, bool writes, const PgEpoch& now,
                         const std::vector<CopiedObject>* copied, MOsdOpReply* reply) {
  const rados::OsdReqId id = request.effective_reqid();
  if (writes) {
    if (const RequestLog::Entry* before = log_.Find(id)) {
      VLOG(1) << id_.ToString() << ": " << id.ToString() << " came again; answered as before";
      reply->result = before->result;
      reply->ops = std::move(request.ops);
      for (size_t i = 0; i < before->returns.size() && i < reply->ops.size(); ++i) {
        reply->ops[i].result = before->returns[i].result;
        reply->ops[i].out = before->returns[i].out;
      }
      SetVersions(before->version, before->user_version, reply);
      Acknowledge(reply);
      return true;
    }
  }
  HObject name = request.hobject();
  name.snap = rados::kSnapHead;
  ObjectState head = LoadObject(*collection_, name);
  watches_.Populate(name, head.info.watches);
  OpContext context = MakeContext(request, now);
  context.last_user_version = last_user_version_;
  context.copied = copied;
  std::optional<ObjectState> object =
      writes ? std::optional(std::move(head))
             : FindAtSnap(*collection_, head, request.snap, now.removed_snaps);
  int32_t refused = object.has_value() ? 0 : -ENOENT;
  if (writes && (request.flags & rados::kRequestOrderSnap) != 0 &&
      context.snaps.seq < object->snaps.seq) {
    refused = -kOldSnapContext;
  }
  if (refused < 0) {
    // Before any operation runs, so no operation has a result of its own.
    reply->result = refused;
    reply->flags |= request.flags & kDone;
    if (refused == -ENOENT && !request.ops.empty() && request.ops[0].code == rados::kOpCopyGet) {
      request.ops[0].result = refused;
      request.ops[0].out = OpExecutor::CopyOfNothing();
      Acknowledge(reply);
    }
    reply->ops = std::move(request.ops);
    return true;
  }
  OpExecutor executor(context, request, *std::move(object));
  reply->result = executor.Run(&request.ops);
  if (reply->result >= 0 && executor.changes()) {
    if (executor.grows()) {
      const int32_t full = CheckFull(request, now);
      if (full == -EAGAIN) return false;
      if (full < 0) reply->result = full;
    }
    if ((request.flags & rados::kRequestReturnVector) != 0 &&
        !BoundOutput(limits_.max_write_reply, &request.ops)) {
      reply->result = -EOVERFLOW;
    }
  }
  CountOps(request.ops);
  Finish(request, writes, now, name, &executor, reply);
  return true;
}

void Pg::Finish(MOsdOp& request, bool writes, const PgEpoch& now, const HObject& object,
                OpExecutor* executor, MOsdOpReply* reply) {
  const rados::OsdReqId id = request.effective_reqid();
  reply->ops = std::move(request.ops);
  Acknowledge(reply);
  uint64_t user_version = executor->user_version();
  if (reply->result < 0 || !executor->changes()) {
    SetVersions(EVersion(), user_version, reply);
    if (writes) NoteUnchanged(id, now.epoch, user_version, reply->result);
  } else {
    EVersion version = NextVersion(now.epoch);
    if (const uint64_t copied = executor->copied_user_version(); copied != 0) {
      user_version = copied;
    } else if (executor->user_changes()) {
      user_version = std::max(last_user_version_, user_version) + 1;
    }
    Transaction transaction = executor->TakeTransaction(&version, &user_version);
    RequestLog::Entry entry{version, user_version, reply->result};
    if ((request.flags & rados::kRequestReturnVector) != 0) {
      for (const OsdOp& op : reply->ops) entry.returns.push_back({op.result, op.out});
    } else {
      entry.result = 0;
    }
    transaction.Note(log_.NoteOf(id, entry));
    const absl::Status applied = Commit(std::move(transaction), version, user_version);
    if (!applied.ok()) {
      LOG(ERROR) << id_.ToString() << ": the store refused " << request.Summary() << ": "
                 << applied;
      reply->result = -EIO;
      return;
    }
    CountChange(executor->count_before(), executor->count_after());
    reply->result = entry.result;
    if ((request.flags & rados::kRequestReturnVector) == 0) DropOutput(reply);
    SetVersions(version, user_version, reply);
    log_.Add(id, entry);
  }
  if (reply->result >= 0 && !executor->effects().empty()) {
    watches_.Perform(object, executor->effects(), id.name, request.connection(), user_version);
  }
}

EVersion Pg::NextVersion(uint32_t epoch) const {
  return {std::max(epoch, last_update_.epoch), last_update_.version + 1};
}

}  // namespace siphon::osd
