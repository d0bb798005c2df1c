#include "testing/bench/load.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "glog/logging.h"

namespace siphon::bench {
namespace {

absl::Duration Sum(const rusage& usage) {
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

template <typename T>
void WriteAll(int fd, const T& value) {
  PCHECK(write(fd, &value, sizeof(value)) == static_cast<ssize_t>(sizeof(value)));
}

template <typename T>
T ReadAll(int fd) {
  T value;
  PCHECK(read(fd, &value, sizeof(value)) == static_cast<ssize_t>(sizeof(value)));
  return value;
}

}  // namespace

uint64_t MessagesPerReply(const Load& load) {
  if (load.pattern == Pattern::kPingPong) return 1;
  return std::max<uint64_t>(1, static_cast<uint64_t>(load.in_flight) / 2);
}

absl::Duration Result::Percentile(double fraction) {
  if (latency_nanos.empty()) return absl::ZeroDuration();
  if (!std::is_sorted(latency_nanos.begin(), latency_nanos.end())) {
    std::sort(latency_nanos.begin(), latency_nanos.end());
  }
  const auto last = static_cast<double>(latency_nanos.size() - 1);
  return absl::Nanoseconds(latency_nanos[static_cast<size_t>(fraction * last)]);
}

absl::Duration ProcessCpu() {
  rusage usage;
  PCHECK(getrusage(RUSAGE_SELF, &usage) == 0);
  return Sum(usage);
}

void PinToFirstCpu() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(0, &cpus);
  PCHECK(sched_setaffinity(0, sizeof(cpus), &cpus) == 0);
}

Result RunInTwoProcesses(const Load& load,
                         const std::function<absl::Duration(std::function<void(int)>)>& server,
                         const std::function<Result(int)>& client) {
  // Both roles run in children, so that every run starts with a fresh process of either kind.
  int port_pipe[2], server_pipe[2], client_pipe[2];
  PCHECK(pipe(port_pipe) == 0);
  PCHECK(pipe(server_pipe) == 0);
  PCHECK(pipe(client_pipe) == 0);

  const pid_t server_pid = fork();
  PCHECK(server_pid >= 0);
  if (server_pid == 0) {
    if (load.one_cpu) PinToFirstCpu();
    const absl::Duration cpu = server([&](int port) { WriteAll(port_pipe[1], port); });
    WriteAll(server_pipe[1], absl::ToInt64Nanoseconds(cpu));
    _exit(0);
  }
  const int port = ReadAll<int>(port_pipe[0]);
  const pid_t client_pid = fork();
  PCHECK(client_pid >= 0);
  if (client_pid == 0) {
    if (load.one_cpu) PinToFirstCpu();
    const Result result = client(port);
    WriteAll(client_pipe[1], result.messages);
    WriteAll(client_pipe[1], absl::ToInt64Nanoseconds(result.elapsed));
    WriteAll(client_pipe[1], absl::ToInt64Nanoseconds(result.client_cpu));
    WriteAll(client_pipe[1], static_cast<uint64_t>(result.latency_nanos.size()));
    for (const uint32_t nanos : result.latency_nanos) WriteAll(client_pipe[1], nanos);
    _exit(0);
  }
  // So that a read finds the end of the pipe if a child failed.
  close(client_pipe[1]);
  close(server_pipe[1]);
  Result result;
  result.messages = ReadAll<uint64_t>(client_pipe[0]);
  result.elapsed = absl::Nanoseconds(ReadAll<int64_t>(client_pipe[0]));
  result.client_cpu = absl::Nanoseconds(ReadAll<int64_t>(client_pipe[0]));
  result.latency_nanos.resize(ReadAll<uint64_t>(client_pipe[0]));
  for (uint32_t& nanos : result.latency_nanos) nanos = ReadAll<uint32_t>(client_pipe[0]);
  result.server_cpu = absl::Nanoseconds(ReadAll<int64_t>(server_pipe[0]));
  for (const pid_t pid : {client_pid, server_pid}) {
    int status;
    PCHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQ(status, 0) << "a process of the benchmark failed";
  }
  for (const int fd : {port_pipe[0], port_pipe[1], server_pipe[0], client_pipe[0]}) close(fd);
  return result;
}

}  // namespace siphon::bench
