// Objecter: the sessions with OSDs, and what a new map does to them.
#include <glog/logging.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "msg/features.h"
#include "services/objecter/objecter.h"

namespace siphon::client {
namespace {

// A connection that is lost is made again at once; if that one is lost too, before any answer, each
// further try waits longer.
constexpr absl::Duration kFirstRetry = absl::Milliseconds(50);
constexpr absl::Duration kLongestRetry = absl::Seconds(5);

absl::Duration RetryDelay(int failures) {
  if (failures <= 1) return absl::ZeroDuration();
  return std::min(kFirstRetry * (1 << std::min(failures - 2, 10)), kLongestRetry);
}

}  // namespace

int32_t Objecter::OsdOf(const ConnectionPtr& connection) const {
  for (const auto& [osd, session] : sessions_) {
    if (session.connection == connection) return osd;
  }
  return -1;
}

Objecter::Session& Objecter::SessionFor(int32_t osd) {
  const auto [found, is_new] = sessions_.try_emplace(osd);
  if (is_new) {
    found->second.addrs = tracker_.map()->ClientAddrs(osd);
    Connect(osd, found->second);
  }
  return found->second;
}

void Objecter::Connect(int32_t osd, Session& session) {
  absl::StatusOr<ConnectionPtr> connection =
      options_.messenger->ConnectTo(kEntityOsd, session.addrs);
  if (connection.ok()) {
    session.connection = *std::move(connection);
    return;
  }
  LOG(WARNING) << "osd." << osd << " at " << session.addrs.ToString()
               << " cannot be reached: " << connection.status().message();
  ++session.failures;
  options_.timer->Cancel(session.retry);
  session.retry = options_.timer->After(std::max(RetryDelay(session.failures), kFirstRetry),
                                        [this, osd] { Reconnect(osd); });
}

void Objecter::Reconnect(int32_t osd) {
  MutexLock lock(mutex_);
  const auto found = sessions_.find(osd);
  if (shut_down_ || found == sessions_.end() || found->second.connection) return;
  Session& session = found->second;
  session.retry = 0;
  Connect(osd, session);
  for (const uint64_t tid : session.ops) SendOp(*ops_.at(tid), session);
}

void Objecter::CloseSession(int32_t osd) {
  const auto found = sessions_.find(osd);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  options_.timer->Cancel(session.retry);
  if (session.connection) session.connection->MarkDown();
  for (const uint64_t tid : session.ops) ops_.at(tid)->session = -1;
  sessions_.erase(found);
}

void Objecter::SendOp(Op& op, Session& session) {
  if (!session.connection) return;  // Reconnect() sends it
  if (!session.backoffs.empty() && session.backoffs.Blocks(op.target.pg, op.target.hobject())) {
    return;  // HandleBackoff() sends it
  }
  auto message = std::make_unique<rados::MOsdOp>();
  message->set_tid(op.tid);
  message->set_priority(op_priority_);
  message->pg = op.target.pg;
  message->raw_hash = op.target.raw_hash;
  message->map_epoch = tracker_.epoch();
  message->flags = op.request.operation.request_flags();
  if (op.attempts > 0) message->flags |= rados::kRequestRetry;
  if (op.target.full_try) message->flags |= rados::kRequestFullTry;
  if (op.target.writes) message->mtime = options_.clock->Now();
  message->locator = op.target.locator;
  message->oid = op.target.oid;
  message->ops = op.request.operation.ops();
  message->snap = op.request.snap;
  message->retry_attempt = op.attempts++;
  message->client_features = kFeaturesSupported;
  session.connection->Send(std::move(message));
}

bool Objecter::HandleReset(const ConnectionPtr& connection) {
  if (connection->peer_type() != kEntityOsd) return false;
  MutexLock lock(mutex_);
  const int32_t osd = OsdOf(connection);
  if (osd < 0 || shut_down_) return true;
  Session& session = sessions_.at(osd);
  session.connection.reset();
  session.backoffs.Clear();
  ++session.failures;
  if (session.ops.empty()) {
    CloseSession(osd);
    return true;
  }
  VLOG(1) << "osd." << osd << " lost the connection; " << session.ops.size()
          << " operations are sent again";
  session.retry =
      options_.timer->After(RetryDelay(session.failures), [this, osd] { Reconnect(osd); });
  return true;
}

bool Objecter::HandleRefused(const ConnectionPtr& connection) {
  // The messenger goes on dialling; a map will tell if the OSD is down.
  return connection->peer_type() == kEntityOsd;
}

void Objecter::HandleBackoff(const ConnectionPtr& connection, const rados::MOsdBackoff& backoff) {
  MutexLock lock(mutex_);
  const int32_t osd = OsdOf(connection);
  if (osd < 0) return;
  Session& session = sessions_.at(osd);
  session.failures = 0;
  if (backoff.op == rados::MOsdBackoff::kBlock) {
    session.backoffs.Block(backoff);
    auto ack = std::make_unique<rados::MOsdBackoff>();
    ack->pg = backoff.pg;
    ack->map_epoch = tracker_.epoch();
    ack->op = rados::MOsdBackoff::kAckBlock;
    ack->id = backoff.id;
    ack->begin = backoff.begin;
    ack->end = backoff.end;
    connection->Send(std::move(ack));
    return;
  }
  if (backoff.op != rados::MOsdBackoff::kUnblock) return;
  const std::optional<OpBackoff> freed = session.backoffs.Unblock(backoff.id);
  if (!freed.has_value()) return;
  // The OSD has dropped what it was sent of these.
  for (const uint64_t tid : session.ops) {
    Op& op = *ops_.at(tid);
    if (freed->Covers(op.target.pg, op.target.hobject())) SendOp(op, session);
  }
}

void Objecter::OnOsdMap(const rados::MOsdMap& maps) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    if (shut_down_) return;
    const OsdMapTracker::Outcome outcome = tracker_.Update(maps);
    if (!outcome.error.ok()) LOG(WARNING) << outcome.error.message();
    if (outcome.changed) FollowMap(effects);
    const uint32_t epoch = tracker_.epoch();
    effects.push_back([this, epoch, needs_full = outcome.needs_full] {
      options_.mon_client->GotMap("osdmap", epoch);
      if (needs_full) options_.mon_client->Resubscribe("osdmap", 0);
    });
  }
  Run(std::move(effects));
}

void Objecter::FollowMap(Effects& effects) {
  const rados::OsdMap& map = *tracker_.map();
  std::vector<int32_t> gone;
  for (const auto& [osd, session] : sessions_) {
    if (!map.IsUp(osd) || map.ClientAddrs(osd) != session.addrs) gone.push_back(osd);
  }
  for (const int32_t osd : gone) CloseSession(osd);
  // In the order of their submission, so that those on one object keep it.
  for (const auto& [tid, op] : ops_) {
    if (!op->started) continue;
    const bool resend = op->target.Place(map);
    const bool placed = op->target.state == OpTarget::State::kPlaced;
    if (placed && !resend && op->session == op->target.osd) continue;
    Unroute(*op);
    Route(*op, effects);
  }
  const auto later = map_waiters_.upper_bound(map.epoch);
  for (auto it = map_waiters_.begin(); it != later; ++it) {
    effects.push_back([done = std::move(it->second)]() mutable { done(absl::OkStatus()); });
  }
  map_waiters_.erase(map_waiters_.begin(), later);
}

}  // namespace siphon::client
