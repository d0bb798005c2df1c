#include "services/osd/op_tracker.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <iterator>
#include <limits>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "base/mutex.h"
#include "nlohmann/json.hpp"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kParts = 16;
// Operations of a request that its description names.
constexpr size_t kMaxCodes = 8;

std::string TimeText(absl::Time t) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6S%z", t, absl::LocalTimeZone());
}

}  // namespace

struct OpTracker::Record {
  struct Event {
    const char* what;
    absl::Time when;
  };

  rados::OsdReqId id;
  rados::ShardedPgId pg;
  std::string oid;
  std::vector<uint16_t> codes;
  uint32_t map_epoch = 0;
  EntityAddr client_addr;
  size_t part = 0;
  absl::Time begin;

  mutable Mutex mutex;
  std::vector<Event> events ABSL_GUARDED_BY(mutex);

  absl::Time last() const {
    MutexLock lock(mutex);
    return events.empty() ? begin : events.back().when;
  }
  absl::Duration duration() const { return last() - begin; }

  std::string Description() const {
    std::string text = absl::StrCat("osd_op(", id.ToString(), " ", pg.ToString(), " ",
                                    absl::CHexEscape(oid), " [");
    for (const uint16_t& code : codes) {
      absl::StrAppend(&text, &code == codes.data() ? "" : ",", AbslView(rados::OsdOpName(code)));
    }
    return absl::StrCat(text, "] e", map_epoch, ")");
  }
  Json ToJson(absl::Time now, bool finished) const {
    Json events_json = Json::array();
    const char* flag_point = "initiated";
    absl::Time before = begin;
    events_json.push_back({{"event", "initiated"}, {"time", TimeText(begin)}, {"duration", 0.0}});
    {
      MutexLock lock(mutex);
      for (const Event& event : events) {
        events_json.push_back({{"event", event.what},
                               {"time", TimeText(event.when)},
                               {"duration", absl::ToDoubleSeconds(event.when - before)}});
        before = event.when;
        flag_point = event.what;
      }
    }
    const absl::Duration took = (finished ? before : now) - begin;
    return {{"description", Description()},
            {"initiated_at", TimeText(begin)},
            {"age", absl::ToDoubleSeconds(now - begin)},
            {"duration", absl::ToDoubleSeconds(took)},
            {"type_data",
             {{"flag_point", flag_point},
              {"client_info",
               {{"client", id.name.ToString()},
                {"client_addr", client_addr.ToString()},
                {"tid", id.tid}}},
              {"events", events_json}}}};
  }
};

struct OpTracker::State {
  using RecordPtr = std::shared_ptr<Record>;
  struct Part {
    mutable Mutex mutex;
    std::unordered_set<RecordPtr> records ABSL_GUARDED_BY(mutex);
  };
  struct Longer {
    bool operator()(const RecordPtr& a, const RecordPtr& b) const {
      const absl::Duration da = a->duration();
      const absl::Duration db = b->duration();
      return da != db ? da > db : a < b;
    }
  };

  State(const Config* c, Clock* k) : config(c), clock(k) { ReadOptions(); }

  const Config* const config;
  Clock* const clock;
  std::array<Part, kParts> parts;

  // Copies of options, for the path of a request.
  std::atomic<size_t> history_size{0};
  std::atomic<size_t> slow_size{0};
  std::atomic<int64_t> history_nanos{0};
  std::atomic<int64_t> slow_nanos{0};
  // A request that took less than this is not remembered, until that time (both in nanoseconds).
  std::atomic<int64_t> floor_nanos{0};
  std::atomic<int64_t> floor_until{0};

  mutable Mutex mutex;
  std::set<RecordPtr, Longer> longest ABSL_GUARDED_BY(mutex);
  std::deque<RecordPtr> slow ABSL_GUARDED_BY(mutex);  // oldest first

  void ReadOptions() {
    history_size = static_cast<size_t>(config->GetInt("osd_op_history_size"));
    slow_size = static_cast<size_t>(config->GetInt("osd_op_history_slow_op_size"));
    history_nanos = absl::ToInt64Nanoseconds(config->GetDuration("osd_op_history_duration"));
    slow_nanos = absl::ToInt64Nanoseconds(config->GetDuration("osd_op_history_slow_op_threshold"));
    floor_until = 0;
  }

  // A finished one: keeps it if it took long enough.
  void Remember(const RecordPtr& record) {
    const int64_t took = absl::ToInt64Nanoseconds(record->duration());
    const absl::Time now = record->last();
    if (took < slow_nanos && took < floor_nanos && absl::ToUnixNanos(now) < floor_until) return;
    std::vector<RecordPtr> gone;  // freed after the lock
    MutexLock lock(mutex);
    if (took >= slow_nanos) slow.push_back(record);
    while (slow.size() > slow_size) {
      gone.push_back(std::move(slow.front()));
      slow.pop_front();
    }
    const absl::Time oldest = now - absl::Nanoseconds(history_nanos.load());
    absl::Time first = now;
    for (auto it = longest.begin(); it != longest.end();) {
      if ((*it)->begin < oldest) {
        it = longest.erase(it);
        continue;
      }
      first = std::min(first, (*it)->begin);
      ++it;
    }
    longest.insert(record);
    while (longest.size() > history_size) longest.erase(std::prev(longest.end()));
    const bool full = longest.size() == history_size;
    floor_nanos = !full             ? 0
                  : longest.empty() ? std::numeric_limits<int64_t>::max()
                                    : absl::ToInt64Nanoseconds((*longest.rbegin())->duration());
    floor_until = absl::ToUnixNanos(first) + history_nanos;
  }
  std::vector<RecordPtr> InFlight() const {
    std::vector<RecordPtr> all;
    for (const Part& part : parts) {
      MutexLock lock(part.mutex);
      all.insert(all.end(), part.records.begin(), part.records.end());
    }
    std::ranges::sort(all, {}, [](const RecordPtr& r) { return r->begin; });
    return all;
  }
};

OpTracker::Op::Op(std::shared_ptr<State> state, std::shared_ptr<Record> record)
    : state_(std::move(state)), record_(std::move(record)) {}

OpTracker::Op::~Op() {
  Mark("done");
  {
    State::Part& part = state_->parts[record_->part];
    MutexLock lock(part.mutex);
    part.records.erase(record_);
  }
  state_->Remember(record_);
}

void OpTracker::Op::Mark(const char* event) {
  const absl::Time now = state_->clock->Now();
  MutexLock lock(record_->mutex);
  record_->events.push_back({event, now});
}

OpTracker::OpTracker(Config* config, Clock* clock)
    : state_(std::make_shared<State>(config, clock)),
      option_changes_(
          config->Observe({"osd_op_history_size", "osd_op_history_slow_op_size",
                           "osd_op_history_duration", "osd_op_history_slow_op_threshold"},
                          [state = state_](std::string_view) { state->ReadOptions(); })) {}

OpTracker::~OpTracker() = default;

OpTracker::OpPtr OpTracker::Begin(const rados::MOsdOp& request, const EntityAddr& client_addr) {
  auto record = std::make_shared<Record>();
  record->id = request.effective_reqid();
  record->pg = request.pg;
  record->oid = request.oid;
  for (const rados::OsdOp& op : request.ops) {
    if (record->codes.size() < kMaxCodes) record->codes.push_back(op.code);
  }
  record->map_epoch = request.map_epoch;
  record->client_addr = client_addr;
  record->begin = state_->clock->Now();
  record->part = (record->id.tid + static_cast<uint64_t>(record->id.name.num)) % kParts;
  {
    State::Part& part = state_->parts[record->part];
    MutexLock lock(part.mutex);
    part.records.insert(record);
  }
  return OpPtr(new Op(state_, std::move(record)));
}

std::string OpTracker::DumpInFlight() const {
  const absl::Time now = state_->clock->Now();
  Json ops = Json::array();
  for (const auto& record : state_->InFlight()) ops.push_back(record->ToJson(now, false));
  const size_t count = ops.size();
  return Json{{"ops", std::move(ops)}, {"num_ops", count}}.dump(4);
}

std::string OpTracker::DumpBlocked() const {
  const absl::Time now = state_->clock->Now();
  const absl::Duration limit = state_->config->GetDuration("osd_op_complaint_time");
  Json ops = Json::array();
  for (const auto& record : state_->InFlight()) {
    if (now - record->begin < limit) break;
    ops.push_back(record->ToJson(now, false));
  }
  const size_t count = ops.size();
  return Json{{"ops", std::move(ops)},
              {"complaint_time", absl::ToDoubleSeconds(limit)},
              {"num_blocked_ops", count}}
      .dump(4);
}

std::string OpTracker::DumpHistory(bool by_duration) const {
  std::vector<std::shared_ptr<Record>> records;
  {
    MutexLock lock(state_->mutex);
    records.assign(state_->longest.begin(), state_->longest.end());
  }
  if (!by_duration) std::ranges::sort(records, {}, [](const auto& r) { return r->begin; });
  const absl::Time now = state_->clock->Now();
  Json ops = Json::array();
  for (const auto& record : records) ops.push_back(record->ToJson(now, true));
  const absl::Duration span = state_->config->GetDuration("osd_op_history_duration");
  return Json{{"size", state_->config->GetInt("osd_op_history_size")},
              {"duration", absl::ToInt64Seconds(span)},
              {"ops", std::move(ops)}}
      .dump(4);
}

std::string OpTracker::DumpSlowHistory() const {
  std::vector<std::shared_ptr<Record>> records;
  {
    MutexLock lock(state_->mutex);
    records.assign(state_->slow.begin(), state_->slow.end());
  }
  const absl::Time now = state_->clock->Now();
  Json ops = Json::array();
  for (const auto& record : records) ops.push_back(record->ToJson(now, true));
  const absl::Duration from = state_->config->GetDuration("osd_op_history_slow_op_threshold");
  return Json{{"num to keep", state_->config->GetInt("osd_op_history_slow_op_size")},
              {"threshold to keep", absl::ToInt64Seconds(from)},
              {"Ops", std::move(ops)}}
      .dump(4);
}

OpTracker::Slow OpTracker::FindSlow() const {
  Slow slow;
  const absl::Time now = state_->clock->Now();
  const absl::Duration limit = state_->config->GetDuration("osd_op_complaint_time");
  for (const auto& record : state_->InFlight()) {
    const absl::Duration age = now - record->begin;
    if (age < limit) break;
    if (slow.count++ > 0) continue;
    slow.longest = age;
    slow.oldest = record->Description();
  }
  return slow;
}

size_t OpTracker::in_flight() const {
  size_t n = 0;
  for (const State::Part& part : state_->parts) {
    MutexLock lock(part.mutex);
    n += part.records.size();
  }
  return n;
}

}  // namespace siphon::osd
