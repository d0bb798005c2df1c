#include "admin/admin_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/config.h"
#include "msg/fault_injection.h"
#include "testing/fakes/fake_admin_messenger.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

class AdminServiceTest : public testing::Test {
 protected:
  AdminServiceTest() {
    public_.info = FakeAdminMessenger::SampleInfo("ms_public");
    public_.connections = {FakeAdminMessenger::SampleConnection()};
    cluster_.connections = {FakeAdminMessenger::SampleConnection(),
                            FakeAdminMessenger::SampleConnection()};
    service_.AddMessenger(&public_);
    service_.AddMessenger(&cluster_);
  }

  template <typename Request>
  static Request For(const std::string& messenger) {
    Request request;
    request.set_messenger(messenger);
    return request;
  }
  admin::v1::DrainDispatchRequest Drain(absl::Duration timeout) {
    auto request = For<admin::v1::DrainDispatchRequest>("ms_public");
    request.mutable_timeout()->set_seconds(absl::ToInt64Seconds(timeout));
    return request;
  }

  Config config_;
  FakeAdminMessenger public_{"ms_public"};
  FakeAdminMessenger cluster_{"ms_cluster"};
  AdminService service_{{"osd.3", "siphon-osd", "1.2"}, &config_};
};

TEST_F(AdminServiceTest, SaysWhoAnswers) {
  const auto daemon = service_.GetDaemon();
  EXPECT_EQ(daemon.name(), "osd.3");
  EXPECT_EQ(daemon.program(), "siphon-osd");
  EXPECT_EQ(daemon.pid(), getpid());
  EXPECT_GT(daemon.started().seconds(), 0);
}

TEST_F(AdminServiceTest, ListsMessengersWithEachFieldInItsPlace) {
  const auto list = service_.ListMessengers();
  ASSERT_EQ(list.messengers_size(), 2);
  EXPECT_EQ(list.messengers(1).name(), "ms_cluster");
  EXPECT_EQ(list.messengers(0).ShortDebugString(),
            "name: \"ms_public\" type: \"async+posix\" entity: \"osd.3\" "
            "addresses: \"v1:127.0.0.1:6801/4711\" nonce: 4711 "
            "policies { peer_type: \"default\" policy: \"stateless_server\" } "
            "policies { peer_type: \"osd\" policy: \"lossless_peer\" } "
            "connections: 2 accepting: 1 messages_in: 1234 messages_out: 5678 "
            "bytes_in: 3145728 bytes_out: 1536 accepted_total: 17 faults_total: 4 "
            "reconnects_total: 5 out_queue_messages: 6 "
            "dispatch { messages: 9 local_messages: 2 oldest { seconds: 1 nanos: 500000000 } "
            "by_priority { priority: 196 messages: 1 } by_priority { priority: 127 messages: 8 } "
            "throttle_bytes: 4096 throttle_max: 104857600 dispatched_total: 900 "
            "fast_dispatched_total: 334 } "
            "recent_faults { when { seconds: 1700000000 } peer: \"client.5 v1:10.0.0.1:0/1\" "
            "state: \"ACCEPTING_WAIT_BANNER_ADDR\" reason: \"not a msgr v1 banner\" } "
            "injected_failures: 21 injected_faults: \"partition v1:127.0.0.1:6803/0\"");
}

TEST_F(AdminServiceTest, ListsConnectionsOfOneOrOfAll) {
  EXPECT_EQ(service_.ListConnections({})->connections_size(), 3);
  const auto list = service_.ListConnections(For<admin::v1::ListConnectionsRequest>("ms_public"));
  ASSERT_EQ(list->connections_size(), 1);
  EXPECT_EQ(
      list->connections(0).ShortDebugString(),
      "messenger: \"ms_public\" id: 42 peer: \"client.4107\" "
      "peer_addresses: \"v1:127.0.0.1:0/99\" socket_address: \"127.0.0.1:51034\" "
      "protocol: \"v2\" state: \"OPEN\" policy: \"stateless_server\" incoming: true worker: 1 "
      "features: 4540138320759226367 out_seq: 11 acked_seq: 10 in_seq: 12 connect_seq: 1 "
      "global_seq: 7 peer_global_seq: 8 out_queue_messages: 3 out_queue_bytes: 2048 "
      "unacked_messages: 1 messages_in: 100 messages_out: 200 bytes_in: 5242880 "
      "bytes_out: 700 reconnects: 2 last_active { nanos: 250000000 } "
      "last_fault: \"connection reset by peer\" "
      "recent { state: \"ACCEPTING\" age { seconds: 9 } } "
      "recent { state: \"OPEN\" reason: \"replaced\" age { seconds: 8 } } "
      "con_mode: \"secure\" entity: \"client.admin\" unacked_bytes: 4096");
}

TEST_F(AdminServiceTest, AnUnknownMessengerIsNotFoundAndTheOthersAreNamed) {
  const auto list = service_.ListConnections(For<admin::v1::ListConnectionsRequest>("ms_x"));
  EXPECT_EQ(list.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(list.status().message(), "osd.3 has no messenger ms_x; it has ms_public, ms_cluster");
  EXPECT_EQ(service_.PauseDispatch({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(AdminServiceTest, PausesAndResumesOneMessenger) {
  const auto paused = service_.PauseDispatch(For<admin::v1::PauseDispatchRequest>("ms_public"));
  ASSERT_TRUE(paused.ok());
  EXPECT_TRUE(paused->queue().queue().paused());
  const auto queues = service_.GetQueues({});
  EXPECT_TRUE(queues->queues(0).queue().paused());
  EXPECT_FALSE(queues->queues(1).queue().paused());
  const auto resumed = service_.ResumeDispatch(For<admin::v1::ResumeDispatchRequest>("ms_public"));
  EXPECT_FALSE(resumed->queue().queue().paused());
}

TEST_F(AdminServiceTest, DrainsAndReportsWhyItCouldNot) {
  EXPECT_TRUE(service_.DrainDispatch(Drain(absl::Seconds(1))).ok());
  public_.drain_result = absl::DeadlineExceededError("not empty");
  const auto late = service_.DrainDispatch(Drain(absl::Seconds(2)));
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(late.status().message(), "ms_public still had messages queued after 2s");
  public_.PauseDispatch();
  EXPECT_EQ(service_.DrainDispatch(Drain(absl::Seconds(1))).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(service_.DrainDispatch(Drain(absl::Hours(1))).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(AdminServiceTest, ADrainEndsWhenItsCallerLeaves) {
  public_.drain_result = absl::DeadlineExceededError("not empty");
  const auto drained = service_.DrainDispatch(Drain(absl::Seconds(60)),
                                              [this] { return public_.drains.load() >= 3; });
  EXPECT_EQ(drained.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(public_.drains, 3);
}

TEST_F(AdminServiceTest, InjectsFaultsIntoTheMessengerThatIsNamed) {
  auto request = For<admin::v1::InjectFaultRequest>("ms_cluster");
  EXPECT_EQ(service_.InjectFault(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.set_kind(admin::v1::InjectFaultRequest::PAUSE_READING);
  request.set_peer("osd.7");
  const auto injected = service_.InjectFault(request);
  ASSERT_TRUE(injected.ok()) << injected.status();
  EXPECT_EQ(injected->ShortDebugString(),
            "messenger: \"ms_cluster\" injected_faults: \"as ordered\"");
  ASSERT_EQ(cluster_.faults.size(), 1u);
  EXPECT_EQ(cluster_.faults[0].kind, FaultInjection::Kind::kPauseReading);
  EXPECT_EQ(cluster_.faults[0].peer, "osd.7");
  EXPECT_TRUE(public_.faults.empty());
  cluster_.fault_result = absl::NotFoundError("no connection with osd.7");
  EXPECT_EQ(service_.InjectFault(request).status(), cluster_.fault_result);
  request.clear_messenger();
  EXPECT_EQ(service_.InjectFault(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(AdminServiceTest, SetsOptionsAtRunTimeAndTellsTheirSource) {
  admin::v1::SetOptionRequest request;
  request.set_name("ms-tcp-nodelay");
  request.set_value("off");
  const auto set = service_.SetOption(request);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->option().name(), "ms_tcp_nodelay");
  EXPECT_EQ(set->option().value(), "false");
  EXPECT_EQ(set->option().default_value(), "true");
  EXPECT_EQ(set->option().source(), admin::v1::Option::RUNTIME);
  EXPECT_FALSE(config_.GetBool("ms_tcp_nodelay"));

  admin::v1::ListOptionsRequest changed;
  changed.set_changed(true);
  EXPECT_EQ(service_.ListOptions(changed).options_size(), 1);
}

TEST_F(AdminServiceTest, RefusesOptionsThatAreUnknownUnfitOrReadAtTheStart) {
  const auto code = [this](const std::string& name, const std::string& value) {
    admin::v1::SetOptionRequest request;
    request.set_name(name);
    request.set_value(value);
    return service_.SetOption(request).status().code();
  };
  EXPECT_EQ(code("ms_nonsense", "1"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code("ms_tcp_nodelay", "perhaps"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("ms_async_op_threads", "4"), absl::StatusCode::kFailedPrecondition);
}

TEST_F(AdminServiceTest, ListsOptionsByPrefix) {
  admin::v1::ListOptionsRequest request;
  request.set_prefix("ms_tcp_");
  const auto list = service_.ListOptions(request);
  ASSERT_GT(list.options_size(), 0);
  for (const auto& option : list.options()) EXPECT_THAT(option.name(), HasSubstr("ms_tcp_"));
  EXPECT_GT(service_.ListOptions({}).options_size(), 80);
}

TEST_F(AdminServiceTest, GivesTheDaemonsOwnDumpsAndNamesThem) {
  service_.AddDump("ops_in_flight", [] { return R"({"num_ops": 0})"; });
  admin::v1::GetDumpRequest request;
  request.set_name("ops_in_flight");
  EXPECT_EQ(service_.GetDump(request)->json(), R"({"num_ops": 0})");
  request.set_name("ops");
  const auto unknown = service_.GetDump(request);
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(unknown.status().message().find("it has ops_in_flight"), std::string::npos);
}

TEST_F(AdminServiceTest, SamplesTheCountersOfAWatch) {
  const auto sample = service_.Sample(For<admin::v1::WatchRequest>("ms_public"));
  ASSERT_TRUE(sample.ok());
  ASSERT_EQ(sample->messengers_size(), 1);
  EXPECT_EQ(sample->messengers(0).ShortDebugString(),
            "messenger: \"ms_public\" connections: 2 messages_in: 1234 messages_out: 5678 "
            "bytes_in: 3145728 bytes_out: 1536 out_queue_messages: 6 dispatch_queue_messages: 9 "
            "dispatch_oldest { seconds: 1 nanos: 500000000 } dispatched_total: 900 "
            "fast_dispatched_total: 334 faults_total: 4");
}

TEST_F(AdminServiceTest, KeepsTheIntervalOfAWatchInBounds) {
  EXPECT_EQ(*AdminService::WatchInterval({}), absl::Seconds(1));
  admin::v1::WatchRequest request;
  request.mutable_interval()->set_nanos(1000);
  EXPECT_EQ(AdminService::WatchInterval(request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.mutable_interval()->set_seconds(4000);
  EXPECT_EQ(AdminService::WatchInterval(request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace siphon
