#include "services/osd/tell_service.h"

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "glog/logging.h"
#include "services/common/commands/command_args.h"
#include "services/osd/client_session.h"
#include "services/rados/messages/command.h"
#include "services/rados/messages/command_reply.h"

namespace siphon::osd {
namespace {

constexpr size_t kMaxLogBytes = 512;

CommandResult Refused(int code, const char* why) {
  CommandResult result = CommandResult::Done(why);
  result.code = code;
  return result;
}

}  // namespace

void TellService::Start() {
  thread_ = std::thread([this] { Work(); });
}

void TellService::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    waiting_.clear();
    changed_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

bool TellService::Dispatch(MessagePtr& message) {
  if (message->type() != rados::MCommand::kType) return false;
  bool full = false;
  {
    MutexLock lock(mutex_);
    full = waiting_.size() >= kMaxWaiting || stopped_;
    if (!full) waiting_.push_back(std::move(message));
    changed_.SignalAll();
  }
  if (full) {
    Answer(*message, Refused(-EAGAIN, "too many commands wait; try again"));
    message.reset();
  }
  return true;
}

CommandResult TellService::Run(const CommandArgs& args) {
  MutexLock lock(running_);
  return commands_->Run(args);
}

void TellService::Work() {
  for (;;) {
    MessagePtr message;
    {
      MutexLock lock(mutex_);
      while (waiting_.empty() && !stopped_) changed_.Wait(mutex_);
      if (stopped_) return;
      message = std::move(waiting_.front());
      waiting_.pop_front();
    }
    Answer(*message, Execute(*message));
  }
}

CommandResult TellService::Execute(Message& message) {
  const auto& request = MessageAs<rados::MCommand>(message);
  if (!ClientSession::Of(message.connection())->allows_all())
    return Refused(-EACCES, "access denied: it takes the capability \"allow *\"");
  absl::StatusOr<CommandArgs> args = CommandArgs::Parse(request.command);
  if (!args.ok()) return CommandResult::Error(args.status());
  args->set_input(message.data());
  CommandResult result = Run(*args);
  if (commands_->IsWrite(args->prefix()))
    LOG(INFO) << "told '" << args->prefix() << "' by "
              << message.connection()->peer_addrs().ToString() << ": " << result.code << " "
              << result.status.substr(0, kMaxLogBytes);
  return result;
}

void TellService::Answer(Message& message, CommandResult result) {
  auto reply = std::make_unique<rados::MCommandReply>();
  reply->set_tid(message.tid());
  reply->result = result.code;
  reply->status = std::move(result.status);
  reply->mutable_data() = std::move(result.output);
  message.connection()->Send(std::move(reply));
}

}  // namespace siphon::osd
