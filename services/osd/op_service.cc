#include "services/osd/op_service.h"

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "glog/logging.h"
#include "services/osd/pg.h"
#include "services/rados/osd_op_code.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {
namespace {

using rados::MOsdOp;
using rados::OsdMap;

// What is known of a client's connection.
class ClientSession : public ConnectionContext {
 public:
  // True if `epoch` is newer than what this client was sent before.
  bool MarkSent(uint32_t epoch) {
    uint32_t before = sent_epoch_.load();
    while (before < epoch) {
      if (sent_epoch_.compare_exchange_weak(before, epoch)) return true;
    }
    return false;
  }

 private:
  std::atomic<uint32_t> sent_epoch_{0};
};

// The group that holds the request's object by `map` is the one it names.
bool PlacedRight(const MOsdOp& request, const OsdMap& map) {
  const rados::PgPool* pool = map.FindPool(static_cast<int64_t>(request.pg.pg.pool));
  return pool == nullptr || pool->PgOfHash(request.raw_hash) == request.pg.pg.ps;
}

}  // namespace

void OpService::FastDispatch(MessagePtr message) {
  if (MaybeWait(message)) return;
  Run(std::move(message));
}

bool OpService::MaybeWait(MessagePtr& message) {
  const uint32_t wanted = AsOp(message).map_epoch;
  if (wanted <= maps_->epoch() && waiting_.load(std::memory_order_acquire) == 0) return false;
  const ConnectionPtr connection = message->connection();
  bool too_many = false;
  bool came_meanwhile = false;
  {
    MutexLock lock(mutex_);
    const auto it = lines_.find(connection.get());
    if (wanted <= maps_->epoch() && it == lines_.end()) return false;
    if (shut_down_) {
      too_many = true;
    } else if (waiting_.load() >= kMaxWaiting) {
      too_many = true;
    } else {
      waiting_.fetch_add(1);
      lines_[connection.get()].messages.push_back(std::move(message));
      // The map may have come between the look and the lock.
      came_meanwhile = wanted <= maps_->epoch();
    }
  }
  if (too_many) {
    message.reset();
    if (connection != nullptr) connection->MarkDown();
  }
  if (came_meanwhile) OnMapChange();
  return true;
}

std::vector<MessagePtr> OpService::TakeReady(Line& line) {
  std::vector<MessagePtr> ready;
  if (line.busy) return ready;
  while (!line.messages.empty() && AsOp(line.messages.front()).map_epoch <= maps_->epoch()) {
    ready.push_back(std::move(line.messages.front()));
    line.messages.pop_front();
  }
  return ready;
}

void OpService::OnMapChange() {
  while (waiting_.load(std::memory_order_acquire) != 0) {
    std::vector<MessagePtr> ready;
    const Connection* whose = nullptr;
    {
      MutexLock lock(mutex_);
      for (auto& [connection, line] : lines_) {
        ready = TakeReady(line);
        if (ready.empty()) continue;
        whose = connection;
        line.busy = true;
        waiting_.fetch_add(1);
        break;
      }
    }
    if (ready.empty()) return;
    const size_t count = ready.size();
    // The line stays, so that what arrives now waits its turn.
    for (MessagePtr& message : ready) Run(std::move(message));
    MutexLock lock(mutex_);
    waiting_.fetch_sub(count + 1);
    const auto it = lines_.find(whose);
    if (it == lines_.end()) continue;
    it->second.busy = false;
    if (it->second.messages.empty()) lines_.erase(it);
  }
}

void OpService::Run(MessagePtr message) {
  MOsdOp& request = AsOp(message);
  const ConnectionPtr connection = message->connection();
  const std::shared_ptr<const OsdMap> map = maps_->current();
  if (map == nullptr || connection == nullptr) return;
  if (request.map_epoch < map->epoch) ShareMap(connection, request.map_epoch);
  if (map->IsBlocklisted(connection->peer_addr())) {
    connection->Send(MakeErrorReply(request, -ESHUTDOWN, map->epoch));
    return;
  }
  if (!PlacedRight(request, *map)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    VLOG(1) << "dropped " << request.Summary() << ": its group is another by map " << map->epoch;
    return;
  }
  const absl::StatusOr<PgTable::Lead> lead = pgs_->Find(request.pg.pg, *map);
  if (!lead.ok()) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    VLOG(1) << "dropped " << request.Summary() << ": " << lead.status();
    return;
  }
  if (auto reply = lead->pg->Execute(request, lead->now)) connection->Send(std::move(reply));
  served_.fetch_add(1, std::memory_order_relaxed);
}

void OpService::ShareMap(const ConnectionPtr& connection, uint32_t their_epoch) {
  auto session = std::static_pointer_cast<ClientSession>(connection->context());
  if (session == nullptr) {
    session = std::make_shared<ClientSession>();
    connection->set_context(session);
  }
  if (!session->MarkSent(maps_->epoch())) return;
  if (auto update = maps_->MakeUpdate(their_epoch)) connection->Send(std::move(update));
}

void OpService::Shutdown() {
  Lines gone;
  MutexLock lock(mutex_);
  shut_down_ = true;
  gone.swap(lines_);
  for (const auto& [connection, line] : gone) waiting_.fetch_sub(line.messages.size());
}

}  // namespace siphon::osd
