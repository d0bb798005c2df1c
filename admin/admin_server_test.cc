#include "admin/admin_server.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "admin/admin.grpc.pb.h"
#include "admin/admin_grpc_service.h"
#include "base/config.h"
#include "testing/fakes/fake_admin_messenger.h"
#include "testing/process/child_process.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() { service_.AddMessenger(&messenger_); }

  absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& address) {
    auto parsed = ListenAddress::Parse(address);
    if (!parsed.ok()) return parsed.status();
    return AdminServer::Start(*parsed, &service_);
  }
  static std::shared_ptr<grpc::Channel> ChannelTo(const AdminServer& server) {
    return grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials());
  }
  static std::unique_ptr<admin::v1::Admin::Stub> StubTo(const AdminServer& server) {
    return admin::v1::Admin::NewStub(ChannelTo(server));
  }

  ShortTempDir dir_;
  const std::string path_ = dir_.Path("a.sock");
  const std::string address_ = "unix:" + path_;
  Config config_;
  FakeAdminMessenger messenger_{"ms_public"};
  AdminService service_{{"osd.3", "siphon-osd", "1.2"}, &config_};
};

// Sends a request in protobuf's wire form to a method of which no stub is at hand, and gives the
// bytes of the first answer.
std::string CallByName(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(request);
  const grpc::ByteBuffer out(&slice, 1);
  grpc::ByteBuffer in;
  void* tag;
  bool ok = false;
  const auto next = [&] { return queue.Next(&tag, &ok) && ok; };
  auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  if (!next()) return "";
  call->WriteLast(out, grpc::WriteOptions(), nullptr);
  if (!next()) return "";
  call->Read(&in, nullptr);
  const bool got = next();
  grpc::Status status;
  call->Finish(&status, nullptr);
  next();
  if (!got) return "";
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!in.Dump(&slices).ok()) return "";
  for (const grpc::Slice& part : slices) bytes.append(part.begin(), part.end());
  return bytes;
}

TEST_F(AdminServerTest, OnlyTheOwnerMayUseItsSocketAndNothingElseIsLeftInTheFolder) {
  const auto server = Start(address_);
  ASSERT_TRUE(server.ok()) << server.status();
  struct stat socket;
  ASSERT_EQ(stat(path_.c_str(), &socket), 0);
  EXPECT_EQ(socket.st_mode, S_IFSOCK | 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path()), {}), 1);
  (*server)->Stop();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path()), {}), 0);
}

TEST_F(AdminServerTest, AnswersOverTheSocketWithTheServicesStatus) {
  const auto server = Start(address_);
  const auto stub = StubTo(**server);
  {
    grpc::ClientContext context;
    admin::v1::ListMessengersResponse response;
    ASSERT_TRUE(stub->ListMessengers(&context, {}, &response).ok());
    EXPECT_EQ(response.messengers(0).name(), "ms_public");
  }
  grpc::ClientContext context;
  admin::v1::PauseDispatchRequest request;
  request.set_messenger("ms_x");
  admin::v1::PauseDispatchResponse response;
  const grpc::Status status = stub->PauseDispatch(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "osd.3 has no messenger ms_x; it has ms_public");
}

TEST_F(AdminServerTest, ListensOnLoopbackAtAPortOfTheSystemsChoice) {
  const auto server = Start("127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_NE((*server)->address(), "127.0.0.1:0");
  grpc::ClientContext context;
  admin::v1::GetDaemonResponse response;
  EXPECT_TRUE(StubTo(**server)->GetDaemon(&context, {}, &response).ok());
  EXPECT_EQ(response.name(), "osd.3");
  EXPECT_EQ(Start((*server)->address()).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(AdminServerTest, RefusesThePathOfALiveServerAndOfAFile) {
  const auto server = Start(address_);
  const auto second = Start(address_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another process listens there"));
  WriteFile(dir_.Path("file"), "precious");
  const auto third = Start("unix:" + dir_.Path("file"));
  EXPECT_EQ(third.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadFile(dir_.Path("file")), "precious");
}

TEST_F(AdminServerTest, ReplacesTheSocketOfAProcessThatCrashed) {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un addr = {};
  addr.sun_family = AF_UNIX;
  std::strcpy(addr.sun_path, path_.c_str());
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&addr), sizeof(addr)), 0);
  close(fd);
  EXPECT_TRUE(Start(address_).ok());
}

TEST_F(AdminServerTest, NamesAFolderThatIsMissing) {
  const auto server = Start("unix:" + dir_.Path("none/a.sock"));
  EXPECT_EQ(server.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(server.status().message()), HasSubstr(dir_.Path("none/a.sock")));
}

TEST_F(AdminServerTest, ReflectionListsTheService) {
  const auto server = Start(address_);
  // ServerReflectionRequest.list_services (field 7) = "*".
  const std::string answer =
      CallByName(ChannelTo(**server),
                 "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "\x3a\x01*");
  EXPECT_THAT(answer, HasSubstr("siphon.admin.v1.Admin"));
  EXPECT_THAT(answer, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(AdminServerTest, HealthIsServing) {
  const auto server = Start(address_);
  // HealthCheckResponse.status (field 1) = SERVING (1), for the server and for the service.
  const std::string serving = "\x08\x01";
  const std::string method = "/grpc.health.v1.Health/Check";
  EXPECT_EQ(CallByName(ChannelTo(**server), method, ""), serving);
  EXPECT_EQ(CallByName(ChannelTo(**server), method, "\x0a\x15siphon.admin.v1.Admin"), serving);
}

TEST_F(AdminServerTest, AWatchStreamsSamplesUntilItIsCancelled) {
  const auto server = Start(address_);
  grpc::ClientContext context;
  admin::v1::WatchRequest request;
  request.mutable_interval()->set_nanos(10'000'000);
  const auto stub = StubTo(**server);
  const auto reader = stub->Watch(&context, request);
  admin::v1::WatchResponse sample;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(reader->Read(&sample));
  EXPECT_EQ(sample.messengers(0).messenger(), "ms_public");
  context.TryCancel();
  while (reader->Read(&sample)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(AdminServerTest, StoppingEndsAWatchThatWaitsForItsNextTick) {
  auto server = Start(address_);
  grpc::ClientContext context;
  admin::v1::WatchRequest request;
  request.mutable_interval()->set_seconds(3600);
  const auto stub = StubTo(**server);
  const auto reader = stub->Watch(&context, request);
  admin::v1::WatchResponse sample;
  ASSERT_TRUE(reader->Read(&sample));
  (*server)->Stop();  // would take an hour
  EXPECT_FALSE(reader->Read(&sample));
  EXPECT_FALSE(reader->Finish().ok());
}

TEST_F(AdminServerTest, StoppingEndsADrainThatGoesOn) {
  messenger_.drain_result = absl::DeadlineExceededError("never empty");
  auto server = Start(address_);
  const auto stub = StubTo(**server);
  grpc::ClientContext context;
  admin::v1::DrainDispatchRequest request;
  request.set_messenger("ms_public");
  request.mutable_timeout()->set_seconds(60);
  admin::v1::DrainDispatchResponse response;
  grpc::CompletionQueue queue;
  grpc::Status status;
  const auto call = stub->AsyncDrainDispatch(&context, request, &queue);
  call->Finish(&response, &status, nullptr);
  while (messenger_.drains == 0) std::this_thread::yield();
  (*server)->Stop();
  void* tag;
  bool ok;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_FALSE(status.ok());
}

TEST_F(AdminServerTest, RefusesOneWatchTooMany) {
  const auto server = Start(address_);
  const auto stub = StubTo(**server);
  admin::v1::WatchRequest request;
  request.mutable_interval()->set_seconds(3600);
  admin::v1::WatchResponse sample;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<admin::v1::WatchResponse>>> readers;
  for (int i = 0; i < AdminGrpcService::kMaxWatchers; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(stub->Watch(contexts.back().get(), request));
    ASSERT_TRUE(readers.back()->Read(&sample)) << i;
  }
  grpc::ClientContext context;
  const auto reader = stub->Watch(&context, request);
  EXPECT_FALSE(reader->Read(&sample));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(AdminServerTest, AWrongWatchEndsWithItsReason) {
  const auto server = Start(address_);
  const auto stub = StubTo(**server);
  const auto end = [&](const admin::v1::WatchRequest& request) {
    grpc::ClientContext context;
    const auto reader = stub->Watch(&context, request);
    admin::v1::WatchResponse sample;
    EXPECT_FALSE(reader->Read(&sample));
    return reader->Finish().error_code();
  };
  admin::v1::WatchRequest request;
  request.set_messenger("ms_x");
  EXPECT_EQ(end(request), grpc::StatusCode::NOT_FOUND);
  request.mutable_interval()->set_nanos(1);
  EXPECT_EQ(end(request), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace siphon
