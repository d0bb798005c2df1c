#include "testing/scenarios/session_dispatcher.h"

#include <memory>
#include <utility>

#include "glog/logging.h"
#include "testing/scenarios/scenario_message.h"

namespace siphon {

std::vector<uint64_t> SessionDispatcher::Pings() const {
  MutexLock lock(mutex_);
  return pings_;
}

std::vector<uint64_t> SessionDispatcher::Pongs() const {
  MutexLock lock(mutex_);
  return pongs_;
}

size_t SessionDispatcher::PingCount() const {
  MutexLock lock(mutex_);
  return pings_.size();
}

size_t SessionDispatcher::PongCount() const {
  MutexLock lock(mutex_);
  return pongs_.size();
}

ConnectionPtr SessionDispatcher::Accepted(size_t i) const {
  MutexLock lock(mutex_);
  CHECK_LT(i, accepted_.size()) << "no such accepted connection";
  return accepted_[i];
}

int SessionDispatcher::CountOf(const ConnectionPtr& connection) {
  const auto session = std::static_pointer_cast<SessionCount>(connection->context());
  return session == nullptr ? -1 : session->count.load();
}

void SessionDispatcher::Attach(const ConnectionPtr& connection) {
  if (connection->context() == nullptr) connection->set_context(std::make_shared<SessionCount>());
}

void SessionDispatcher::Count(std::atomic<int>* counter) {
  MutexLock lock(mutex_);
  counter->fetch_add(1);
  changed_.SignalAll();
}

void SessionDispatcher::Take(MessagePtr message) {
  const auto& m = MessageAs<ScenarioMessage>(*message);
  const ConnectionPtr connection = message->connection();
  Attach(connection);
  std::static_pointer_cast<SessionCount>(connection->context())->count.fetch_add(1);
  {
    // First: what on_message does may be seen elsewhere before it returns.
    MutexLock lock(mutex_);
    (m.pong ? pongs_ : pings_).push_back(m.number);
    changed_.SignalAll();
  }
  if (on_message) on_message(*message);
  if (replies && !m.pong) connection->Send(m.Reply());
}

bool SessionDispatcher::Dispatch(MessagePtr& message) {
  Take(std::move(message));
  return true;
}

void SessionDispatcher::HandleConnect(const ConnectionPtr& connection) {
  Count(&connects);
  if (on_connect) on_connect(connection);
}

void SessionDispatcher::HandleAccept(const ConnectionPtr& connection) {
  {
    MutexLock lock(mutex_);
    accepted_.push_back(connection);
  }
  Count(&accepts);
  if (on_accept) on_accept(connection);
}

bool SessionDispatcher::HandleReset(const ConnectionPtr& connection) {
  connection->set_context(nullptr);
  Count(&resets);
  if (on_reset) on_reset(connection);
  return true;
}

void SessionDispatcher::HandleRemoteReset(const ConnectionPtr& connection) {
  connection->set_context(nullptr);
  Count(&remote_resets);
  if (on_remote_reset) on_remote_reset(connection);
}

bool SessionDispatcher::HandleRefused(const ConnectionPtr&) {
  Count(&refusals);
  return true;
}

}  // namespace siphon
