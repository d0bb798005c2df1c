// Objecter: the life of an operation. How it reaches its OSD is in objecter_sessions.cc.
#include "services/objecter/objecter.h"

#include <glog/logging.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace siphon::client {

Objecter::Objecter(const Options& options) : options_(options) {
  ReadOptions();
  option_changes_ = options_.config->Observe({"objecter_inflight_ops", "objecter_inflight_op_bytes",
                                              "osd_client_op_priority", "rados_osd_op_timeout"},
                                             [this](std::string_view) { ReadOptions(); });
}

void Objecter::ReadOptions() {
  const Config& config = *options_.config;
  max_inflight_ops_ = static_cast<size_t>(config.GetInt("objecter_inflight_ops"));
  max_inflight_bytes_ = static_cast<size_t>(config.GetInt("objecter_inflight_op_bytes"));
  op_priority_ = static_cast<uint16_t>(config.GetInt("osd_client_op_priority"));
  op_timeout_nanos_ = absl::ToInt64Nanoseconds(config.GetDuration("rados_osd_op_timeout"));
}

void Objecter::Run(Effects effects) {
  for (auto& effect : effects) effect();
}

void Objecter::Start() { options_.mon_client->Subscribe("osdmap", 0, /*one_time=*/false); }

void Objecter::Submit(Request request, Callback done) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    if (shut_down_) {
      effects.push_back([done = std::move(done)]() mutable {
        Reply reply;
        reply.result = -ECANCELED;
        done(std::move(reply));
      });
    } else {
      const uint64_t tid = next_tid_++;
      std::unique_ptr<Op>& op = ops_[tid] = std::make_unique<Op>();
      op->tid = tid;
      op->done = std::move(done);
      op->bytes = request.operation.input_bytes();
      op->target.oid = request.oid;
      op->target.locator = request.locator;
      op->target.writes = request.operation.writes();
      for (const rados::OsdOp& step : request.operation.ops()) {
        if (step.code == rados::kOpDelete) op->target.full_try = true;
      }
      op->request = std::move(request);
      if (const int64_t nanos = op_timeout_nanos_; nanos > 0) {
        op->timeout =
            options_.timer->After(absl::Nanoseconds(nanos), [this, tid] { Fail(tid, -ETIMEDOUT); });
      }
      queued_.push_back(tid);
      StartQueued(effects);
    }
  }
  Run(std::move(effects));
}

void Objecter::StartQueued(Effects& effects) {
  const size_t max_ops = max_inflight_ops_;
  const size_t max_bytes = max_inflight_bytes_;
  while (!queued_.empty()) {
    const auto found = ops_.find(queued_.front());
    if (found == ops_.end()) {  // it failed while it waited
      queued_.pop_front();
      continue;
    }
    Op& op = *found->second;
    if (max_ops != 0 && inflight_ops_ >= max_ops) return;
    // One larger than the limit goes alone.
    if (max_bytes != 0 && inflight_bytes_ != 0 && inflight_bytes_ + op.bytes > max_bytes) return;
    queued_.pop_front();
    op.started = true;
    ++inflight_ops_;
    inflight_bytes_ += op.bytes;
    if (tracker_.map() != nullptr) op.target.Place(*tracker_.map());
    Route(op, effects);
  }
}

void Objecter::Route(Op& op, Effects& effects) {
  switch (op.target.state) {
    case OpTarget::State::kUnplaced:
    case OpTarget::State::kNoPrimary:
    case OpTarget::State::kPaused:
      return;  // until a map comes that says more
    case OpTarget::State::kNoPool:
      return CheckPool(op, effects);
    case OpTarget::State::kPlaced:
      break;
  }
  op.pool_checked = false;
  Session& session = SessionFor(op.target.osd);
  op.session = op.target.osd;
  session.ops.insert(op.tid);
  SendOp(op, session);
}

void Objecter::Unroute(Op& op) {
  const auto session = sessions_.find(op.session);
  if (session != sessions_.end()) session->second.ops.erase(op.tid);
  op.session = -1;
}

void Objecter::CheckPool(Op& op, Effects& effects) {
  if (op.pool_checked) return;
  op.pool_checked = true;
  effects.push_back([this, tid = op.tid] {
    options_.mon_client->GetVersion(
        "osdmap", [this, tid](absl::Status status, uint64_t newest, uint64_t oldest) {
          OnPoolChecked(tid, status, newest);
        });
  });
}

void Objecter::OnPoolChecked(uint64_t tid, const absl::Status& status, uint64_t newest) {
  if (!status.ok()) {
    return Fail(tid, absl::IsCancelled(status) ? -ECANCELED : -ETIMEDOUT);
  }
  // By the time that our map is as new as the monitor's, the operation has found its pool or not.
  auto decide = [this, tid](absl::Status) {
    Effects effects;
    {
      MutexLock lock(mutex_);
      const auto found = ops_.find(tid);
      if (found == ops_.end() || found->second->target.state != OpTarget::State::kNoPool) return;
      Reply reply;
      reply.result = -ENOENT;
      Finish(tid, std::move(reply), effects);
    }
    Run(std::move(effects));
  };
  {
    MutexLock lock(mutex_);
    if (!shut_down_ && tracker_.epoch() < newest) {
      map_waiters_.emplace(static_cast<uint32_t>(newest), std::move(decide));
      return;
    }
  }
  decide(absl::OkStatus());
}

void Objecter::Finish(uint64_t tid, Reply reply, Effects& effects) {
  auto node = ops_.extract(tid);
  if (node.empty()) return;
  std::unique_ptr<Op> op = std::move(node.mapped());
  Unroute(*op);
  options_.timer->Cancel(op->timeout);
  if (op->started) {
    --inflight_ops_;
    inflight_bytes_ -= op->bytes;
  }
  effects.push_back(
      [op = std::move(op), reply = std::move(reply)]() mutable { op->done(std::move(reply)); });
  StartQueued(effects);
}

void Objecter::Fail(uint64_t tid, int error) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    Reply reply;
    reply.result = error;
    Finish(tid, std::move(reply), effects);
  }
  Run(std::move(effects));
}

void Objecter::HandleReply(const ConnectionPtr& connection, rados::MOsdOpReply& message) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    const auto found = ops_.find(message.tid());
    if (found == ops_.end()) return;
    Op& op = *found->second;
    const auto session = sessions_.find(op.session);
    // Answers from a connection that was left, or to an earlier attempt, do not count: another
    // answer is on its way.
    if (session == sessions_.end() || session->second.connection != connection) return;
    if (message.retry_attempt >= 0 && message.retry_attempt != op.attempts - 1) return;
    session->second.failures = 0;
    if (message.redirect.has_value()) {
      Unroute(op);
      if (!message.redirect->object.empty()) op.target.oid = message.redirect->object;
      op.target.locator = message.redirect->locator;
      op.target.Place(*tracker_.map());
      Route(op, effects);
    } else {
      Reply reply;
      reply.result = message.result;
      reply.ops = std::move(message.ops);
      reply.user_version = message.user_version;
      Finish(message.tid(), std::move(reply), effects);
    }
  }
  Run(std::move(effects));
}

bool Objecter::CanFastDispatch(const Message& message) const {
  return message.type() == rados::MOsdOpReply::kType || message.type() == rados::MOsdBackoff::kType;
}

void Objecter::FastDispatch(MessagePtr message) {
  const ConnectionPtr connection = message->connection();
  if (message->type() == rados::MOsdOpReply::kType) {
    HandleReply(connection, MessageAs<rados::MOsdOpReply>(*message));
  } else {
    HandleBackoff(connection, MessageAs<rados::MOsdBackoff>(*message));
  }
}

void Objecter::WaitForLatestMap(absl::AnyInvocable<void(absl::Status)> done) {
  options_.mon_client->GetVersion(
      "osdmap",
      [this, done = std::move(done)](absl::Status status, uint64_t newest, uint64_t) mutable {
        if (status.ok()) {
          MutexLock lock(mutex_);
          if (shut_down_) {
            status = absl::CancelledError("shut down");
          } else if (tracker_.epoch() < newest) {
            map_waiters_.emplace(static_cast<uint32_t>(newest), std::move(done));
            return;
          }
        }
        done(status);
      });
}

std::shared_ptr<const rados::OsdMap> Objecter::map() const {
  MutexLock lock(mutex_);
  return tracker_.map();
}

size_t Objecter::operations_under_way() const {
  MutexLock lock(mutex_);
  return ops_.size();
}

void Objecter::Shutdown() {
  Effects effects;
  decltype(map_waiters_) waiters;
  {
    MutexLock lock(mutex_);
    if (shut_down_) return;
    shut_down_ = true;
    queued_.clear();
    while (!ops_.empty()) {
      Reply reply;
      reply.result = -ECANCELED;
      Finish(ops_.begin()->first, std::move(reply), effects);
    }
    for (auto& [osd, session] : sessions_) {
      options_.timer->Cancel(session.retry);
      if (session.connection) session.connection->MarkDown();
    }
    sessions_.clear();
    waiters.swap(map_waiters_);
  }
  Run(std::move(effects));
  for (auto& [epoch, done] : waiters) done(absl::CancelledError("shut down"));
  options_.timer->Drain();
}

}  // namespace siphon::client
