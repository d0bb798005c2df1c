// siphon-mon: the monitor of a cluster: who is in it, and where data lives.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/message_registry.h"
#include "msg/ping.h"
#include "net/network_stack.h"
#include "services/common/bind_addrs.h"
#include "services/common/daemon.h"
#include "services/common/mon_host.h"
#include "services/common/start_network_stack.h"
#include "services/mon/monitor.h"
#include "services/rados/messages/register.h"

namespace siphon {
namespace {

// Where to listen: public_addr, or what clients are told in mon_host.
absl::StatusOr<EntityAddrVec> ListenAddrs(const Config& config) {
  const std::string text = config.GetString("public_addr");
  EntityAddrVec given;
  if (!text.empty()) {
    absl::StatusOr<EntityAddrVec> parsed = EntityAddrVec::Parse(text);
    if (!parsed.ok()) return parsed.status();
    given = *std::move(parsed);
  } else {
    absl::StatusOr<std::vector<EntityAddrVec>> monitors =
        ParseMonHost(config.GetString("mon_host"));
    if (!monitors.ok())
      return absl::InvalidArgumentError(absl::StrCat(
          "where to listen: give --public-addr or --mon-host; ", monitors.status().message()));
    if (monitors->size() != 1)
      return absl::InvalidArgumentError(
          "mon_host names several monitors; siphon-mon is the only one of its cluster");
    given = monitors->front();
  }
  return BindAddrs(config, given);
}

absl::Status Body(Daemon& daemon) {
  Config& config = daemon.config();
  mon::Monitor::Options options;
  options.core.name = daemon.id();
  options.core.folder = config.GetString("mon_data");
  options.core.config = &config;
  if (options.core.folder.empty())
    return absl::InvalidArgumentError("mon_data: give the folder of the monitor's database");
  if (const std::string text = config.GetString("fsid"); !text.empty()) {
    const absl::StatusOr<rados::Uuid> fsid = rados::Uuid::Parse(text);
    if (!fsid.ok()) return fsid.status();
    options.core.fsid = *fsid;
  }
  const absl::StatusOr<EntityAddrVec> addrs = ListenAddrs(config);
  if (!addrs.ok()) return addrs.status();
  options.addrs = *addrs;

  MessageRegistry registry;
  registry.Register<MPing>();
  rados::RegisterRadosMessages(&registry);
  options.registry = &registry;
  absl::StatusOr<std::unique_ptr<NetworkStack>> stack = StartNetworkStack(config);
  if (!stack.ok()) return stack.status();
  options.stack = stack->get();
  absl::Status status;
  {
    absl::StatusOr<std::unique_ptr<mon::Monitor>> monitor = mon::Monitor::Start(std::move(options));
    status = monitor.status();
    if (monitor.ok()) {
      daemon.AddMessenger((*monitor)->messenger());
      daemon.SetCommands(
          [&monitor](const CommandArgs& args) { return (*monitor)->core().Tell(args); });
      status = daemon.Run();
      (*monitor)->Shutdown();
    }
  }
  (*stack)->Stop();
  return status;
}

}  // namespace
}  // namespace siphon

int main(int argc, char** argv) {
  siphon::Daemon::Spec spec;
  spec.program = "siphon-mon";
  spec.entity_type = "mon";
  spec.default_id = "a";
  spec.summary =
      "The monitor of a cluster: knows which OSDs and pools there are and tells all others.\n"
      "A folder --mon-data that is empty or missing becomes that of a new cluster.";
  spec.examples =
      "# A new cluster on this machine, in the foreground\n"
      "siphon-mon -f --mon-data /var/lib/siphon/mon --public-addr v1:127.0.0.1:6789\n"
      "# What it is made of\n"
      "ceph --mon-host v1:127.0.0.1:6789 status";
  spec.flags = {{"mon_data", "DIR"}, {"fsid", "UUID"}, {"public_addr", "ADDR"}};
  return siphon::Daemon::Main(argc, argv, spec, siphon::Body);
}
