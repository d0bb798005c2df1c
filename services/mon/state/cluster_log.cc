#include "services/mon/state/cluster_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/entity_type.h"
#include "services/mon/state/map_names.h"

namespace siphon::mon {

using rados::LogEntry;

void ClusterLog::Tell(LogEntry::Priority priority, std::string message, const char* channel) {
  LogEntry entry;
  entry.auth_type = kEntityMon;
  entry.auth_id = name_;
  entry.rank = {kEntityMon, 0};
  entry.addrs = addrs_;
  entry.stamp = clock_->Now();
  entry.seq = ++own_;
  entry.priority = priority;
  entry.message = std::move(message);
  entry.channel = channel;
  Add(std::move(entry));
}

void ClusterLog::Add(LogEntry entry) {
  if (entry.message.size() > kMaxBytes) entry.message.resize(kMaxBytes);
  if (entry.channel.size() > 64) entry.channel.resize(64);
  entries_.push_back(std::move(entry));
  ++last_;
  if (entries_.size() > kKept) entries_.pop_front();
}

std::vector<LogEntry> ClusterLog::Since(uint64_t after, uint16_t priority) const {
  std::vector<LogEntry> found;
  const uint64_t first = last_ - entries_.size() + 1;
  for (uint64_t number = std::max(after + 1, first); number <= last_; ++number) {
    const LogEntry& entry = entries_[number - first];
    if (entry.priority >= priority) found.push_back(entry);
  }
  return found;
}

std::vector<LogEntry> ClusterLog::Last(size_t most, uint16_t priority,
                                       std::string_view channel) const {
  std::vector<LogEntry> found;
  for (auto it = entries_.rbegin(); it != entries_.rend() && found.size() < most; ++it)
    if (it->priority >= priority && (channel == "*" || it->channel == channel))
      found.push_back(*it);
  std::reverse(found.begin(), found.end());
  return found;
}

const char* LogPriorityName(uint16_t priority) {
  switch (priority) {
    case LogEntry::kDebug:
      return "[DBG]";
    case LogEntry::kInfo:
      return "[INF]";
    case LogEntry::kSecurity:
      return "[SEC]";
    case LogEntry::kWarning:
      return "[WRN]";
    case LogEntry::kError:
      return "[ERR]";
    default:
      return "[???]";
  }
}

std::string LogLine(const LogEntry& entry) {
  return absl::StrCat(TimeText(entry.stamp), " ",
                      AbslView(EntityTypeName(static_cast<EntityType>(entry.auth_type))), ".",
                      entry.auth_id, " (", entry.rank.ToString(), ") ", entry.seq, " : ",
                      entry.channel, " ", LogPriorityName(entry.priority), " ", entry.message);
}

}  // namespace siphon::mon
