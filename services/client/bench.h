// RunBench: measures a pool: writes objects for some time, or reads those of an earlier run.
//
// Names, contents and the record of the last run are those of `rados bench` of Ceph 16.2, so that
// each can read what the other wrote.
//
// Threads: it waits; not from a callback.
#ifndef SIPHON_SERVICES_CLIENT_BENCH_H_
#define SIPHON_SERVICES_CLIENT_BENCH_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/client/pool_io.h"

namespace siphon::client {

enum class BenchKind { kWrite, kSequentialRead, kRandomRead };

struct BenchOptions {
  BenchKind kind = BenchKind::kWrite;
  absl::Duration duration = absl::Seconds(10);
  uint64_t object_bytes = uint64_t{4} << 20;  // of writes; reads take the record's
  int under_way = 16;
  bool cleanup = true;  // after writing
};

struct BenchTick {
  int second = 0;  // since the beginning
  int under_way = 0;
  uint64_t started = 0;
  uint64_t finished = 0;
  double mb_per_second = 0;  // MiB, in this second
};

struct BenchResult {
  uint64_t operations = 0;
  uint64_t bytes = 0;
  uint64_t errors = 0;  // failed, or wrong contents
  uint64_t object_bytes = 0;
  double seconds = 0;
  double mb_per_second = 0;  // MiB
  double operations_per_second = 0;
  // Seconds.
  double latency_avg = 0, latency_p50 = 0, latency_p95 = 0, latency_p99 = 0, latency_max = 0;
  std::string first_error;
};

// Calls `on_tick` once a second. NotFound: there is no record of an earlier run to read.
absl::StatusOr<BenchResult> RunBench(const PoolIo& io, const BenchOptions& options,
                                     const std::function<void(const BenchTick&)>& on_tick);

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_BENCH_H_
