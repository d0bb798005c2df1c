#include "services/osd/op_service.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "glog/logging.h"
#include "services/osd/client_session.h"
#include "services/osd/op_permission.h"
#include "services/osd/pg/pg.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/osd_op_code.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {
namespace {

using rados::MOsdOp;
using rados::OsdMap;

// The group that holds the request's object by `map` is the one it names.
bool PlacedRight(const MOsdOp& request, const OsdMap& map) {
  const rados::PgPool* pool = map.FindPool(static_cast<int64_t>(request.pg.pg.pool));
  if (pool == nullptr) return true;
  // Clients send again what they sent before that epoch.
  if (request.map_epoch < pool->last_force_op_resend) return false;
  return pool->PgOfHash(request.raw_hash) == request.pg.pg.ps;
}

// The client sent it to some copy, which need not be the one that leads.
bool IsForAnyCopy(const MOsdOp& request) {
  return (request.flags & (rados::kRequestBalanceReads | rados::kRequestLocalizeReads)) != 0 &&
         request.may_read() && !request.may_write();
}

// A write whose client neither wants to know that there is no space, nor makes some.
bool WaitsForSpace(const MOsdOp& request) {
  return request.may_write() &&
         (request.flags & (rados::kRequestFullTry | rados::kRequestFullForce)) == 0;
}

// Bytes from which a read may take longer than the way to another thread.
constexpr uint64_t kMuch = 256 << 10;

bool ReadsMuch(const MOsdOp& request) {
  return std::any_of(request.ops.begin(), request.ops.end(), [](const rados::OsdOp& op) {
    return (op.code == rados::kOpRead || op.code == rados::kOpSparseRead ||
            op.code == rados::kOpChecksum) &&
           op.extent().length >= kMuch;
  });
}

}  // namespace

void OpService::FastDispatch(MessagePtr message) {
  const ConnectionPtr connection = message->connection();
  if (connection == nullptr) return;
  Request request;
  if (message->type() == MOsdOp::kType) {
    request.op = tracker_->Begin(AsOp(message), connection->peer_addr());
  }
  request.message = std::move(message);
  if (MaybeWait(request)) return;
  Run(std::move(request));
}

bool OpService::MayRun(Message& message) const {
  if (message.type() != MOsdOp::kType) return true;
  const auto& request = MessageAs<MOsdOp>(message);
  const std::shared_ptr<const OsdMap> map = maps_->current();
  if (map == nullptr || request.map_epoch > map->epoch) return false;
  if (map->HasFlag(OsdMap::kPauseRead) && request.may_read()) return false;
  return !map->HasFlag(OsdMap::kPauseWrite) || !request.may_write();
}

bool OpService::MaybeWait(Request& request) {
  const bool may_run = MayRun(*request.message);
  if (may_run && waiting_.load(std::memory_order_acquire) == 0) return false;
  const ConnectionPtr connection = request.message->connection();
  bool too_many = false;
  bool came_meanwhile = false;
  {
    MutexLock lock(mutex_);
    const auto it = lines_.find(connection.get());
    if (may_run && it == lines_.end()) return false;
    if (shut_down_ || waiting_.load() >= kMaxWaiting) {
      too_many = true;
    } else {
      waiting_.fetch_add(1);
      if (request.op)
        request.op->Mark(may_run ? "waiting for earlier requests" : "waiting for a map");
      // The map may have come between the look and the lock.
      came_meanwhile = MayRun(*request.message);
      lines_[connection.get()].requests.push_back(std::move(request));
    }
  }
  if (too_many) {
    request = {};
    connection->MarkDown();
  }
  if (came_meanwhile) OnMapChange();
  return true;
}

void OpService::OnMapChange() {
  if (!backoffs_.idle()) ReleaseWhatMoved();
  while (waiting_.load(std::memory_order_acquire) != 0) {
    Request next;
    const Connection* whose = nullptr;
    {
      MutexLock lock(mutex_);
      for (auto& [connection, line] : lines_) {
        if (line.running > 0 || line.requests.empty()) continue;
        if (!MayRun(*line.requests.front().message)) continue;
        next = std::move(line.requests.front());
        line.requests.pop_front();
        // The line stays, so that what arrives now waits its turn.
        line.running = 1;
        whose = connection;
        break;
      }
    }
    if (whose == nullptr) return;
    Run(std::move(next));
    Release(whose);
  }
}

void OpService::Release(const Connection* connection) {
  MutexLock lock(mutex_);
  waiting_.fetch_sub(1);
  const auto it = lines_.find(connection);
  if (it == lines_.end()) return;
  --it->second.running;
  if (it->second.running == 0 && it->second.requests.empty()) lines_.erase(it);
}

void OpService::Run(Request request) {
  if (request.message->type() != MOsdOp::kType) return OnAckBlock(*request.message);
  if (!IsPermitted(request)) return;
  if (copier_ != nullptr && ObjectCopier::Needs(AsOp(request.message))) {
    return RunCopy(std::move(request));
  }
  Execute(std::move(request), std::nullopt);
}

bool OpService::IsPermitted(const Request& request) {
  MOsdOp& op = AsOp(request.message);
  const ConnectionPtr connection = request.message->connection();
  const std::shared_ptr<const OsdMap> map = maps_->current();
  if (map == nullptr) return true;
  if (MayPerform(*ClientSession::Of(connection), op, *map, connection->peer_addr())) return true;
  VLOG(1) << op.Summary() << ": its client's capabilities do not allow it";
  connection->Send(MakeErrorReply(op, -EPERM, map->epoch));
  return false;
}

void OpService::RunCopy(Request request) {
  const Connection* const connection = request.message->connection().get();
  {
    MutexLock lock(mutex_);
    if (shut_down_) return;
    waiting_.fetch_add(1);
    ++lines_[connection].running;
  }
  request.op->Mark("fetching what it copies");
  const MOsdOp& op = AsOp(request.message);
  copier_->Fetch(op, [this, connection,
                      request = std::move(request)](std::vector<CopiedObject> copied) mutable {
    Execute(std::move(request), std::move(copied));
    Release(connection);
    OnMapChange();
  });
}

void OpService::Execute(Request request, std::optional<std::vector<CopiedObject>> copied) {
  const MOsdOp& op = AsOp(request.message);
  const rados::PgId pg = op.pg.pg;
  if (!shards_.MustQueue(pg, pgs_->store().LargeReadsWait() && ReadsMuch(op))) {
    return ExecuteNow(std::move(request), copied ? &*copied : nullptr);
  }
  request.op->Mark("queued_for_pg");
  shards_.Queue(pg, [this, request = std::move(request), copied = std::move(copied)]() mutable {
    ExecuteNow(std::move(request), copied ? &*copied : nullptr);
  });
}

void OpService::ExecuteNow(Request request, const std::vector<CopiedObject>* copied) {
  MOsdOp& op = AsOp(request.message);
  const ConnectionPtr connection = request.message->connection();
  const std::shared_ptr<const OsdMap> map = maps_->current();
  if (map == nullptr) return;
  if (op.map_epoch < map->epoch) ShareMap(connection, op.map_epoch);
  if (map->IsBlocklisted(connection->peer_addr())) {
    connection->Send(MakeErrorReply(op, -ESHUTDOWN, map->epoch));
    return;
  }
  if (!PlacedRight(op, *map)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    VLOG(1) << "dropped " << op.Summary() << ": its group is another by map " << map->epoch;
    return;
  }
  const absl::StatusOr<PgTable::Lead> lead = pgs_->Find(op.pg.pg, *map);
  if (!lead.ok()) {
    if (IsForAnyCopy(op) && pgs_->IsActing(op.pg.pg, *map)) {
      // Only who leads has the objects; the client asks there when it gets this.
      connection->Send(MakeErrorReply(op, -EAGAIN, map->epoch));
      return;
    }
    dropped_.fetch_add(1, std::memory_order_relaxed);
    VLOG(1) << "dropped " << op.Summary() << ": " << lead.status();
    return;
  }
  if (fullness_ != nullptr && WaitsForSpace(op) && fullness_->DropsWrite()) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    VLOG(1) << "dropped " << op.Summary() << ": there is no space left for writes";
    return;
  }
  if (!backoffs_.idle() && BacksOff(request, *map)) return;
  request.op->Mark("reached_pg");
  std::unique_ptr<rados::MOsdOpReply> reply = lead->pg->Execute(op, lead->now, copied);
  served_.fetch_add(1, std::memory_order_relaxed);
  if (reply == nullptr) return;
  request.op->Mark("op_applied");
  // A read too: it may tell of a write that is not durable yet. The request, and with it its share
  // of the throttles, is kept until then. A client hears nothing of what may be lost: it asks
  // again.
  pgs_->store().WhenDurable([request = std::move(request), reply = std::move(reply),
                             connection](const absl::Status& status) mutable {
    if (status.ok()) connection->Send(std::move(reply));
  });
}

void OpService::OnAckBlock(Message& message) {
  const auto& backoff = MessageAs<rados::MOsdBackoff>(message);
  if (backoff.op != rados::MOsdBackoff::kAckBlock) return;
  if (auto letter = backoffs_.OnAck(message.connection(), backoff)) {
    letter->to->Send(std::move(letter->message));
  }
}

void OpService::ReleaseWhatMoved() {
  const std::shared_ptr<const OsdMap> map = maps_->current();
  if (map == nullptr) return;
  for (const rados::PgId& pg : backoffs_.held()) {
    if (!pgs_->Find(pg, *map).ok()) Release(pg);
  }
}

bool OpService::BacksOff(const Request& request, const OsdMap& map) {
  const MOsdOp& op = AsOp(request.message);
  const rados::PgPool* pool = map.FindPool(static_cast<int64_t>(op.pg.pg.pool));
  std::optional<Backoffs::Letter> letter;
  if (pool == nullptr ||
      !backoffs_.Drops(request.message->connection(), op.pg.pg, pool->pg_num, map.epoch, &letter)) {
    return false;
  }
  VLOG(1) << "dropped " << op.Summary() << ": its group is held, and its client told so";
  dropped_.fetch_add(1, std::memory_order_relaxed);
  if (letter) letter->to->Send(std::move(letter->message));
  return true;
}

bool OpService::Release(const rados::PgId& pg) {
  auto letters = backoffs_.Release(pg);
  if (!letters) return false;
  for (Backoffs::Letter& letter : *letters) letter.to->Send(std::move(letter.message));
  return true;
}

void OpService::ShareMap(const ConnectionPtr& connection, uint32_t their_epoch) {
  if (!ClientSession::Of(connection)->MarkSent(maps_->epoch())) return;
  if (auto update = maps_->MakeUpdate(their_epoch)) connection->Send(std::move(update));
}

OpService::~OpService() {
  shards_.Stop();
  Notification answered;
  pgs_->store().WhenDurable([&answered](const absl::Status&) { answered.Notify(); });
  answered.WaitForNotification();
}

void OpService::Shutdown() {
  shards_.Stop();
  Lines gone;
  MutexLock lock(mutex_);
  shut_down_ = true;
  gone.swap(lines_);
  for (const auto& [connection, line] : gone) waiting_.fetch_sub(line.requests.size());
}

}  // namespace siphon::osd
