#include "admin/admin_service.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "admin/info_to_proto.h"
#include "msg/fault_injection.h"

namespace siphon {
namespace {

// How long a drain may go on after its caller left or the server stops.
constexpr absl::Duration kDrainSlice = absl::Milliseconds(100);

admin::v1::MessengerQueue QueueOf(Messenger* messenger) {
  admin::v1::MessengerQueue out;
  out.set_messenger(messenger->name());
  *out.mutable_queue() = ToProto(messenger->QueueInfo());
  return out;
}

std::optional<FaultInjection::Kind> KindOf(admin::v1::InjectFaultRequest::Kind kind) {
  switch (kind) {
    case admin::v1::InjectFaultRequest::PARTITION:
      return FaultInjection::Kind::kPartition;
    case admin::v1::InjectFaultRequest::HEAL:
      return FaultInjection::Kind::kHeal;
    case admin::v1::InjectFaultRequest::PAUSE_READING:
      return FaultInjection::Kind::kPauseReading;
    case admin::v1::InjectFaultRequest::RESUME_READING:
      return FaultInjection::Kind::kResumeReading;
    default:
      return std::nullopt;
  }
}

}  // namespace

AdminService::AdminService(Identity identity, Config* config, Clock* clock)
    : identity_(std::move(identity)), config_(config), clock_(clock), started_(clock->Now()) {}

absl::StatusOr<std::vector<Messenger*>> AdminService::Select(const std::string& name) {
  if (name.empty()) return messengers_;
  for (Messenger* messenger : messengers_) {
    if (messenger->name() == name) return std::vector<Messenger*>{messenger};
  }
  const auto name_of = [](std::string* out, const Messenger* m) { out->append(m->name()); };
  return absl::NotFoundError(
      absl::StrCat(identity_.name, " has no messenger ", name, "; it has ",
                   messengers_.empty() ? "none" : absl::StrJoin(messengers_, ", ", name_of)));
}

absl::StatusOr<Messenger*> AdminService::Find(const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError("the messenger's name is missing");
  absl::StatusOr<std::vector<Messenger*>> found = Select(name);
  if (!found.ok()) return found.status();
  return found->front();
}

admin::v1::GetDaemonResponse AdminService::GetDaemon() {
  const absl::Time now = clock_->Now();
  admin::v1::GetDaemonResponse out;
  out.set_name(identity_.name);
  out.set_program(identity_.program);
  out.set_version(identity_.version);
  out.set_pid(getpid());
  *out.mutable_started() = ToProto(started_);
  *out.mutable_uptime() = ToProto(now - started_);
  return out;
}

admin::v1::ListMessengersResponse AdminService::ListMessengers() {
  admin::v1::ListMessengersResponse out;
  for (Messenger* messenger : messengers_) *out.add_messengers() = ToProto(messenger->Info());
  return out;
}

absl::StatusOr<admin::v1::ListConnectionsResponse> AdminService::ListConnections(
    const admin::v1::ListConnectionsRequest& request) {
  absl::StatusOr<std::vector<Messenger*>> selected = Select(request.messenger());
  if (!selected.ok()) return selected.status();
  admin::v1::ListConnectionsResponse out;
  for (Messenger* messenger : *selected) {
    for (const ConnectionInfo& info : messenger->ListConnections()) {
      *out.add_connections() = ToProto(info, messenger->name());
    }
  }
  return out;
}

absl::StatusOr<admin::v1::GetQueuesResponse> AdminService::GetQueues(
    const admin::v1::GetQueuesRequest& request) {
  absl::StatusOr<std::vector<Messenger*>> selected = Select(request.messenger());
  if (!selected.ok()) return selected.status();
  admin::v1::GetQueuesResponse out;
  for (Messenger* messenger : *selected) *out.add_queues() = QueueOf(messenger);
  return out;
}

absl::StatusOr<admin::v1::PauseDispatchResponse> AdminService::PauseDispatch(
    const admin::v1::PauseDispatchRequest& request) {
  absl::StatusOr<Messenger*> messenger = Find(request.messenger());
  if (!messenger.ok()) return messenger.status();
  (*messenger)->PauseDispatch();
  admin::v1::PauseDispatchResponse out;
  *out.mutable_queue() = QueueOf(*messenger);
  return out;
}

absl::StatusOr<admin::v1::ResumeDispatchResponse> AdminService::ResumeDispatch(
    const admin::v1::ResumeDispatchRequest& request) {
  absl::StatusOr<Messenger*> messenger = Find(request.messenger());
  if (!messenger.ok()) return messenger.status();
  (*messenger)->ResumeDispatch();
  admin::v1::ResumeDispatchResponse out;
  *out.mutable_queue() = QueueOf(*messenger);
  return out;
}

absl::StatusOr<admin::v1::DrainDispatchResponse> AdminService::DrainDispatch(
    const admin::v1::DrainDispatchRequest& request, const std::function<bool()>& cancelled) {
  absl::StatusOr<Messenger*> messenger = Find(request.messenger());
  if (!messenger.ok()) return messenger.status();
  const absl::Duration timeout =
      request.has_timeout() ? FromProto(request.timeout()) : kDefaultDrainTimeout;
  if (timeout < absl::ZeroDuration() || timeout > kMaxDrainTimeout) {
    return absl::InvalidArgumentError(absl::StrCat("a drain may take from 0 s to ",
                                                   absl::FormatDuration(kMaxDrainTimeout), ", not ",
                                                   absl::FormatDuration(timeout)));
  }
  absl::Status status;
  absl::Duration left = timeout;
  do {
    if (cancelled()) return absl::CancelledError("nobody waits for the drain any more");
    status = (*messenger)->DrainDispatch(std::min(left, kDrainSlice));
    left -= kDrainSlice;
  } while (absl::IsDeadlineExceeded(status) && left > absl::ZeroDuration());
  if (absl::IsDeadlineExceeded(status)) {
    return absl::DeadlineExceededError(absl::StrCat(
        request.messenger(), " still had messages queued after ", absl::FormatDuration(timeout)));
  }
  if (!status.ok()) return status;
  admin::v1::DrainDispatchResponse out;
  *out.mutable_queue() = QueueOf(*messenger);
  return out;
}

absl::StatusOr<admin::v1::InjectFaultResponse> AdminService::InjectFault(
    const admin::v1::InjectFaultRequest& request) {
  absl::StatusOr<Messenger*> messenger = Find(request.messenger());
  if (!messenger.ok()) return messenger.status();
  const std::optional<FaultInjection::Kind> kind = KindOf(request.kind());
  if (!kind.has_value()) {
    return absl::InvalidArgumentError(
        "the kind of fault is missing; give PARTITION, HEAL, PAUSE_READING or RESUME_READING");
  }
  const absl::Status status = (*messenger)->InjectFault({*kind, request.peer()});
  if (!status.ok()) return status;
  admin::v1::InjectFaultResponse out;
  out.set_messenger(request.messenger());
  const std::vector<std::string> under_way = (*messenger)->Info().injected_faults;
  out.mutable_injected_faults()->Add(under_way.begin(), under_way.end());
  return out;
}

admin::v1::ListOptionsResponse AdminService::ListOptions(
    const admin::v1::ListOptionsRequest& request) {
  admin::v1::ListOptionsResponse out;
  for (const Config::Entry& entry : config_->List()) {
    const bool wanted = absl::StartsWith(entry.spec->name, request.prefix()) &&
                        !(request.changed() && entry.source == Config::Source::kDefault);
    if (wanted) *out.add_options() = ToProto(entry);
  }
  return out;
}

absl::StatusOr<admin::v1::Option> AdminService::Describe(const std::string& name) {
  absl::StatusOr<Config::Entry> entry = config_->Describe(name);
  if (!entry.ok()) return entry.status();
  return ToProto(*entry);
}

absl::StatusOr<admin::v1::GetOptionResponse> AdminService::GetOption(
    const admin::v1::GetOptionRequest& request) {
  absl::StatusOr<admin::v1::Option> option = Describe(request.name());
  if (!option.ok()) return option.status();
  admin::v1::GetOptionResponse out;
  *out.mutable_option() = *std::move(option);
  return out;
}

absl::StatusOr<admin::v1::GetDumpResponse> AdminService::GetDump(
    const admin::v1::GetDumpRequest& request) {
  const auto found = dumps_.find(request.name());
  if (found == dumps_.end()) {
    std::vector<std::string> names;
    for (const auto& [name, dump] : dumps_) names.push_back(name);
    return absl::NotFoundError(absl::StrCat(identity_.name, " has no dump \"", request.name(),
                                            "\"; it has ",
                                            names.empty() ? "none" : absl::StrJoin(names, ", ")));
  }
  admin::v1::GetDumpResponse out;
  out.set_json(found->second());
  return out;
}

absl::StatusOr<admin::v1::SetOptionResponse> AdminService::SetOption(
    const admin::v1::SetOptionRequest& request) {
  const absl::Status status = config_->Set(request.name(), request.value());
  if (!status.ok()) return status;
  absl::StatusOr<admin::v1::Option> option = Describe(request.name());
  if (!option.ok()) return option.status();
  admin::v1::SetOptionResponse out;
  *out.mutable_option() = *std::move(option);
  return out;
}

absl::StatusOr<absl::Duration> AdminService::WatchInterval(const admin::v1::WatchRequest& request) {
  const absl::Duration interval =
      request.has_interval() ? FromProto(request.interval()) : kDefaultWatchInterval;
  if (interval >= kMinWatchInterval && interval <= kMaxWatchInterval) return interval;
  return absl::InvalidArgumentError(absl::StrCat(
      "the interval of a watch may be from ", absl::FormatDuration(kMinWatchInterval), " to ",
      absl::FormatDuration(kMaxWatchInterval), ", not ", absl::FormatDuration(interval)));
}

absl::StatusOr<admin::v1::WatchResponse> AdminService::Sample(
    const admin::v1::WatchRequest& request) {
  absl::StatusOr<std::vector<Messenger*>> selected = Select(request.messenger());
  if (!selected.ok()) return selected.status();
  admin::v1::WatchResponse out;
  *out.mutable_when() = ToProto(clock_->Now());
  for (Messenger* messenger : *selected) *out.add_messengers() = StatsToProto(messenger->Info());
  return out;
}

}  // namespace siphon
