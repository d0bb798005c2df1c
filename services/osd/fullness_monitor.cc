#include "services/osd/fullness_monitor.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "services/rados/osd_info.h"

namespace siphon::osd {
namespace {

using rados::OsdMap;
using State = FullnessMonitor::State;

constexpr uint32_t kBits =
    uint32_t{rados::kOsdNearFull} | uint32_t{rados::kOsdBackfillFull} | uint32_t{rados::kOsdFull};
constexpr std::pair<const char*, State> kNames[] = {{"none", State::kNone},
                                                    {"nearfull", State::kNearFull},
                                                    {"backfillfull", State::kBackfillFull},
                                                    {"full", State::kFull},
                                                    {"failsafe", State::kFailsafe}};

const char* NameOf(State state) { return kNames[static_cast<size_t>(state)].first; }

uint32_t BitOf(State state) {
  switch (state) {
    case State::kNone:
      return 0;
    case State::kNearFull:
      return rados::kOsdNearFull;
    case State::kBackfillFull:
      return rados::kOsdBackfillFull;
    case State::kFull:
    case State::kFailsafe:
      return rados::kOsdFull;
  }
  return 0;
}

}  // namespace

FullnessMonitor::FullnessMonitor(Options options) : options_(std::move(options)) {}

void FullnessMonitor::Start() {
  MutexLock lock(mutex_);
  if (!stopped_) pending_ = options_.timer->After(kInterval, [this] { OnTimer(); });
}

void FullnessMonitor::Stop() {
  Timer::Id pending = 0;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    pending = std::exchange(pending_, 0);
  }
  options_.timer->Cancel(pending);
  options_.timer->Drain();
}

void FullnessMonitor::OnTimer() {
  MutexLock lock(mutex_);
  if (stopped_) return;
  CheckLocked();
  pending_ = options_.timer->After(kInterval, [this] { OnTimer(); });
}

void FullnessMonitor::Check() {
  MutexLock lock(mutex_);
  CheckLocked();
}

State FullnessMonitor::StateOf(double used, const OsdMap& map) const {
  if (injected_ != State::kNone && injected_count_ != 0) return injected_;
  // One that is below another is moved up to it.
  const double near = map.nearfull_ratio;
  const double backfill = std::max<double>(map.backfillfull_ratio, near);
  const double full = std::max<double>(map.full_ratio, backfill);
  const double failsafe = std::max(options_.config->GetFloat("osd_failsafe_full_ratio"), full);
  if (used > failsafe) return State::kFailsafe;
  if (used > full) return State::kFull;
  if (used > backfill) return State::kBackfillFull;
  return used > near ? State::kNearFull : State::kNone;
}

void FullnessMonitor::CheckLocked() {
  const std::shared_ptr<const OsdMap> map = options_.maps->current();
  if (map == nullptr || !map->IsUp(options_.whoami)) return;
  const double used = options_.used(*map);
  const State now = StateOf(used, *map);
  const State before = state_.exchange(now, std::memory_order_relaxed);
  if (now != before) {
    const std::string text =
        absl::StrCat("osd.", options_.whoami, ": ", static_cast<int>(used * 100),
                     " % of its space is used: ", NameOf(before), " -> ", NameOf(now),
                     now == State::kFailsafe ? "; it takes no writes" : "");
    if (now > before) {
      LOG(WARNING) << text;
    } else {
      LOG(INFO) << text;
    }
  }
  const uint32_t wanted = BitOf(now);
  if ((map->osd_state[options_.whoami] & kBits) == wanted) return;
  auto message = std::make_unique<rados::MOsdFull>();
  message->paxos.version = map->epoch;
  message->map_epoch = map->epoch;
  message->state = wanted;
  options_.send(std::move(message));
}

bool FullnessMonitor::DropsWrite() {
  if (state() != State::kFailsafe) return false;
  MutexLock lock(mutex_);
  if (injected_ != State::kFailsafe || injected_count_ <= 0) return true;
  if (--injected_count_ == 0) CheckLocked();
  return true;
}

absl::Status FullnessMonitor::Inject(std::string_view state, int64_t count) {
  const auto* const known = std::find_if(std::begin(kNames), std::end(kNames),
                                         [state](const auto& item) { return item.first == state; });
  if (known == std::end(kNames)) {
    return absl::InvalidArgumentError(
        "Invalid type use (none, nearfull, backfillfull, full, failsafe)");
  }
  MutexLock lock(mutex_);
  injected_ = count == 0 ? State::kNone : known->second;
  injected_count_ = count;
  CheckLocked();
  return absl::OkStatus();
}

}  // namespace siphon::osd
