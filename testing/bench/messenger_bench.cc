// messenger_bench: how much work a message is, next to a raw TCP program of the same sizes.
//
// Each row is a floor run, a messenger run and another floor run, in turn; the ratio is the
// messenger's messages per second over the mean of the two floors. Only ratios of one run carry
// over to other machines.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/absl_view.h"
#include "testing/bench/load.h"
#include "testing/bench/messenger_load.h"
#include "testing/bench/tcp_floor.h"
#include "testing/sim/sim_protocol.h"

ABSL_FLAG(absl::Duration, duration, absl::Milliseconds(500), "length of each run");
ABSL_FLAG(bool, one_cpu, true,
          "keep client and server on one processor: compares CPU cost, the steadiest figure");
ABSL_FLAG(int, rounds, 3, "rounds of each row; the one with the median ratio is printed");
ABSL_FLAG(bool, quick, false, "64 B and 64 KiB only, one round");
ABSL_FLAG(std::string, protocols, "v1",
          "v1, v2 and v2-secure, with commas between; each row is measured over each");
ABSL_FLAG(std::string, format, "table", "table, markdown or json");

namespace siphon::bench {
namespace {

struct Row {
  Load load;
  SimProtocol protocol = SimProtocol::kV1;
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

Row Measure(const Load& load, SimProtocol protocol) {
  std::vector<Row> rounds;
  const int count = absl::GetFlag(FLAGS_quick) ? 1 : absl::GetFlag(FLAGS_rounds);
  for (int i = 0; i < count; ++i) {
    Row row;
    row.load = load;
    row.protocol = protocol;
    row.floor = RunTcpFloor(load);
    row.messenger = RunMessenger(load, protocol);
    const Result after = RunTcpFloor(load);
    row.ratio = row.messenger.per_second() / ((row.floor.per_second() + after.per_second()) / 2);
    rounds.push_back(std::move(row));
  }
  std::sort(rounds.begin(), rounds.end(),
            [](const Row& a, const Row& b) { return a.ratio < b.ratio; });
  return std::move(rounds[rounds.size() / 2]);
}

// What one row says, in the units of its columns.
struct Figures {
  std::string protocol, pattern, size;
  int in_flight;
  double floor_per_second, per_second, megabytes, ratio, p50, p99, floor_cpu, cpu;

  explicit Figures(Row& row)
      : protocol(ProtocolFlag(row.protocol)),
        pattern(PatternText(row.load.pattern)),
        size(SizeText(row.load.size)),
        in_flight(row.load.in_flight),
        floor_per_second(row.floor.per_second()),
        per_second(row.messenger.per_second()),
        megabytes(per_second * static_cast<double>(row.load.size) / 1e6),
        ratio(row.ratio),
        p50(Micros(row.messenger.Percentile(0.5))),
        p99(Micros(row.messenger.Percentile(0.99))),
        floor_cpu(CpuMicros(row.floor)),
        cpu(CpuMicros(row.messenger)) {}
};

constexpr std::string_view kTableHead =
    "protocol  pattern       size flight  floor msg/s       msg/s       MB/s  ratio     p50 us    "
    "p99 us  "
    "floor CPU    CPU us\n";
constexpr std::string_view kMarkdownHead =
    "| protocol | pattern | size | in flight | floor, msg/s | Siphon, msg/s | MB/s | ratio | p50, "
    "µs | p99, "
    "µs "
    "| floor CPU, µs | CPU, µs |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";

std::string TableLine(const Figures& f) {
  return absl::StrFormat(
      "%-9s %-9s %8s %6d  %11.0f %11.0f %10.0f %6.2f  %9.1f %9.1f  %9.2f %9.2f\n", f.protocol,
      f.pattern, f.size, f.in_flight, f.floor_per_second, f.per_second, f.megabytes, f.ratio, f.p50,
      f.p99, f.floor_cpu, f.cpu);
}

std::string MarkdownLine(const Figures& f) {
  return absl::StrFormat(
      "| %s | %s | %s | %d | %.0f | %.0f | %.0f | %.2f | %.1f | %.1f | %.2f | %.2f |\n", f.protocol,
      f.pattern, f.size, f.in_flight, f.floor_per_second, f.per_second, f.megabytes, f.ratio, f.p50,
      f.p99, f.floor_cpu, f.cpu);
}

std::string JsonLine(const Figures& f) {
  return absl::StrFormat(
      "{\"protocol\": \"%s\", \"pattern\": \"%s\", \"size\": \"%s\", \"in_flight\": %d, "
      "\"floor_per_second\": %.0f, "
      "\"per_second\": %.0f, \"megabytes_per_second\": %.0f, \"ratio\": %.3f, \"p50_us\": %.1f, "
      "\"p99_us\": %.1f, \"floor_cpu_us\": %.2f, \"cpu_us\": %.2f}",
      f.protocol, f.pattern, f.size, f.in_flight, f.floor_per_second, f.per_second, f.megabytes,
      f.ratio, f.p50, f.p99, f.floor_cpu, f.cpu);
}

void Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::vector<Load> Loads() {
  std::vector<size_t> sizes = {64, 4 << 10, 64 << 10, 1 << 20, 4 << 20};
  if (absl::GetFlag(FLAGS_quick)) sizes = {64, 64 << 10};
  std::vector<Load> loads;
  for (const Pattern pattern : {Pattern::kPingPong, Pattern::kStream}) {
    for (const size_t size : sizes) {
      for (const int in_flight : {1, 32}) {
        Load load;
        load.pattern = pattern;
        load.size = size;
        load.in_flight = in_flight;
        load.duration = absl::GetFlag(FLAGS_duration);
        load.one_cpu = absl::GetFlag(FLAGS_one_cpu);
        loads.push_back(load);
      }
    }
  }
  return loads;
}

std::optional<std::vector<SimProtocol>> Protocols() {
  std::vector<SimProtocol> protocols;
  for (const absl::string_view name : absl::StrSplit(absl::GetFlag(FLAGS_protocols), ',')) {
    int found = 0;
    while (found < kSimProtocols &&
           AbslView(ProtocolFlag(static_cast<SimProtocol>(found))) != name) {
      ++found;
    }
    if (found == kSimProtocols) return std::nullopt;
    protocols.push_back(static_cast<SimProtocol>(found));
  }
  return protocols;
}

int Main() {
  const std::string format = absl::GetFlag(FLAGS_format);
  if (format != "table" && format != "markdown" && format != "json") {
    std::fprintf(stderr, "--format: \"%s\" is none of table, markdown, json\n", format.c_str());
    return 2;
  }
  const std::optional<std::vector<SimProtocol>> protocols = Protocols();
  if (!protocols) {
    std::fprintf(stderr, "--protocols: give some of v1, v2 and v2-secure\n");
    return 2;
  }
  Print(format == "json" ? "[" : format == "markdown" ? kMarkdownHead : kTableHead);
  const char* before = "\n  ";
  for (const Load& load : Loads()) {
    for (const SimProtocol protocol : *protocols) {
      Row row = Measure(load, protocol);
      const Figures figures(row);
      if (format == "json") {
        Print(absl::StrCat(std::exchange(before, ",\n  "), JsonLine(figures)));
      } else {
        Print(format == "markdown" ? MarkdownLine(figures) : TableLine(figures));
      }
    }
  }
  if (format == "json") Print("\n]\n");
  return 0;
}

}  // namespace
}  // namespace siphon::bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Messages between two processes over loopback, next to a raw epoll TCP floor.\n"
      "  ./x bench\n  ./x bench --one_cpu=false --duration=2s\n  ./x bench "
      "--protocols=v1,v2,v2-secure\n"
      "p50 and p99 are of the time from a message to its answer: each message of a ping-pong is\n"
      "answered, and in a stream each that ends half a window. CPU us is the CPU time of both\n"
      "processes for each message.");
  absl::ParseCommandLine(argc, argv);
  return siphon::bench::Main();
}
