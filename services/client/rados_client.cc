#include "services/client/rados_client.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random_source.h"
#include "msg/async/create_messenger.h"
#include "msg/auth/auth_name.h"
#include "msg/features.h"
#include "msg/policy.h"
#include "services/common/mon_host.h"
#include "services/common/start_network_stack.h"
#include "services/rados/messages/register.h"

namespace siphon::client {
namespace {

constexpr uint32_t kMaxNonce = 0x7fffffff;

}  // namespace

absl::StatusOr<std::unique_ptr<RadosClient>> RadosClient::Connect(Config* config,
                                                                  const std::string& id,
                                                                  absl::Duration timeout) {
  std::unique_ptr<RadosClient> client(new RadosClient());
  if (absl::Status status = client->Start(config, id); !status.ok()) return status;
  if (absl::Status status = client->mon_client_->WaitForSession(timeout); !status.ok()) {
    return status;
  }
  return client;
}

absl::Status RadosClient::Start(Config* config, const std::string& id) {
  absl::StatusOr<std::vector<EntityAddrVec>> monitors = ParseMonHost(config->GetString("mon_host"));
  if (!monitors.ok()) return monitors.status();
  rados::RegisterRadosMessages(&registry_);
  absl::StatusOr<std::unique_ptr<NetworkStack>> stack = StartNetworkStack(*config);
  if (!stack.ok()) return stack.status();
  stack_ = *std::move(stack);
  timer_ = std::make_unique<EventCenterTimer>(stack_->worker(0)->center());
  absl::StatusOr<std::unique_ptr<ProcessAuth>> auth =
      ProcessAuth::Create(config, AuthName{kEntityClient, id});
  if (!auth.ok()) return auth.status();
  auth_ = *std::move(auth);

  MessengerOptions options;
  options.entity = EntityName{kEntityClient, -1};
  options.name = "client";
  options.nonce = static_cast<uint32_t>(RandomSource::Real().Below(kMaxNonce)) + 1;
  options.stack = stack_.get();
  options.config = config;
  options.registry = &registry_;
  options.auth_client = auth_.get();
  absl::StatusOr<std::unique_ptr<Messenger>> messenger =
      CreateMessenger("async+posix", std::move(options));
  if (!messenger.ok()) return messenger.status();
  messenger_ = *std::move(messenger);
  messenger_->SetDefaultPolicy(Policy::LossyClient(kFeatureOsdReplyMux));

  MonClient::Options mon_options;
  mon_options.messenger = messenger_.get();
  mon_options.config = config;
  mon_options.timer = timer_.get();
  mon_options.auth = auth_.get();
  mon_client_ = std::make_unique<MonClient>(mon_options);
  Objecter::Options objecter_options;
  objecter_options.messenger = messenger_.get();
  objecter_options.mon_client = mon_client_.get();
  objecter_options.config = config;
  objecter_options.timer = timer_.get();
  objecter_ = std::make_unique<Objecter>(objecter_options);
  mon_client_->AddObserver(objecter_.get());

  messenger_->AddDispatcherTail(mon_client_.get());
  messenger_->AddDispatcherTail(objecter_.get());
  if (absl::Status status = messenger_->Start(); !status.ok()) return status;
  return mon_client_->Start(*monitors);
}

RadosClient::~RadosClient() {
  if (objecter_) objecter_->Shutdown();
  if (mon_client_) mon_client_->Shutdown();
  if (messenger_) {
    messenger_->Shutdown();
    messenger_->Wait();
  }
  messenger_.reset();
  objecter_.reset();
  mon_client_.reset();
  timer_.reset();
  if (stack_) stack_->Stop();
}

absl::StatusOr<PoolIo> RadosClient::OpenPool(const std::string& name) {
  bool start = false;
  {
    MutexLock lock(mutex_);
    start = !std::exchange(follows_osd_map_, true);
  }
  if (start) objecter_->Start();
  auto map = objecter_->map();
  std::optional<int64_t> pool = map ? map->FindPoolByName(name) : std::nullopt;
  if (!pool.has_value()) {
    absl::Status status;
    Notification known;
    objecter_->WaitForLatestMap([&](absl::Status s) {
      status = std::move(s);
      known.Notify();
    });
    known.WaitForNotification();
    if (!status.ok()) return status;
    map = objecter_->map();
    if (map) pool = map->FindPoolByName(name);
  }
  if (!pool.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("pool \"", name, "\" does not exist in OSD map epoch ", map ? map->epoch : 0,
                     "; `osd pool ls` lists the pools, `osd pool create ", name, "` makes it"));
  }
  return PoolIo(objecter_.get(), *pool, name);
}

RadosClient::CommandResult RadosClient::MonCommand(std::string json, BufferList input) {
  CommandResult out;
  Notification answered;
  mon_client_->Command(std::move(json), std::move(input),
                       [&](int result, std::string status, BufferList data) {
                         out = CommandResult{result, std::move(status), std::move(data)};
                         answered.Notify();
                       });
  answered.WaitForNotification();
  return out;
}

}  // namespace siphon::client
