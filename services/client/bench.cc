#include "services/client/bench.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "base/mutex.h"
#include "base/random_source.h"
#include "services/objecter/object_operation.h"

namespace siphon::client {
namespace {

constexpr char kRecordName[] = "benchmark_last_metadata";
constexpr char kFill = 'z';

// What a run leaves for the reads after it.
struct Record {
  uint64_t object_bytes = 0;
  int32_t objects = 0;
  int32_t pid = 0;
  uint64_t op_bytes = 0;

  BufferList Encode() const {
    BufferList out;
    Encoder e(&out);
    e.U64(object_bytes);
    e.I32(objects);
    e.I32(pid);
    e.U64(op_bytes);
    return out;
  }
  static absl::StatusOr<Record> Decode(const BufferList& bytes) {
    Decoder d(bytes);
    Record r;
    r.object_bytes = d.U64();
    r.objects = d.I32();
    r.pid = d.I32();
    r.op_bytes = d.remaining() >= 8 ? d.U64() : r.object_bytes;
    if (!d.ok()) return d.status();
    return r;
  }
};

std::string NameOf(int32_t pid, uint64_t index) {
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) != 0) host[0] = 0;
  return absl::StrCat("benchmark_data_", host, "_", pid, "_object", index);
}

// Each object's contents begin with its number.
std::string HeadOf(uint64_t index) { return absl::StrFormat("I'm the %16dth op!", index); }

class Run {
 public:
  Run(const PoolIo& io, const BenchOptions& options, const Record& record)
      : io_(io), options_(options), record_(record), began_(Clock::Real().Monotonic()) {
    fill_ = Buffer::CopyOf(std::string(record.object_bytes, kFill));
  }

  void Loop(const std::function<void(const BenchTick&)>& on_tick);
  BenchResult Result();
  uint64_t started() const { return started_; }

 private:
  double Elapsed() const { return static_cast<double>(Clock::Real().Monotonic() - began_) / 1e9; }
  bool HasNext() const {
    if (options_.kind == BenchKind::kSequentialRead) {
      return started_ < static_cast<uint64_t>(record_.objects);
    }
    return true;
  }
  void StartNext();
  BufferList Contents(uint64_t index) const;
  void OnDone(uint64_t index, MonoNanos began, Objecter::Reply reply);
  bool IsWrong(uint64_t index, const Objecter::Reply& reply) const;

  const PoolIo& io_;
  const BenchOptions& options_;
  const Record record_;
  const MonoNanos began_;
  Buffer fill_;
  uint64_t started_ = 0;  // the calling thread only

  Mutex mutex_;
  CondVar finished_one_;
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t finished_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t errors_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string first_error_ ABSL_GUARDED_BY(mutex_);
  std::vector<float> latencies_ ABSL_GUARDED_BY(mutex_);  // seconds
};

BufferList Run::Contents(uint64_t index) const {
  std::string head = HeadOf(index);
  head.push_back('\0');
  head.resize(std::min<size_t>(head.size(), record_.object_bytes));
  BufferList contents = BufferList::CopyOf(head);
  contents.Append(BufferList(fill_).Substr(head.size(), record_.object_bytes - head.size()));
  return contents;
}

void Run::StartNext() {
  uint64_t index = started_++;
  ObjectOperation operation;
  if (options_.kind == BenchKind::kWrite) {
    operation.SetAllocHint(record_.object_bytes, record_.object_bytes).Write(0, Contents(index));
  } else {
    if (options_.kind == BenchKind::kRandomRead) {
      index = RandomSource::Real().Below(static_cast<uint64_t>(record_.objects));
    }
    operation.Read(0, record_.object_bytes);
  }
  {
    MutexLock lock(mutex_);
    ++under_way_;
  }
  const MonoNanos began = Clock::Real().Monotonic();
  io_.Submit(
      NameOf(record_.pid, index), std::move(operation),
      [this, index, began](Objecter::Reply reply) { OnDone(index, began, std::move(reply)); });
}

bool Run::IsWrong(uint64_t index, const Objecter::Reply& reply) const {
  if (options_.kind == BenchKind::kWrite) return false;
  if (reply.ops.empty() || reply.ops[0].out.size() != record_.object_bytes) return true;
  std::string head = HeadOf(index);
  head.resize(std::min<size_t>(head.size(), record_.object_bytes));
  return reply.ops[0].out.Substr(0, head.size()) != std::string_view(head);
}

void Run::OnDone(uint64_t index, MonoNanos began, Objecter::Reply reply) {
  const double latency = static_cast<double>(Clock::Real().Monotonic() - began) / 1e9;
  absl::Status status = io_.ToStatus(reply.result, "bench", NameOf(record_.pid, index));
  if (status.ok() && IsWrong(index, reply)) {
    status = absl::DataLossError(absl::StrCat(NameOf(record_.pid, index), " has other contents"));
  }
  MutexLock lock(mutex_);
  --under_way_;
  ++finished_;
  latencies_.push_back(static_cast<float>(latency));
  if (!status.ok() && errors_++ == 0) first_error_ = std::string(status.message());
  finished_one_.Signal();
}

void Run::Loop(const std::function<void(const BenchTick&)>& on_tick) {
  BenchTick tick;
  uint64_t last_finished = 0;
  const double end = absl::ToDoubleSeconds(options_.duration);
  const auto tick_if_due = [&](int under_way, uint64_t finished) {
    if (Elapsed() < tick.second + 1) return;
    ++tick.second;
    tick.under_way = under_way;
    tick.started = started_;
    tick.finished = finished;
    tick.mb_per_second = static_cast<double>(finished - std::exchange(last_finished, finished)) *
                         static_cast<double>(record_.object_bytes) / (1 << 20);
    on_tick(tick);
  };
  for (;;) {
    int under_way;
    uint64_t finished;
    bool failed;
    const bool more = Elapsed() < end && HasNext();
    {
      MutexLock lock(mutex_);
      while (under_way_ >= (more && errors_ == 0 ? options_.under_way : 1)) {
        if (!finished_one_.WaitFor(mutex_, absl::Milliseconds(200))) break;
      }
      under_way = under_way_;
      finished = finished_;
      failed = errors_ != 0;
    }
    tick_if_due(under_way, finished);
    if (!more || failed) {
      if (under_way == 0) return;
      continue;
    }
    if (under_way < options_.under_way) StartNext();
  }
}

BenchResult Run::Result() {
  BenchResult result;
  result.seconds = Elapsed();
  MutexLock lock(mutex_);
  result.operations = finished_;
  result.errors = errors_;
  result.first_error = first_error_;
  result.object_bytes = record_.object_bytes;
  result.bytes = (finished_ - errors_) * record_.object_bytes;
  result.mb_per_second = static_cast<double>(result.bytes) / (1 << 20) / result.seconds;
  result.operations_per_second = static_cast<double>(finished_) / result.seconds;
  if (latencies_.empty()) return result;
  std::sort(latencies_.begin(), latencies_.end());
  double sum = 0;
  for (const float l : latencies_) sum += l;
  const auto at = [this](double part) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> double {
    return latencies_[static_cast<size_t>(part * static_cast<double>(latencies_.size() - 1))];
  };
  result.latency_avg = sum / static_cast<double>(latencies_.size());
  result.latency_p50 = at(0.5);
  result.latency_p95 = at(0.95);
  result.latency_p99 = at(0.99);
  result.latency_max = latencies_.back();
  return result;
}

// Removes the objects of a run and its record.
absl::Status CleanUp(const PoolIo& io, const Record& record, uint64_t objects, int under_way) {
  Mutex mutex;
  CondVar done_one;
  int pending = 0;
  absl::Status status;
  for (uint64_t i = 0; i < objects; ++i) {
    {
      MutexLock lock(mutex);
      while (pending >= under_way) done_one.Wait(mutex);
      ++pending;
    }
    const std::string name = NameOf(record.pid, i);
    io.Submit(name, ObjectOperation().Delete(), [&, name](Objecter::Reply reply) {
      MutexLock lock(mutex);
      if (reply.result != -ENOENT) status.Update(io.ToStatus(reply.result, "remove", name));
      --pending;
      done_one.Signal();
    });
  }
  {
    MutexLock lock(mutex);
    while (pending > 0) done_one.Wait(mutex);
  }
  status.Update(io.Remove(kRecordName));
  return status;
}

}  // namespace

absl::StatusOr<BenchResult> RunBench(const PoolIo& io, const BenchOptions& options,
                                     const std::function<void(const BenchTick&)>& on_tick) {
  Record record;
  if (options.kind == BenchKind::kWrite) {
    record.object_bytes = record.op_bytes = options.object_bytes;
    record.pid = getpid();
  } else {
    absl::StatusOr<BufferList> bytes = io.Read(kRecordName, 0, 0);
    if (!bytes.ok()) {
      if (!absl::IsNotFound(bytes.status())) return bytes.status();
      return absl::NotFoundError(absl::StrCat("pool ", io.pool_name(),
                                              " holds nothing to read: run `bench SECONDS write "
                                              "--no-cleanup` first"));
    }
    absl::StatusOr<Record> decoded = Record::Decode(*bytes);
    if (!decoded.ok()) return decoded.status();
    if (decoded->objects <= 0 || decoded->object_bytes > (uint64_t{1} << 32)) {
      return absl::DataLossError(absl::StrCat(kRecordName, " makes no sense; remove it"));
    }
    record = *decoded;
  }
  Run run(io, options, record);
  run.Loop(on_tick);
  BenchResult result = run.Result();
  if (options.kind == BenchKind::kWrite) {
    record.objects = static_cast<int32_t>(run.started());
    absl::Status status = io.WriteFull(kRecordName, record.Encode());
    if (options.cleanup) status.Update(CleanUp(io, record, run.started(), options.under_way));
    if (!status.ok()) return status;
  }
  return result;
}

}  // namespace siphon::client
