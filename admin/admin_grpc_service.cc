#include "admin/admin_grpc_service.h"

#include <utility>

#include "admin/grpc_status.h"
#include "admin/watch_reactor.h"

namespace siphon {
namespace {

template <typename T>
grpc::Status Answer(absl::StatusOr<T> result, T* response) {
  if (!result.ok()) return ToGrpcStatus(result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status AdminGrpcService::GetDaemon(grpc::ServerContext* context,
                                         const admin::v1::GetDaemonRequest* request,
                                         admin::v1::GetDaemonResponse* response) {
  *response = service_->GetDaemon();
  return grpc::Status::OK;
}

grpc::Status AdminGrpcService::ListMessengers(grpc::ServerContext* context,
                                              const admin::v1::ListMessengersRequest* request,
                                              admin::v1::ListMessengersResponse* response) {
  *response = service_->ListMessengers();
  return grpc::Status::OK;
}

grpc::Status AdminGrpcService::ListConnections(grpc::ServerContext* context,
                                               const admin::v1::ListConnectionsRequest* request,
                                               admin::v1::ListConnectionsResponse* response) {
  return Answer(service_->ListConnections(*request), response);
}

grpc::Status AdminGrpcService::GetQueues(grpc::ServerContext* context,
                                         const admin::v1::GetQueuesRequest* request,
                                         admin::v1::GetQueuesResponse* response) {
  return Answer(service_->GetQueues(*request), response);
}

grpc::Status AdminGrpcService::PauseDispatch(grpc::ServerContext* context,
                                             const admin::v1::PauseDispatchRequest* request,
                                             admin::v1::PauseDispatchResponse* response) {
  return Answer(service_->PauseDispatch(*request), response);
}

grpc::Status AdminGrpcService::ResumeDispatch(grpc::ServerContext* context,
                                              const admin::v1::ResumeDispatchRequest* request,
                                              admin::v1::ResumeDispatchResponse* response) {
  return Answer(service_->ResumeDispatch(*request), response);
}

grpc::Status AdminGrpcService::DrainDispatch(grpc::ServerContext* context,
                                             const admin::v1::DrainDispatchRequest* request,
                                             admin::v1::DrainDispatchResponse* response) {
  const auto cancelled = [context] { return context->IsCancelled(); };
  return Answer(service_->DrainDispatch(*request, cancelled), response);
}

grpc::Status AdminGrpcService::InjectFault(grpc::ServerContext* context,
                                           const admin::v1::InjectFaultRequest* request,
                                           admin::v1::InjectFaultResponse* response) {
  return Answer(service_->InjectFault(*request), response);
}

grpc::Status AdminGrpcService::ListOptions(grpc::ServerContext* context,
                                           const admin::v1::ListOptionsRequest* request,
                                           admin::v1::ListOptionsResponse* response) {
  *response = service_->ListOptions(*request);
  return grpc::Status::OK;
}

grpc::Status AdminGrpcService::GetOption(grpc::ServerContext* context,
                                         const admin::v1::GetOptionRequest* request,
                                         admin::v1::GetOptionResponse* response) {
  return Answer(service_->GetOption(*request), response);
}

grpc::Status AdminGrpcService::GetDump(grpc::ServerContext* context,
                                       const admin::v1::GetDumpRequest* request,
                                       admin::v1::GetDumpResponse* response) {
  return Answer(service_->GetDump(*request), response);
}

grpc::Status AdminGrpcService::SetOption(grpc::ServerContext* context,
                                         const admin::v1::SetOptionRequest* request,
                                         admin::v1::SetOptionResponse* response) {
  return Answer(service_->SetOption(*request), response);
}

grpc::ServerWriteReactor<admin::v1::WatchResponse>* AdminGrpcService::Watch(
    grpc::CallbackServerContext* context, const admin::v1::WatchRequest* request) {
  auto* const reactor = new WatchReactor(service_, watchers_, *request);  // ends itself
  if (watchers_->load() > kMaxWatchers) {
    reactor->Refuse(absl::ResourceExhaustedError("too many watch this daemon already"));
  } else {
    reactor->Begin();
  }
  return reactor;
}

}  // namespace siphon
