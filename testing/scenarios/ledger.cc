#include "testing/scenarios/ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "glog/logging.h"

namespace siphon {
namespace {

constexpr size_t kMaxViolations = 20;

}  // namespace

uint64_t Ledger::OpenStream(std::string name) {
  MutexLock lock(mutex_);
  const uint64_t id = ++account_.streams;
  streams_[id].name = absl::StrCat("stream ", id, " (", name, ")");
  return id;
}

uint64_t Ledger::Send(uint64_t stream, int lane) {
  MutexLock lock(mutex_);
  Stream& s = streams_.at(stream);
  const uint64_t before = PendingOf(s);
  const uint64_t number = ++s.lanes[lane].sent;
  ++account_.sent;
  Recount(s, before);
  return number;
}

uint64_t Ledger::PendingOf(const Stream& stream) {
  if (stream.ended) return 0;
  uint64_t pending = 0;
  for (const Lane& lane : stream.lanes) {
    // What was sent before an event may be lost, and is not waited for.
    const uint64_t settled =
        std::max(lane.pongs.last, lane.events.empty() ? 0 : lane.events.back());
    pending += lane.sent - settled;
  }
  return pending;
}

void Ledger::Recount(const Stream& stream, uint64_t before) {
  pending_ = pending_ - before + PendingOf(stream);
  changed_.SignalAll();
}

void Ledger::Arrived(uint64_t stream, int lane, uint64_t number, bool pong) {
  MutexLock lock(mutex_);
  const auto it = streams_.find(stream);
  const char* const kind = pong ? "pong" : "ping";
  if (it == streams_.end() || lane < 0 || lane >= kLanes) {
    return AddViolation(absl::StrCat("a ", kind, " of stream ", stream, ", which is none"));
  }
  Stream& s = it->second;
  // Nobody waits for it, and it may have come by the session after this one, without those that
  // were queued before it: the peer's dispatcher was at work on the ping when the session was
  // reset.
  if (pong && s.ended) return;
  const uint64_t before = PendingOf(s);
  Lane& l = s.lanes[lane];
  Arrivals& arrivals = pong ? l.pongs : l.pings;
  if (number <= arrivals.last || number > l.sent) {
    return AddViolation(absl::StrCat(s.name, " lane ", lane, ": ", kind, " ", number, " after ",
                                     arrivals.last, ", of ", l.sent,
                                     number > l.sent ? ": never sent" : ": repeated or late"));
  }
  if (number > arrivals.last + 1) {
    VLOG(1) << s.name << ": " << kind << " " << number << " after " << arrivals.last;
    arrivals.gaps.push_back({arrivals.last + 1, number - 1});
  }
  arrivals.last = number;
  ++arrivals.count;
  ++(pong ? account_.answered : account_.delivered);
  Recount(s, before);
}

void Ledger::Disturbed(uint64_t stream) {
  MutexLock lock(mutex_);
  Stream& s = streams_.at(stream);
  const uint64_t before = PendingOf(s);
  VLOG(1) << s.name << ": a reset is told";
  for (Lane& lane : s.lanes) lane.events.push_back(lane.sent);
  ++account_.resets;
  Recount(s, before);
}

void Ledger::Ended(uint64_t stream, bool marked_down) {
  MutexLock lock(mutex_);
  Stream& s = streams_.at(stream);
  if (s.ended) return;
  const uint64_t before = PendingOf(s);
  s.ended = true;
  ++(marked_down ? account_.marked_down : account_.resets);
  Recount(s, before);
}

void Ledger::Violation(std::string text) {
  MutexLock lock(mutex_);
  AddViolation(std::move(text));
}

void Ledger::AddViolation(std::string text) {
  LOG(ERROR) << text;
  if (account_.violations.size() < kMaxViolations) account_.violations.push_back(std::move(text));
}

bool Ledger::HasEnded(uint64_t stream) const {
  MutexLock lock(mutex_);
  return streams_.at(stream).ended;
}

uint64_t Ledger::Pending() const {
  MutexLock lock(mutex_);
  return pending_;
}

bool Ledger::WaitForPending(uint64_t pending, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  MutexLock lock(mutex_);
  while (pending_ > pending) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(mutex_, left);
  }
  return true;
}

std::string Ledger::DescribePending() const {
  std::string text;
  MutexLock lock(mutex_);
  for (const auto& [id, stream] : streams_) {
    if (PendingOf(stream) == 0) continue;
    absl::StrAppend(&text, stream.name, ":");
    for (const Lane& lane : stream.lanes) {
      absl::StrAppend(&text, " sent ", lane.sent, " delivered to ", lane.pings.last,
                      " answered to ", lane.pongs.last, ";");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

uint64_t Ledger::Judge(const Stream& stream, const Lane& lane, const Arrivals& arrivals,
                       const char* kind, std::vector<std::string>* violations) {
  std::vector<Gap> gaps = arrivals.gaps;
  if (arrivals.last < lane.sent) gaps.push_back({arrivals.last + 1, lane.sent});
  const std::vector<uint64_t>& events = lane.events;
  size_t next = 0;
  uint64_t missing = 0;
  for (const Gap& gap : gaps) {
    missing += gap.last - gap.first + 1;
    // The stream's end explains that its end is missing.
    if (stream.ended && gap.last == lane.sent) continue;
    while (next < events.size() && events[next] < gap.last) ++next;
    if (next < events.size()) {
      ++next;
      continue;
    }
    violations->push_back(absl::StrCat(stream.name, ": ", kind, "s ", gap.first, " to ", gap.last,
                                       " of ", lane.sent, " are missing, and ", lane.events.size(),
                                       " resets do not explain it"));
  }
  return missing;
}

uint64_t Ledger::Answered() const {
  MutexLock lock(mutex_);
  return account_.answered;
}

Ledger::Account Ledger::Close() const {
  MutexLock lock(mutex_);
  Account account = account_;
  for (const auto& [id, stream] : streams_) {
    for (const Lane& lane : stream.lanes) {
      account.lost_pings += Judge(stream, lane, lane.pings, "ping", &account.violations);
      account.lost_pongs += Judge(stream, lane, lane.pongs, "pong", &account.violations);
    }
  }
  const uint64_t unaccounted = account.sent - account.delivered - account.lost_pings;
  if (unaccounted != 0 || account.sent - account.answered != account.lost_pongs) {
    account.violations.push_back("the sums do not match");
  }
  if (account.violations.size() > kMaxViolations) account.violations.resize(kMaxViolations);
  return account;
}

}  // namespace siphon
