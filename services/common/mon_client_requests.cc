// MonClient: what is asked of the monitors in a session, and their answers.
#include <glog/logging.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/common/mon_client.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_get_version.h"

namespace siphon {

bool MonClient::IsFromSession(const Message& message) {
  MutexLock lock(mutex_);
  return connection_ != nullptr && message.connection() == connection_;
}

bool MonClient::Dispatch(MessagePtr& message) {
  switch (message->type()) {
    case rados::MAuthReply::kType:
    case rados::MMonMap::kType:
    case rados::MConfig::kType:
    case rados::MMonCommandAck::kType:
    case rados::MMonGetVersionReply::kType:
    case rados::MMonSubscribeAck::kType:
      break;
    case rados::MOsdMap::kType:
      HandleOsdMap(MessageAs<rados::MOsdMap>(*message));
      message.reset();
      return true;
    default:
      return false;
  }
  const MessagePtr taken = std::move(message);
  if (!IsFromSession(*taken)) return true;  // late, from a monitor that was left
  switch (taken->type()) {
    case rados::MAuthReply::kType:
      HandleAuthReply(MessageAs<rados::MAuthReply>(*taken));
      break;
    case rados::MMonMap::kType:
      HandleMonMap(MessageAs<rados::MMonMap>(*taken));
      break;
    case rados::MConfig::kType:
      HandleConfig(MessageAs<rados::MConfig>(*taken));
      break;
    case rados::MMonCommandAck::kType:
      HandleCommandAck(MessageAs<rados::MMonCommandAck>(*taken));
      break;
    case rados::MMonGetVersionReply::kType:
      HandleVersionReply(MessageAs<rados::MMonGetVersionReply>(*taken));
      break;
    case rados::MMonSubscribeAck::kType:
      HandleSubscribeAck(MessageAs<rados::MMonSubscribeAck>(*taken));
      break;
  }
  return true;
}

void MonClient::HandleOsdMap(const rados::MOsdMap& message) {
  for (Observer* observer : observers_) observer->OnOsdMap(message);
}

void MonClient::HandleConfig(const rados::MConfig& message) {
  // Configuration has no epochs: each session asks for the current one again.
  central_config_.Apply(message.options);
  for (Observer* observer : observers_) observer->OnConfig(message.options);
}

void MonClient::HandleSubscribeAck(const rados::MMonSubscribeAck& ack) {
  // Only monitors that forget subscriptions after a while send it.
  MutexLock lock(mutex_);
  if (state_ != State::kOpen || ack.interval_seconds == 0) return;
  options_.timer->Cancel(renew_timer_);
  renew_timer_ =
      options_.timer->After(absl::Seconds(ack.interval_seconds) / 2, [this, session = session_] {
        MutexLock timer_lock(mutex_);
        if (session != session_ || state_ != State::kOpen) return;
        subscriptions_.Restart();
        SendSubscriptions();
      });
}

void MonClient::Subscribe(const std::string& what, uint64_t start, bool one_time) {
  MutexLock lock(mutex_);
  if (!subscriptions_.Want(what, start, one_time)) return;
  if (state_ == State::kOpen || state_ == State::kAwaitingMap) SendSubscriptions();
}

void MonClient::Resubscribe(const std::string& what, uint64_t start) {
  {
    MutexLock lock(mutex_);
    subscriptions_.Forget(what);
  }
  Subscribe(what, start, /*one_time=*/false);
}

void MonClient::GotMap(const std::string& what, uint64_t epoch) {
  MutexLock lock(mutex_);
  subscriptions_.Got(what, epoch);
}

Timer::Id MonClient::ArmTimeout(Timer::Task on_timeout) {
  const absl::Duration timeout = options_.config->GetDuration("rados_mon_op_timeout");
  if (timeout <= absl::ZeroDuration()) return 0;
  return options_.timer->After(timeout, std::move(on_timeout));
}

void MonClient::Command(std::string json, BufferList input, CommandCallback done) {
  {
    MutexLock lock(mutex_);
    if (state_ != State::kShutDown) {
      const uint64_t tid = next_tid_++;
      PendingCommand& command = commands_[tid];
      command.json = std::move(json);
      command.input = std::move(input);
      command.done = std::move(done);
      command.timeout = ArmTimeout([this, tid] {
        FinishCommand(tid, -ETIMEDOUT, "no monitor answered in time", BufferList());
      });
      if (state_ == State::kOpen) SendCommand(tid, command);
      return;
    }
  }
  done(-ECANCELED, "shut down", BufferList());
}

void MonClient::SendCommand(uint64_t tid, const PendingCommand& command) {
  auto message = std::make_unique<rados::MMonCommand>();
  message->set_tid(tid);
  message->fsid = monmap_.fsid;
  message->command = {command.json};
  message->mutable_data() = command.input;
  connection_->Send(std::move(message));
}

void MonClient::HandleCommandAck(rados::MMonCommandAck& ack) {
  FinishCommand(ack.tid(), ack.result, std::move(ack.status), std::move(ack.mutable_data()));
}

void MonClient::FinishCommand(uint64_t tid, int result, std::string status, BufferList data) {
  PendingCommand command;
  {
    MutexLock lock(mutex_);
    const auto found = commands_.find(tid);
    if (found == commands_.end()) return;  // answered before, by a monitor that was left
    command = std::move(found->second);
    commands_.erase(found);
  }
  options_.timer->Cancel(command.timeout);
  command.done(result, std::move(status), std::move(data));
}

void MonClient::GetVersion(const std::string& what, VersionCallback done) {
  {
    MutexLock lock(mutex_);
    if (state_ != State::kShutDown) {
      const uint64_t handle = next_tid_++;
      PendingVersion& version = versions_[handle];
      version.what = what;
      version.done = std::move(done);
      version.timeout = ArmTimeout([this, handle] {
        FinishVersion(handle, absl::DeadlineExceededError("no monitor answered in time"), 0, 0);
      });
      if (state_ == State::kOpen) SendVersionRequest(handle, version);
      return;
    }
  }
  done(absl::CancelledError("shut down"), 0, 0);
}

void MonClient::SendVersionRequest(uint64_t handle, const PendingVersion& version) {
  auto message = std::make_unique<rados::MMonGetVersion>();
  message->handle = handle;
  message->what = version.what;
  connection_->Send(std::move(message));
}

void MonClient::HandleVersionReply(const rados::MMonGetVersionReply& reply) {
  FinishVersion(reply.handle, absl::OkStatus(), reply.version, reply.oldest_version);
}

void MonClient::FinishVersion(uint64_t handle, absl::Status status, uint64_t newest,
                              uint64_t oldest) {
  PendingVersion version;
  {
    MutexLock lock(mutex_);
    const auto found = versions_.find(handle);
    if (found == versions_.end()) return;
    version = std::move(found->second);
    versions_.erase(found);
  }
  options_.timer->Cancel(version.timeout);
  version.done(std::move(status), newest, oldest);
}

void MonClient::Send(MessagePtr message) {
  MessagePtr dropped;
  MutexLock lock(mutex_);
  if (state_ == State::kShutDown) return;
  if (state_ == State::kOpen) return connection_->Send(std::move(message));
  if (waiting_.size() == kMaxWaitingMessages) {
    dropped = std::move(waiting_.front());
    waiting_.pop_front();
    LOG(WARNING) << "no monitor session: dropped " << dropped->Summary();
  }
  waiting_.push_back(std::move(message));
}

}  // namespace siphon
