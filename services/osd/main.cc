// siphon-osd: the object storage daemon.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/config.h"
#include "base/random_source.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_name.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message_registry.h"
#include "msg/messenger.h"
#include "msg/ping.h"
#include "net/network_stack.h"
#include "services/common/bind_addrs.h"
#include "services/common/daemon.h"
#include "services/common/event_center_timer.h"
#include "services/common/mon_client.h"
#include "services/common/mon_host.h"
#include "services/common/process_auth.h"
#include "services/common/start_network_stack.h"
#include "services/osd/fsck/fsck_command.h"
#include "services/osd/local_address.h"
#include "services/osd/local_hostname.h"
#include "services/osd/op_tracker.h"
#include "services/osd/open_store.h"
#include "services/osd/osd.h"
#include "services/osd/osd_identity.h"
#include "services/osd/osd_messengers.h"
#include "services/osd/store/folder_lock.h"
#include "services/osd/store/object_store.h"
#include "services/rados/messages/register.h"

namespace siphon::osd {
namespace {

// How long a clean end waits to be marked down.
constexpr absl::Duration kMarkDownTimeout = absl::Seconds(5);

absl::StatusOr<int32_t> ParseId(const std::string& text) {
  int32_t id = -1;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, id);
  if (parsed.ec != std::errc() || parsed.ptr != end || id < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--id: \"", text, "\" is not an OSD's number; give 0, 1, ..."));
  }
  return id;
}

// Where to listen: the option's addresses, or `otherwise`.
absl::StatusOr<EntityAddrVec> ListenAddrs(const Config& config, const char* option,
                                          const EntityAddrVec& otherwise) {
  const std::string text = config.GetString(option);
  if (text.empty()) return otherwise;
  absl::StatusOr<EntityAddrVec> given = EntityAddrVec::Parse(text);
  if (!given.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(option, ": ", given.status().message()));
  }
  return BindAddrs(config, *given);
}

// In a cluster whose monitors speak v1 alone, nobody would know of other addresses. What has none
// of v1 stays as it is.
EntityAddrVec WithoutV2(const EntityAddrVec& addrs) {
  const EntityAddr v1 = addrs.legacy();
  return v1.is_blank() ? addrs : EntityAddrVec(v1);
}

// Binds the messengers; the public address follows from the way to the monitors if it is not set.
absl::Status Bind(const Config& config, const std::vector<EntityAddrVec>& monitors,
                  OsdMessengers* messengers) {
  absl::StatusOr<EntityAddr> local = LocalAddressTowards(monitors.front().front());
  if (!local.ok() && config.GetString("public_addr").empty()) return local.status();
  EntityAddrVec public_addrs;
  if (local.ok()) {
    local->set_type(EntityAddr::kAny);
    absl::StatusOr<EntityAddrVec> here = BindAddrs(config, EntityAddrVec(*local));
    if (!here.ok()) return here.status();
    public_addrs = *std::move(here);
  }
  absl::StatusOr<EntityAddrVec> given = ListenAddrs(config, "public_addr", public_addrs);
  if (!given.ok()) return given.status();
  EntityAddrVec same_net = *given;
  for (EntityAddr& addr : same_net.addrs()) addr.set_port(0);
  const auto cluster_addrs = ListenAddrs(config, "cluster_addr", same_net);
  if (!cluster_addrs.ok()) return cluster_addrs.status();
  const bool v2 = std::any_of(monitors.begin(), monitors.end(), [](const EntityAddrVec& monitor) {
    return !monitor.msgr2().is_blank();
  });
  return messengers->Bind(v2 ? *given : WithoutV2(*given),
                          v2 ? *cluster_addrs : WithoutV2(*cluster_addrs));
}

// With the names that Ceph has for them, after "dump_".
void AddDumps(const OpTracker& ops, Daemon* daemon) {
  daemon->AddDump("ops_in_flight", [&ops] { return ops.DumpInFlight(); });
  daemon->AddDump("historic_ops", [&ops] { return ops.DumpHistory(/*by_duration=*/false); });
  daemon->AddDump("historic_ops_by_duration",
                  [&ops] { return ops.DumpHistory(/*by_duration=*/true); });
  daemon->AddDump("historic_slow_ops", [&ops] { return ops.DumpSlowHistory(); });
}

absl::Status Serve(Daemon& daemon) {
  Config& config = daemon.config();
  const absl::StatusOr<int32_t> id = ParseId(daemon.id());
  if (!id.ok()) return id.status();
  const auto monitors = ParseMonHost(config.GetString("mon_host"));
  if (!monitors.ok()) return monitors.status();
  const auto identity = OsdIdentity::Load(config.GetString("osd_data"), *id, RandomSource::Real());
  if (!identity.ok()) return identity.status();
  const absl::StatusOr<FolderLock> lock = FolderLock::Take(config.GetString("osd_data"));
  if (!lock.ok()) return lock.status();
  const auto on_fatal = [&daemon](absl::Status why) { daemon.RequestStop(std::move(why)); };
  const absl::StatusOr<std::unique_ptr<ObjectStore>> store = OpenStore(
      config.GetString("osd_objectstore"), config.GetString("osd_data"), *identity, on_fatal);
  if (!store.ok()) return store.status();

  MessageRegistry registry;
  registry.Register<MPing>();
  rados::RegisterRadosMessages(&registry);
  auto auth = ProcessAuth::Create(&config, AuthName{kEntityOsd, daemon.id()});
  if (!auth.ok()) return auth.status();
  const std::unique_ptr<AuthServer> auth_server = (*auth)->NewServer(/*optional=*/false);
  const std::unique_ptr<AuthServer> hb_auth_server = (*auth)->NewServer(/*optional=*/true);
  auto stack = StartNetworkStack(config);
  if (!stack.ok()) return stack.status();
  EventCenterTimer timer((*stack)->worker(0)->center());

  auto messengers = OsdMessengers::Create({.whoami = *id,
                                           .nonce = static_cast<uint32_t>(getpid()),
                                           .stack = stack->get(),
                                           .config = &config,
                                           .registry = &registry,
                                           .auth_client = auth->get(),
                                           .auth_server = auth_server.get(),
                                           .hb_auth_server = hb_auth_server.get()});
  if (!messengers.ok()) return messengers.status();
  OsdMessengers& m = **messengers;
  if (absl::Status bound = Bind(config, *monitors, &m); !bound.ok()) return bound;

  MonClient::Options mon_options;
  mon_options.messenger = &m.public_messenger();
  mon_options.config = &config;
  mon_options.timer = &timer;
  mon_options.auth = auth->get();
  MonClient mon_client(mon_options);

  Osd::Options options;
  options.identity = *identity;
  options.messengers = &m;
  options.mon_client = &mon_client;
  options.store = store->get();
  options.config = &config;
  options.timer = &timer;
  options.hostname = LocalHostname();
  options.on_active = [&daemon] { daemon.ReportReady(); };
  options.on_fatal = on_fatal;
  Osd osd(std::move(options));
  osd.Attach();

  for (Messenger* messenger : m.all()) daemon.AddMessenger(messenger);
  AddDumps(osd.tracker(), &daemon);
  daemon.SetCommands([&osd](const CommandArgs& args) { return osd.Tell(args); });
  absl::Status status = m.Start();
  if (status.ok()) status = mon_client.Start(*monitors);
  if (status.ok()) {
    osd.Start();
    status = daemon.Run();
  }
  osd.Stop(kMarkDownTimeout);
  mon_client.Shutdown();
  m.Shutdown();
  m.Wait();
  timer.Drain();
  return status;
}

}  // namespace
}  // namespace siphon::osd

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (siphon::osd::AsksForFsck(args)) return siphon::osd::RunFsck(args);
  siphon::Daemon::Spec spec;
  spec.program = "siphon-osd";
  spec.entity_type = "osd";
  spec.summary =
      "Keeps objects and serves them to clients, as one of a cluster's OSDs. It finds the\n"
      "monitors by mon_host, makes itself known to them, and is up when the command returns.";
  spec.examples =
      "# The first OSD of the cluster that ceph.conf describes\n"
      "siphon-osd -c ceph.conf --id 0 --osd-data /var/lib/siphon/osd.0\n"
      "# In the foreground, at a given address\n"
      "siphon-osd -c ceph.conf --id 1 -f --public-addr 192.168.1.7\n"
      "# Whether the store of an OSD that does not run fits together\n"
      "siphon-osd --fsck --osd-data /var/lib/siphon/osd.0";
  spec.flags = {{"osd_data", "DIR"},
                {"osd_objectstore", "rocksdb|memory"},
                {"public_addr", "ADDRESS"},
                {"cluster_addr", "ADDRESS"},
                {"fsck", ""},
                {"format", "plain|json"}};
  spec.ready_when_running = false;
  return siphon::Daemon::Main(argc, argv, spec, siphon::osd::Serve);
}
