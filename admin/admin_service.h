// AdminService: the answers of the admin port, without a socket.
//
// Each method is a call of admin.proto with Status for gRPC's status; admin_grpc_service.h puts
// them on the wire.
//
// Threads: any that is no messenger worker, for the messengers' Info calls wait for workers.
// AddMessenger() and AddDump() come before the service is served. Messengers and Config are
// borrowed and outlive the service.
#ifndef SIPHON_ADMIN_ADMIN_SERVICE_H_
#define SIPHON_ADMIN_ADMIN_SERVICE_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "admin/admin.pb.h"
#include "base/clock.h"
#include "base/config.h"
#include "msg/messenger.h"

namespace siphon {

class AdminService {
 public:
  static constexpr absl::Duration kDefaultDrainTimeout = absl::Seconds(10);
  static constexpr absl::Duration kMaxDrainTimeout = absl::Seconds(60);
  static constexpr absl::Duration kDefaultWatchInterval = absl::Seconds(1);
  static constexpr absl::Duration kMinWatchInterval = absl::Milliseconds(10);
  static constexpr absl::Duration kMaxWatchInterval = absl::Hours(1);

  struct Identity {
    std::string name;     // "osd.3"
    std::string program;  // "siphon-osd"
    std::string version;
  };

  AdminService(Identity identity, Config* config, Clock* clock = &Clock::Real());
  AdminService(const AdminService&) = delete;
  AdminService& operator=(const AdminService&) = delete;

  void AddMessenger(Messenger* messenger) { messengers_.push_back(messenger); }

  // `dump` makes a dump of the daemon's own, as JSON; from any thread. Before the service is
  // served.
  void AddDump(std::string name, std::function<std::string()> dump) {
    dumps_[std::move(name)] = std::move(dump);
  }

  admin::v1::GetDaemonResponse GetDaemon();
  admin::v1::ListMessengersResponse ListMessengers();
  // NotFound: `messenger` is not empty and not the name of one. As below.
  absl::StatusOr<admin::v1::ListConnectionsResponse> ListConnections(
      const admin::v1::ListConnectionsRequest& request);
  absl::StatusOr<admin::v1::GetQueuesResponse> GetQueues(
      const admin::v1::GetQueuesRequest& request);
  absl::StatusOr<admin::v1::PauseDispatchResponse> PauseDispatch(
      const admin::v1::PauseDispatchRequest& request);
  absl::StatusOr<admin::v1::ResumeDispatchResponse> ResumeDispatch(
      const admin::v1::ResumeDispatchRequest& request);
  // Blocks until the queue is empty, for kMaxDrainTimeout at most, or `cancelled` says yes; it is
  // asked every now and then.
  absl::StatusOr<admin::v1::DrainDispatchResponse> DrainDispatch(
      const admin::v1::DrainDispatchRequest& request,
      const std::function<bool()>& cancelled = [] { return false; });
  absl::StatusOr<admin::v1::InjectFaultResponse> InjectFault(
      const admin::v1::InjectFaultRequest& request);
  admin::v1::ListOptionsResponse ListOptions(const admin::v1::ListOptionsRequest& request);
  absl::StatusOr<admin::v1::GetOptionResponse> GetOption(
      const admin::v1::GetOptionRequest& request);
  absl::StatusOr<admin::v1::SetOptionResponse> SetOption(
      const admin::v1::SetOptionRequest& request);

  // NotFound: the daemon has no such dump.
  absl::StatusOr<admin::v1::GetDumpResponse> GetDump(const admin::v1::GetDumpRequest& request);

  // One message of a Watch stream, and the time until the next. InvalidArgument: the interval is
  // out of kMinWatchInterval..kMaxWatchInterval.
  absl::StatusOr<admin::v1::WatchResponse> Sample(const admin::v1::WatchRequest& request);
  static absl::StatusOr<absl::Duration> WatchInterval(const admin::v1::WatchRequest& request);

 private:
  // The messenger of that name, or all for an empty one.
  absl::StatusOr<std::vector<Messenger*>> Select(const std::string& name);
  // Exactly one.
  absl::StatusOr<Messenger*> Find(const std::string& name);
  absl::StatusOr<admin::v1::Option> Describe(const std::string& name);

  const Identity identity_;
  Config* const config_;
  Clock* const clock_;
  const absl::Time started_;
  std::vector<Messenger*> messengers_;
  std::map<std::string, std::function<std::string()>> dumps_;
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_ADMIN_SERVICE_H_
