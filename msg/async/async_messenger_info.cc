// What an AsyncMessenger tells about itself.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "glog/logging.h"
#include "msg/async/async_messenger.h"

namespace siphon {

// --- To look at.

void AsyncMessenger::RecordFault(std::string peer, std::string_view state,
                                 const absl::Status& reason) {
  if (stopping()) return;
  faults_.fetch_add(1, std::memory_order_relaxed);
  // A peer that goes away is everyday; one that breaks the protocol is worth a line.
  if (absl::IsUnavailable(reason) || absl::IsNotFound(reason) || absl::IsCancelled(reason)) {
    VLOG(1) << name() << ": " << peer << " in " << state << ": " << reason.message();
  } else {
    LOG_EVERY_T(WARNING, 0.1) << name() << ": " << peer << " in " << state << ": "
                              << reason.message() << "; the connection is closed";
  }
  Remember(std::move(peer), state, std::string(reason.message()));
}

void AsyncMessenger::RecordNotice(std::string peer, std::string_view state, std::string reason) {
  LOG_EVERY_T(WARNING, 0.1) << name() << ": " << peer << " in " << state << ": " << reason;
  Remember(std::move(peer), state, std::move(reason));
}

void AsyncMessenger::Remember(std::string peer, std::string_view state, std::string reason) {
  MutexLock lock(mutex_);
  if (recent_faults_.size() == kMaxFaults) recent_faults_.pop_front();
  recent_faults_.push_back(
      {options_.clock->Now(), std::move(peer), std::string(state), std::move(reason)});
}

MessengerInfo AsyncMessenger::Info() {
  MessengerInfo info;
  info.name = name();
  info.type = type_;
  info.entity = entity();
  for (const Counters& c : counters_) {
    info.messages_in += c.messages_in.load(std::memory_order_relaxed);
    info.messages_out += c.messages_out.load(std::memory_order_relaxed);
    info.bytes_in += c.bytes_in.load(std::memory_order_relaxed);
    info.bytes_out += c.bytes_out.load(std::memory_order_relaxed);
  }
  info.accepted_total = accepted_.load(std::memory_order_relaxed);
  info.faults_total = faults_.load(std::memory_order_relaxed);
  info.reconnects_total = reconnects_.load(std::memory_order_relaxed);
  info.injected_failures = injected_failures_.load(std::memory_order_relaxed);
  info.injected_faults = injected_faults_.List();
  info.dispatch = dispatch_queue_.Info();
  for (const ConnectionInfo& connection : ListConnections()) {
    info.out_queue_messages += connection.out_queue_messages;
  }
  MutexLock lock(mutex_);
  if (bound_) info.addrs = addrs_;
  info.listening = bound_addrs_;
  info.nonce = nonce_;
  info.policies.push_back({"default", std::string(default_policy_.name)});
  for (const auto& [type, policy] : policies_) {
    info.policies.push_back({std::string(EntityTypeName(type)), std::string(policy.name)});
  }
  info.connections = all_.size();
  info.accepting = incoming_.size();
  info.recent_faults.assign(recent_faults_.begin(), recent_faults_.end());
  return info;
}

std::vector<ConnectionInfo> AsyncMessenger::ListConnections() {
  // One visit to each worker, which tells of its own connections.
  std::map<Worker*, std::vector<std::shared_ptr<AsyncConnection>>> by_worker;
  for (auto& connection : AllConnections()) {
    by_worker[connection->worker()].push_back(std::move(connection));
  }
  std::vector<ConnectionInfo> infos;
  for (auto& [worker, connections] : by_worker) {
    worker->center()->SubmitAndWait([&infos, &connections = connections] {
      for (const auto& connection : connections) infos.push_back(connection->Info());
    });
  }
  std::sort(infos.begin(), infos.end(),
            [](const ConnectionInfo& a, const ConnectionInfo& b) { return a.id < b.id; });
  return infos;
}

}  // namespace siphon
