// MonCore: what one monitor is told ("ceph tell mon.a ...").
#include <utility>

#include "glog/logging.h"
#include "nlohmann/json.hpp"
#include "services/common/caps/mon_caps.h"
#include "services/common/commands/daemon_commands.h"
#include "services/mon/commands/metadata.h"
#include "services/mon/mon_core.h"
#include "services/mon/state/map_names.h"
#include "services/mon/text/map_json.h"
#include "services/rados/messages/command.h"
#include "services/rados/messages/command_reply.h"

namespace siphon::mon {
namespace {

CommandResult Pretty(const CommandArgs& args, const Json& json) {
  return args.json() ? CommandResult::OutputJson(args, json)
                     : CommandResult::Output(json.dump(4) + "\n");
}

}  // namespace

// The handlers run under the lock, as all commands do.
void MonCore::AddTellCommands() {
  AddDaemonCommands("mon." + options_.name, options_.config, &tell_commands_);
  tell_commands_.Define(
      "mon_status", "print how this monitor is", "r",
      [this](const CommandArgs& args) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        const Json names = MonFeatureNames(monmap_.persistent_features);
        return Pretty(args,
                      {{"name", options_.name},
                       {"rank", 0},
                       {"state", "leader"},
                       {"election_epoch", monmap_.epoch},
                       {"quorum", Json::array({0})},
                       {"quorum_age", absl::ToInt64Seconds(options_.clock->Now() - state_.started)},
                       {"features",
                        {{"required_con", absl::StrCat(kFeaturesSupported)},
                         {"required_mon", names},
                         {"quorum_con", absl::StrCat(kFeaturesSupported)},
                         {"quorum_mon", names}}},
                       {"outside_quorum", Json::array()},
                       {"extra_probe_peers", Json::array()},
                       {"sync_provider", Json::array()},
                       {"monmap", MonMapJson(monmap_)},
                       {"feature_map", FeatureMap(state_)},
                       {"stretch_mode", false}});
      });
  tell_commands_.Define(
      "sessions", "list the peers with open sessions", "r",
      [this](const CommandArgs& args) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        Json list = Json::array();
        for (const auto& item : sessions_) {
          const auto& identity = item.second.auth.identity();
          list.push_back({{"entity_name", identity ? identity->name.ToString() : ""},
                          {"global_id", identity ? identity->global_id : 0},
                          {"addrs", AddrsJson(item.second.connection->peer_addrs())},
                          {"open", true},
                          {"authenticated", identity.has_value()},
                          {"osd", item.second.osd}});
        }
        return Pretty(args, list);
      });
}

CommandResult MonCore::Tell(const CommandArgs& args) {
  MutexLock lock(mutex_);
  return RunTold(args);
}

CommandResult MonCore::RunTold(const CommandArgs& args) const {
  // What it has no word of its own for is meant for the cluster.
  const bool own = tell_commands_.Find(args.prefix()) != nullptr;
  return own ? tell_commands_.Run(args) : commands_.Run(args);
}

void MonCore::OnTell(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MCommand>(m);
  absl::StatusOr<CommandArgs> args = CommandArgs::Parse(request.command);
  CommandResult result;
  if (!args.ok()) {
    result = CommandResult::Error(args.status());
  } else if (!May(s, "mon", MonCaps::kRead | MonCaps::kWrite | MonCaps::kExec)) {
    result = CommandResult::Error(absl::UnauthenticatedError("access denied"));
  } else {
    args->set_input(m.data());
    result = RunTold(*args);
  }
  auto reply = std::make_unique<rados::MCommandReply>();
  reply->set_tid(m.tid());
  reply->result = result.code;
  reply->status = std::move(result.status);
  reply->mutable_data() = std::move(result.output);
  s.connection->Send(std::move(reply));
}

}  // namespace siphon::mon
