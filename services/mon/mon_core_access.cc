// MonCore: who is let in, and what their capabilities allow.
#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "glog/logging.h"
#include "msg/entity_type.h"
#include "services/common/caps/mon_caps.h"
#include "services/common/caps/osd_caps.h"
#include "services/mon/mon_core.h"
#include "services/rados/messages/mon_subscribe.h"

namespace siphon::mon {
namespace {

// A command's arguments as capabilities constrain them: "caps" by service, "caps_mon".
std::map<std::string, std::string> ArgumentsOf(const CommandArgs& args) {
  std::map<std::string, std::string> out;
  for (const std::string& name : args.Names()) {
    if (name == "prefix" || name == "format") continue;
    const std::vector<std::string> words = args.List(name);
    if (name == "caps") {
      for (size_t i = 0; i + 1 < words.size(); i += 2) out["caps_" + words[i]] = words[i + 1];
    } else {
      out[name] = absl::StrJoin(words, " ");
    }
  }
  return out;
}

uint8_t RightsOf(const std::string& permission) {
  uint8_t rights = 0;
  if (permission.find('r') != std::string::npos) rights |= MonCaps::kRead;
  if (permission.find('w') != std::string::npos) rights |= MonCaps::kWrite;
  if (permission.find('x') != std::string::npos) rights |= MonCaps::kExec;
  return rights;
}

}  // namespace

void MonCore::OnAuth(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MAuth>(m);
  std::unique_ptr<rados::MAuthReply> reply = auth_->Handle(request, &s.auth);
  const bool let_in = s.auth.identity().has_value() && reply->result >= 0;
  if (reply->result < 0)
    LOG(WARNING) << "mon: " << s.connection->peer_addrs().ToString()
                 << " is refused: " << reply->result_message;
  if (let_in) OnAuthenticated(s);
  s.connection->Send(std::move(reply));
  // Clients want to know the cluster before they say more.
  if (let_in && request.monmap_epoch < monmap_.epoch) SendMonMap(s);
}

void MonCore::OnAuthenticated(Session& s) {
  const AuthService::Identity& identity = *s.auth.identity();
  const std::optional<int32_t> osd = ParseOsdName(identity.name.id);
  s.osd = identity.name.type == kEntityOsd && osd ? *osd : -1;
  if (!identity.bad_caps.empty())
    LOG(WARNING) << "mon: " << identity.name.ToString()
                 << " may do nothing, mend its capabilities by `auth caps`: " << identity.bad_caps;
}

bool MonCore::May(const Session& s, std::string_view service, uint8_t rights) const {
  if (!s.auth.identity()) return false;
  const AuthService::Identity& identity = *s.auth.identity();
  const std::string entity = identity.name.ToString();
  return identity.caps.IsAllowed(
      {.entity = entity, .service = service, .rights = rights, .from = s.connection->peer_addr()});
}

bool MonCore::MayRun(const Session& s, const CommandArgs& args) const {
  const CommandTable::Command* const command = commands_.Find(args.prefix());
  // What there is to be asked for is no secret; and what there is not, nobody runs.
  if (command == nullptr || args.prefix() == "get_command_descriptions") return true;
  const AuthService::Identity& identity = *s.auth.identity();
  const std::string entity = identity.name.ToString();
  const std::map<std::string, std::string> arguments = ArgumentsOf(args);
  return identity.caps.IsAllowed({.entity = entity,
                                  .service = command->module,
                                  .rights = RightsOf(command->permission),
                                  .command = command->prefix,
                                  .arguments = &arguments,
                                  .from = s.connection->peer_addr()});
}

bool MonCore::Deny(const Session& s, const Message& m) const {
  LOG_EVERY_N(WARNING, 100) << "mon: " << m.type_name() << " of "
                            << s.auth.identity()->name.ToString()
                            << ", whose capabilities do not allow it, is dropped (each 100th is "
                               "logged)";
  return true;
}

// Pools are the administrator's; snapshots that clients manage belong to whoever may write there.
bool MonCore::MayPoolOp(const Session& s, const rados::MPoolOp& request) const {
  if (May(s, "osd", MonCaps::kWrite)) return true;
  if (request.op != rados::MPoolOp::kCreateUnmanagedSnap &&
      request.op != rados::MPoolOp::kDeleteUnmanagedSnap)
    return false;
  const int64_t id = request.pool;
  const rados::OsdMap& map = maps_->current();
  const rados::PgPool* const pool = map.FindPool(id);
  if (pool == nullptr || !map.pool_names.contains(id)) return false;
  const std::string& name = map.pool_names.at(id);
  const AuthService::Identity& identity = *s.auth.identity();
  const std::string entity = identity.name.ToString();
  const std::map<std::string, std::string> arguments = {{"poolname", name}};
  if (identity.caps.IsAllowed({.entity = entity,
                               .service = "osd",
                               .rights = MonCaps::kWrite,
                               .command = "osd pool op unmanaged-snap",
                               .arguments = &arguments,
                               .from = s.connection->peer_addr()}))
    return true;
  const absl::StatusOr<cephx::EntityAuth> entry = auth_->entities().FindEntity(identity.name);
  if (!entry.ok() || !entry->caps.contains("osd")) return false;
  const absl::StatusOr<OsdCaps> caps = OsdCaps::Parse(entry->caps.at("osd"));
  return caps.ok() && caps->AllowsSomeWrite(name, &pool->applications);
}

void MonCore::OnSubscribe(Session& s, Message& m) {
  for (const auto& [name, item] : MessageAs<rados::MMonSubscribe>(m).what) {
    if (name == "osdmap" && !May(s, "osd", MonCaps::kRead)) {
      LOG(INFO) << "mon: " << s.auth.identity()->name.ToString() << " may not have the OSD map";
      continue;
    }
    subscriptions_.Subscribe(s.connection->id(), name, item.start, item.one_time);
  }
  SendDue(s);
}

}  // namespace siphon::mon
