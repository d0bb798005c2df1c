// AdminGrpcService: AdminService as gRPC calls it.
//
// Calls with one answer run on the server's few threads, since they wait for messenger workers. A
// Watch holds no thread between two messages: it is a reactor with an alarm.
//
// Threads: gRPC's.
#ifndef SIPHON_ADMIN_ADMIN_GRPC_SERVICE_H_
#define SIPHON_ADMIN_ADMIN_GRPC_SERVICE_H_

#include <atomic>
#include <memory>

#include "admin/admin.grpc.pb.h"
#include "admin/admin_service.h"

namespace siphon {

class AdminGrpcService final
    : public admin::v1::Admin::WithCallbackMethod_Watch<admin::v1::Admin::Service> {
 public:
  // Watch calls at a time; more are refused.
  static constexpr int kMaxWatchers = 16;

  // `service` is borrowed and outlives this object.
  explicit AdminGrpcService(AdminService* service)
      : service_(service), watchers_(std::make_shared<std::atomic<int>>(0)) {}

  grpc::Status GetDaemon(grpc::ServerContext* context, const admin::v1::GetDaemonRequest* request,
                         admin::v1::GetDaemonResponse* response) override;
  grpc::Status ListMessengers(grpc::ServerContext* context,
                              const admin::v1::ListMessengersRequest* request,
                              admin::v1::ListMessengersResponse* response) override;
  grpc::Status ListConnections(grpc::ServerContext* context,
                               const admin::v1::ListConnectionsRequest* request,
                               admin::v1::ListConnectionsResponse* response) override;
  grpc::Status GetQueues(grpc::ServerContext* context, const admin::v1::GetQueuesRequest* request,
                         admin::v1::GetQueuesResponse* response) override;
  grpc::Status PauseDispatch(grpc::ServerContext* context,
                             const admin::v1::PauseDispatchRequest* request,
                             admin::v1::PauseDispatchResponse* response) override;
  grpc::Status ResumeDispatch(grpc::ServerContext* context,
                              const admin::v1::ResumeDispatchRequest* request,
                              admin::v1::ResumeDispatchResponse* response) override;
  grpc::Status DrainDispatch(grpc::ServerContext* context,
                             const admin::v1::DrainDispatchRequest* request,
                             admin::v1::DrainDispatchResponse* response) override;
  grpc::Status InjectFault(grpc::ServerContext* context,
                           const admin::v1::InjectFaultRequest* request,
                           admin::v1::InjectFaultResponse* response) override;
  grpc::Status ListOptions(grpc::ServerContext* context,
                           const admin::v1::ListOptionsRequest* request,
                           admin::v1::ListOptionsResponse* response) override;
  grpc::Status GetOption(grpc::ServerContext* context, const admin::v1::GetOptionRequest* request,
                         admin::v1::GetOptionResponse* response) override;
  grpc::Status GetDump(grpc::ServerContext* context, const admin::v1::GetDumpRequest* request,
                       admin::v1::GetDumpResponse* response) override;
  grpc::Status SetOption(grpc::ServerContext* context, const admin::v1::SetOptionRequest* request,
                         admin::v1::SetOptionResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::WatchResponse>* Watch(
      grpc::CallbackServerContext* context, const admin::v1::WatchRequest* request) override;

 private:
  AdminService* const service_;
  const std::shared_ptr<std::atomic<int>> watchers_;
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_ADMIN_GRPC_SERVICE_H_
