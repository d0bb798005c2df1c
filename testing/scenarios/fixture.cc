#include "testing/scenarios/fixture.h"

#include <string>
#include <utility>

#include "glog/logging.h"
#include "msg/async/create_messenger.h"
#include "msg/async/messenger_options.h"
#include "net/make_network_stack.h"
#include "testing/scenarios/scenario_message.h"

namespace siphon {

ScenarioFixture::ScenarioFixture(int workers) {
  registry_.Register<ScenarioMessage>();
  Set("ms_bind_port_min", "24000");
  Set("ms_bind_port_max", "27999");
  Set("ms_initial_backoff", "0.01");
  Set("ms_max_backoff", "0.1");
  NetworkStackOptions options;
  options.workers = workers;
  auto stack = MakeNetworkStack("posix", options);
  CHECK(stack.ok()) << stack.status();
  stack_ = *std::move(stack);
  CHECK(stack_->Start().ok());
}

ScenarioFixture::~ScenarioFixture() {
  for (const auto& messenger : messengers_) Stop(messenger.get());
  messengers_.clear();
  stack_->Stop();
}

void ScenarioFixture::Set(std::string_view option, std::string_view value) {
  // Some are read at the start only: to such a program this is its start.
  const absl::Status status = config_.Set(option, value, Config::Source::kCommandLine);
  CHECK(status.ok()) << status;
}

Messenger* ScenarioFixture::Make(const EntityName& entity, const Policy& policy,
                                 RandomSource* random, const ScenarioAuth& auth) {
  MessengerOptions options;
  options.entity = entity;
  options.name = entity.ToString();
  options.nonce = next_nonce_++;
  options.stack = stack_.get();
  options.config = &config_;
  options.registry = &registry_;
  options.random = random;
  options.auth_client = auth.client;
  options.auth_server = auth.server;
  auto messenger = CreateMessenger("async+posix", options);
  CHECK(messenger.ok()) << messenger.status();
  (*messenger)->SetDefaultPolicy(policy);
  (*messenger)->SetClusterProtocol(10);
  messengers_.push_back(*std::move(messenger));
  return messengers_.back().get();
}

void ScenarioFixture::BindLoopback(Messenger* messenger, std::string_view protocol) {
  const absl::Status status =
      messenger->Bind(EntityAddrVec(*EntityAddr::Parse(std::string(protocol) + ":127.0.0.1:0/0")));
  CHECK(status.ok()) << status;
}

Messenger* ScenarioFixture::Server(const Policy& policy, Dispatcher* dispatcher) {
  return Peer(0, policy, dispatcher);
}

Messenger* ScenarioFixture::Client(const Policy& policy, Dispatcher* dispatcher) {
  Messenger* messenger = Make({kEntityClient, 12}, policy);
  messenger->AddDispatcherHead(dispatcher);
  CHECK(messenger->Start().ok());
  return messenger;
}

Messenger* ScenarioFixture::Peer(int64_t number, const Policy& policy, Dispatcher* dispatcher) {
  Messenger* messenger = Make({kEntityOsd, number}, policy);
  BindLoopback(messenger);
  messenger->AddDispatcherHead(dispatcher);
  CHECK(messenger->Start().ok());
  return messenger;
}

ConnectionPtr ScenarioFixture::Dial(Messenger* from, Messenger* to, EntityType type) {
  return Dial(from, to->addrs(), type);
}

ConnectionPtr ScenarioFixture::Dial(Messenger* from, const EntityAddrVec& to, EntityType type) {
  auto connection = from->ConnectTo(type, to);
  CHECK(connection.ok()) << connection.status();
  return *connection;
}

void ScenarioFixture::Ping(const ConnectionPtr& connection, uint64_t number, size_t data) {
  auto ping = std::make_unique<ScenarioMessage>(number);
  if (data != 0)
    ping->mutable_data().Append(std::string(data, static_cast<char>('a' + number % 26)));
  connection->Send(std::move(ping));
}

std::string ScenarioFixture::StateOf(Messenger* messenger) {
  const std::vector<ConnectionInfo> connections = messenger->ListConnections();
  return connections.size() == 1 ? connections[0].state : "";
}

void ScenarioFixture::Stop(Messenger* messenger) {
  messenger->Shutdown();
  messenger->Wait();
}

void ScenarioFixture::Destroy(Messenger* messenger) {
  Stop(messenger);
  std::erase_if(messengers_, [messenger](const auto& m) { return m.get() == messenger; });
}

}  // namespace siphon
