#include "services/osd/osd_messengers.h"

#include <string>
#include <utility>

#include "msg/async/create_messenger.h"
#include "msg/entity_name.h"
#include "msg/entity_type.h"
#include "msg/features.h"
#include "msg/policy.h"
#include "msg/throttle.h"

namespace siphon::osd {
namespace {

// The version of the OSDs' protocol among themselves.
constexpr uint32_t kOsdProtocol = 10;
// What OSDs ask of monitors and of each other.
constexpr uint64_t kRequired = kFeatureUid | kFeaturePgid64 | kFeatureOsdEnc;
// SO_PRIORITY of packets that must not wait (TC_PRIO_INTERACTIVE).
constexpr int kMinDelayPriority = 6;

// The type of the public or cluster messengers: its own option, or ms_type.
std::string TypeOf(const Config& config, const char* option) {
  std::string type = config.GetString(option);
  return type.empty() ? config.GetString("ms_type") : type;
}

// The policy `base` with a limit on what clients may have under way.
Policy Throttled(Policy base, const Config& config) {
  base.throttler_bytes = std::make_shared<Throttle>(
      "osd_client_bytes", static_cast<uint64_t>(config.GetInt("osd_client_message_size_cap")));
  base.throttler_messages = std::make_shared<Throttle>(
      "osd_client_messages", static_cast<uint64_t>(config.GetInt("osd_client_message_cap")));
  return base;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OsdMessengers>> OsdMessengers::Create(const Options& options) {
  const std::string public_type = TypeOf(*options.config, "ms_public_type");
  const std::string cluster_type = TypeOf(*options.config, "ms_cluster_type");
  std::unique_ptr<OsdMessengers> m(new OsdMessengers);
  struct Row {
    std::unique_ptr<Messenger>* slot;
    const char* name;
    const std::string& type;
    AuthServer* auth_server;
  };
  for (const Row& row : {
           Row{&m->public_, "ms_public", public_type, options.auth_server},
           Row{&m->cluster_, "ms_cluster", cluster_type, options.auth_server},
           Row{&m->hb_back_client_, "ms_hb_back_client", cluster_type, options.hb_auth_server},
           Row{&m->hb_front_client_, "ms_hb_front_client", public_type, options.hb_auth_server},
           Row{&m->hb_back_server_, "ms_hb_back_server", cluster_type, options.hb_auth_server},
           Row{&m->hb_front_server_, "ms_hb_front_server", public_type, options.hb_auth_server},
           Row{&m->objecter_, "ms_objecter", public_type, options.auth_server},
       }) {
    MessengerOptions mo;
    mo.entity = EntityName{kEntityOsd, options.whoami};
    mo.name = row.name;
    mo.nonce = options.nonce;
    mo.stack = options.stack;
    mo.config = options.config;
    mo.registry = options.registry;
    mo.auth_client = options.auth_client;
    mo.auth_server = row.auth_server;
    auto made = CreateMessenger(row.type, std::move(mo));
    if (!made.ok()) return made.status();
    *row.slot = *std::move(made);
  }
  m->SetPolicies(*options.config);
  return m;
}

void OsdMessengers::SetPolicies(const Config& config) {
  public_->SetDefaultPolicy(Policy::StatelessRegisteredServer(0));
  public_->SetPolicy(kEntityClient, Throttled(Policy::StatelessRegisteredServer(0), config));
  public_->SetPolicy(kEntityMon, Policy::LossyClient(kRequired));
  public_->SetPolicy(kEntityMgr, Policy::LossyClient(kRequired));
  // An OSD that dials here has a wrong address; it is not to make a lossless session of it.
  public_->SetPolicy(kEntityOsd, Policy::StatelessServer(0));

  cluster_->SetDefaultPolicy(Policy::StatelessServer(0));
  cluster_->SetPolicy(kEntityMon, Policy::LossyClient(0));
  cluster_->SetPolicy(kEntityOsd, Policy::LosslessPeer(kRequired));
  cluster_->SetPolicy(kEntityClient, Policy::StatelessServer(0));

  hb_back_client_->SetPolicy(kEntityOsd, Policy::LossyClient(0));
  hb_front_client_->SetPolicy(kEntityOsd, Policy::LossyClient(0));
  hb_back_server_->SetPolicy(kEntityOsd, Policy::StatelessServer(0));
  hb_front_server_->SetPolicy(kEntityOsd, Policy::StatelessServer(0));
  objecter_->SetDefaultPolicy(Policy::LossyClient(kFeatureOsdReplyMux));

  const bool min_delay = config.GetBool("osd_heartbeat_use_min_delay_socket");
  cluster_->SetClusterProtocol(kOsdProtocol);
  for (Messenger* hb : {hb_back_client_.get(), hb_front_client_.get(), hb_back_server_.get(),
                        hb_front_server_.get()}) {
    hb->SetClusterProtocol(kOsdProtocol);
    if (min_delay) hb->SetSocketPriority(kMinDelayPriority);
  }
}

absl::Status OsdMessengers::Bind(const EntityAddrVec& public_addrs,
                                 const EntityAddrVec& cluster_addrs) {
  struct Row {
    Messenger* messenger;
    EntityAddrVec addrs;
  };
  EntityAddrVec hb_front = public_addrs;
  EntityAddrVec hb_back = cluster_addrs;
  for (EntityAddr& addr : hb_front.addrs()) addr.set_port(0);
  for (EntityAddr& addr : hb_back.addrs()) addr.set_port(0);
  for (const Row& row :
       {Row{public_.get(), public_addrs}, Row{cluster_.get(), cluster_addrs},
        Row{hb_back_server_.get(), hb_back}, Row{hb_front_server_.get(), hb_front}}) {
    const absl::Status status = row.messenger->Bind(row.addrs);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status OsdMessengers::Start() {
  for (Messenger* messenger : all()) {
    const absl::Status status = messenger->Start();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void OsdMessengers::Shutdown() {
  for (Messenger* messenger : all()) messenger->Shutdown();
}

void OsdMessengers::Wait() {
  for (Messenger* messenger : all()) messenger->Wait();
}

std::vector<Messenger*> OsdMessengers::all() const {
  return {public_.get(),          cluster_.get(),        hb_back_client_.get(),
          hb_front_client_.get(), hb_back_server_.get(), hb_front_server_.get(),
          objecter_.get()};
}

}  // namespace siphon::osd
