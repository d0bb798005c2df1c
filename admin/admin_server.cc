#include "admin/admin_server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "admin/admin_grpc_service.h"
#include "admin/socket_place.h"

namespace siphon {
namespace {

constexpr char kServiceName[] = "siphon.admin.v1.Admin";
// No request of ours is longer.
constexpr int kMaxRequestBytes = 64 << 10;

// Reflection and health are plugins of the whole process.
void EnablePlugins() {
  static const bool once = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)once;
}

void Configure(grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder->SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder->SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder->SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  grpc::ResourceQuota quota("admin");
  quota.SetMaxThreads(AdminServer::kMaxThreads);
  builder->SetResourceQuota(quota);
}

}  // namespace

struct AdminServer::Parts {
  explicit Parts(AdminService* admin_service) : service(admin_service) {}

  AdminGrpcService service;
  std::unique_ptr<SocketPlace> place;
  std::unique_ptr<grpc::Server> server;
};

AdminServer::AdminServer() = default;

AdminServer::~AdminServer() { Stop(); }

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const ListenAddress& address,
                                                                AdminService* service) {
  auto parts = std::make_unique<Parts>(service);
  std::string target = address.ToString();
  if (address.is_unix()) {
    absl::StatusOr<std::unique_ptr<SocketPlace>> place = SocketPlace::Prepare(address.path());
    if (!place.ok()) return place.status();
    parts->place = *std::move(place);
    target = absl::StrCat("unix:", parts->place->bind_path());
  }
  EnablePlugins();
  grpc::ServerBuilder builder;
  Configure(&builder);
  int port = 0;
  builder.AddListeningPort(target, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&parts->service);
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr || port == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat("the admin port cannot listen at ", address.ToString(),
                     "; is the port taken? Give another --admin-listen"));
  }
  auto out = std::unique_ptr<AdminServer>(new AdminServer());
  out->parts_ = std::move(parts);
  out->address_ = address.is_unix() ? address.ToString() : absl::StrCat(address.host(), ":", port);
  if (out->parts_->place != nullptr) {
    if (absl::Status status = out->parts_->place->Publish(); !status.ok()) return status;
  }
  out->parts_->server->GetHealthCheckService()->SetServingStatus(kServiceName, true);
  return out;
}

void AdminServer::Stop() {
  if (parts_ == nullptr) return;
  // No connection is accepted from here on; calls under way are cancelled, and waited for.
  parts_->server->GetHealthCheckService()->SetServingStatus(false);
  parts_->server->Shutdown(std::chrono::system_clock::now());
  parts_->server.reset();
  parts_.reset();
}

}  // namespace siphon
