// MonCore: what it publishes besides maps: options, the cluster's log, health.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/mon/commands/cluster_status.h"
#include "services/mon/commands/config_commands.h"
#include "services/mon/commands/health_checks.h"
#include "services/mon/mon_core.h"
#include "services/rados/messages/config.h"
#include "services/rados/messages/log.h"
#include "services/rados/object_stat_sum.h"
#include "services/rados/pg_pool.h"

namespace siphon::mon {
namespace {

using rados::LogEntry;

// What peers follow the log by, and from which priority on.
constexpr std::pair<const char*, uint16_t> kLogLevels[] = {{"log-debug", LogEntry::kDebug},
                                                           {"log-info", LogEntry::kInfo},
                                                           {"log-sec", LogEntry::kSecurity},
                                                           {"log-warn", LogEntry::kWarning},
                                                           {"log-error", LogEntry::kError}};

}  // namespace

std::map<std::string, std::string> MonCore::OptionsFor(const std::string& type,
                                                       const std::string& id) const {
  std::map<std::string, std::string> options;
  for (const auto& option : central_->Effective(ConfigTarget(maps_->current(), type, id)))
    options[option.name] = option.value;
  return options;
}

void MonCore::SendOptions(Session& s) {
  if (!s.auth.identity()) return;
  const AuthName& name = s.auth.identity()->name;
  std::map<std::string, std::string> options =
      OptionsFor(std::string(EntityTypeName(name.type)), name.id);
  auto message = std::make_unique<rados::MConfig>();
  message->options = options;
  s.options = std::move(options);
  s.connection->Send(std::move(message));
}

void MonCore::PublishOptions() {
  // Where an OSD is may change which options it gets.
  if (published_options_ == central_->version() && published_placement_ == maps_->epoch()) return;
  published_options_ = central_->version();
  published_placement_ = maps_->epoch();
  own_options_->Apply(OptionsFor("mon", options_.name));
  for (const uint64_t id : subscriptions_.Subscribers("config")) {
    const auto session = sessions_.find(id);
    if (session == sessions_.end() || !session->second.auth.identity()) continue;
    Session& s = session->second;
    subscriptions_.TakeDue(id, "config", central_->version() + 1);
    const AuthName& name = s.auth.identity()->name;
    if (s.options != OptionsFor(std::string(EntityTypeName(name.type)), name.id)) SendOptions(s);
  }
}

void MonCore::SendLog(Session& s) {
  const uint64_t id = s.connection->id();
  for (const auto& [name, priority] : kLogLevels) {
    const auto start = subscriptions_.TakeDue(id, name, log_->last());
    if (!start) continue;
    // Whoever begins with 0 wants what comes, not what was.
    const uint64_t after = *start == 0 ? log_->last() : std::max(s.logged, *start - 1);
    std::vector<LogEntry> entries = log_->Since(after, priority);
    s.logged = log_->last();
    if (entries.empty()) continue;
    auto message = std::make_unique<rados::MLog>();
    message->fsid = monmap_.fsid;
    message->paxos.version = log_->last();
    message->entries = std::move(entries);
    s.connection->Send(std::move(message));
  }
}

void MonCore::PublishLog() {
  for (const auto& item : kLogLevels)
    for (const uint64_t id : subscriptions_.Subscribers(item.first))
      if (const auto session = sessions_.find(id); session != sessions_.end())
        SendLog(session->second);
}

void MonCore::WatchHealth() {
  std::map<std::string, std::string> now;
  for (const HealthCheck& check : FindHealthChecks(state_)) {
    now[check.code] = check.summary;
    const auto before = told_health_.find(check.code);
    if (before == told_health_.end()) {
      log_->Tell(check.error ? LogEntry::kError : LogEntry::kWarning,
                 absl::StrCat("Health check failed: ", check.summary, " (", check.code, ")"));
    } else if (before->second != check.summary) {
      log_->Tell(check.error ? LogEntry::kError : LogEntry::kWarning,
                 absl::StrCat("Health check update: ", check.summary, " (", check.code, ")"));
    }
  }
  for (const auto& [code, summary] : told_health_)
    if (!now.contains(code))
      log_->Tell(LogEntry::kInfo,
                 absl::StrCat("Health check cleared: ", code, " (was: ", summary, ")"));
  if (!told_health_.empty() && now.empty()) log_->Tell(LogEntry::kInfo, "Cluster is now healthy");
  told_health_ = std::move(now);
}

int MonCore::CountClients() const {
  int n = 0;
  for (const auto& item : sessions_)
    n += item.second.auth.identity() && item.second.auth.identity()->name.type == kEntityClient;
  return n;
}

}  // namespace siphon::mon
