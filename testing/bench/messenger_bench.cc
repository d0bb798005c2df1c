// messenger_bench: how much work a message is, next to a raw TCP program of the same sizes.
//
// Each row is a floor run, a messenger run and another floor run, in turn; the ratio is the
// messenger's messages per second over the mean of the two floors. Only ratios of one run carry
// over to other machines.
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "testing/bench/load.h"
#include "testing/bench/messenger_load.h"
#include "testing/bench/tcp_floor.h"

ABSL_FLAG(absl::Duration, duration, absl::Milliseconds(500), "length of each run");
ABSL_FLAG(bool, one_cpu, true,
          "keep client and server on one processor: compares CPU cost, the steadiest figure");
ABSL_FLAG(int, rounds, 3, "rounds of each row; the one with the median ratio is printed");
ABSL_FLAG(bool, quick, false, "64 B and 64 KiB only, one round");
ABSL_FLAG(std::string, format, "table", "table or json");

namespace siphon::bench {
namespace {

struct Row {
  Load load;
  Result floor;
  Result messenger;
  double ratio = 0;
};

std::string SizeText(size_t bytes) {
  if (bytes >= 1 << 20) return absl::StrFormat("%d MiB", bytes >> 20);
  if (bytes >= 1 << 10) return absl::StrFormat("%d KiB", bytes >> 10);
  return absl::StrFormat("%d B", bytes);
}

std::string_view PatternText(Pattern pattern) {
  return pattern == Pattern::kPingPong ? "ping-pong" : "stream";
}

double Micros(absl::Duration d) { return absl::ToDoubleMicroseconds(d); }

double CpuMicros(const Result& r) {
  return r.messages == 0 ? 0
                         : Micros(r.client_cpu + r.server_cpu) / static_cast<double>(r.messages);
}

Row Measure(const Load& load) {
  std::vector<Row> rounds;
  const int count = absl::GetFlag(FLAGS_quick) ? 1 : absl::GetFlag(FLAGS_rounds);
  for (int i = 0; i < count; ++i) {
    Row row;
    row.load = load;
    row.floor = RunTcpFloor(load);
    row.messenger = RunMessenger(load);
    const Result after = RunTcpFloor(load);
    row.ratio = row.messenger.per_second() / ((row.floor.per_second() + after.per_second()) / 2);
    rounds.push_back(std::move(row));
  }
  std::sort(rounds.begin(), rounds.end(),
            [](const Row& a, const Row& b) { return a.ratio < b.ratio; });
  return std::move(rounds[rounds.size() / 2]);
}

void PrintTable(Row& row) {
  const double mb = row.messenger.per_second() * static_cast<double>(row.load.size) / 1e6;
  std::printf("%-9s %8s %6d  %11.0f %11.0f %10.0f %6.2f  %9.1f %9.1f  %9.2f %9.2f\n",
              std::string(PatternText(row.load.pattern)).c_str(), SizeText(row.load.size).c_str(),
              row.load.in_flight, row.floor.per_second(), row.messenger.per_second(), mb, row.ratio,
              Micros(row.messenger.Percentile(0.5)), Micros(row.messenger.Percentile(0.99)),
              CpuMicros(row.floor), CpuMicros(row.messenger));
  std::fflush(stdout);
}

void PrintJson(Row& row, bool first) {
  std::printf(
      "%s  {\"pattern\": \"%s\", \"size\": %zu, \"in_flight\": %d, \"floor_per_second\": %.0f, "
      "\"per_second\": %.0f, \"ratio\": %.3f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
      "\"floor_cpu_us\": %.2f, \"cpu_us\": %.2f}",
      first ? "[\n" : ",\n", std::string(PatternText(row.load.pattern)).c_str(), row.load.size,
      row.load.in_flight, row.floor.per_second(), row.messenger.per_second(), row.ratio,
      Micros(row.messenger.Percentile(0.5)), Micros(row.messenger.Percentile(0.99)),
      CpuMicros(row.floor), CpuMicros(row.messenger));
  std::fflush(stdout);
}

int Main() {
  const bool json = absl::GetFlag(FLAGS_format) == "json";
  if (!json) {
    std::printf("%-9s %8s %6s  %11s %11s %10s %6s  %9s %9s  %9s %9s\n", "pattern", "size", "flight",
                "floor msg/s", "msg/s", "MB/s", "ratio", "p50 us", "p99 us", "floor CPU", "CPU us");
  }
  std::vector<size_t> sizes = {64, 4 << 10, 64 << 10, 1 << 20, 4 << 20};
  if (absl::GetFlag(FLAGS_quick)) sizes = {64, 64 << 10};
  bool first = true;
  for (const Pattern pattern : {Pattern::kPingPong, Pattern::kStream}) {
    for (const size_t size : sizes) {
      for (const int in_flight : {1, 32}) {
        if (pattern == Pattern::kStream && in_flight == 1) continue;
        Load load;
        load.pattern = pattern;
        load.size = size;
        load.in_flight = in_flight;
        load.duration = absl::GetFlag(FLAGS_duration);
        load.one_cpu = absl::GetFlag(FLAGS_one_cpu);
        Row row = Measure(load);
        if (json) {
          PrintJson(row, first);
        } else {
          PrintTable(row);
        }
        first = false;
      }
    }
  }
  if (json) std::printf("\n]\n");
  return 0;
}

}  // namespace
}  // namespace siphon::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Messages between two processes over loopback, next to a raw epoll TCP floor.\n"
      "  ./x bench\n  ./x bench --one_cpu=false --duration=2s\n"
      "CPU us is the CPU time of both processes for each message.");
  absl::ParseCommandLine(argc, argv);
  return siphon::bench::Main();
}
