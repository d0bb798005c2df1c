#include "services/mon/monitor.h"

#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "glog/logging.h"
#include "msg/async/create_messenger.h"
#include "msg/entity_type.h"
#include "msg/policy.h"
#include "msg/throttle.h"

namespace siphon::mon {
namespace {

constexpr uint32_t kMonProtocol = 13;  // between monitors
constexpr absl::Duration kTick = absl::Seconds(1);

Policy Limited(const Config& config, const char* option) {
  Policy policy = Policy::StatelessServer(0);
  policy.throttler_bytes =
      std::make_shared<Throttle>(option, static_cast<uint64_t>(config.GetInt(option)));
  return policy;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Monitor>> Monitor::Start(Options options) {
  Config* const config = options.core.config;
  MessengerOptions messenger;
  messenger.entity = {kEntityMon, 0};
  messenger.name = "mon";
  messenger.stack = options.stack;
  messenger.config = config;
  messenger.registry = options.registry;
  messenger.clock = options.core.clock;
  messenger.random = options.core.random;

  std::unique_ptr<Monitor> monitor(new Monitor);
  absl::StatusOr<std::unique_ptr<MonCore>> core = MonCore::Open(std::move(options.core));
  if (!core.ok()) return core.status();
  monitor->core_ = *std::move(core);

  messenger.auth_server = monitor->core_->auth_server();
  absl::StatusOr<std::unique_ptr<Messenger>> made =
      CreateMessenger(config->GetString("ms_type"), std::move(messenger));
  if (!made.ok()) return made.status();
  Messenger& m = **made;
  m.SetDefaultPolicy(Policy::StatelessServer(0));
  m.SetPolicy(kEntityMon, Policy::LosslessPeerReuse(kFeatureUid | kFeaturePgid64));
  m.SetPolicy(kEntityClient, Limited(*config, "mon_client_bytes"));
  m.SetPolicy(kEntityOsd, Limited(*config, "mon_daemon_bytes"));
  m.SetClusterProtocol(kMonProtocol);
  m.SetDefaultSendPriority(kPriorityHigh);
  if (absl::Status status = m.Bind(options.addrs); !status.ok()) return status;
  if (absl::Status status = monitor->core_->SetAddrs(m.addrs()); !status.ok()) return status;
  m.AddDispatcherTail(monitor->core_.get());
  if (absl::Status status = m.Start(); !status.ok()) return status;
  monitor->messenger_ = *std::move(made);
  monitor->ticker_.Start(kTick, [core = monitor->core_.get()] { core->Tick(); });
  LOG(INFO) << "mon: serves cluster " << monitor->core_->fsid().ToString() << " at "
            << monitor->messenger_->addrs().ToString();
  return monitor;
}

Monitor::~Monitor() { Shutdown(); }

void Monitor::Shutdown() {
  if (std::exchange(shut_down_, true) || !messenger_) return;
  ticker_.Stop();
  messenger_->Shutdown();
  messenger_->Wait();
}

}  // namespace siphon::mon
