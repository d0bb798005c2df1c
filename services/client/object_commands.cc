#include "services/client/object_commands.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/clock.h"
#include "services/client/file_stream.h"
#include "services/client/json_text.h"
#include "services/client/object_lister.h"
#include "services/client/object_transfer.h"
#include "services/client/progress_meter.h"

namespace siphon::client {
namespace {

using Arguments = std::vector<std::string>;

absl::Status PrintTransfer(const CliContext& context, const std::string& oid, uint64_t bytes,
                           absl::Duration elapsed) {
  return CliPrint(JsonObject()
                      .Add("pool", context.pool)
                      .Add("object", oid)
                      .Add("bytes", bytes)
                      .Add("seconds", absl::ToDoubleSeconds(elapsed))
                      .ToString() +
                  "\n");
}

absl::Status Put(CliContext& context, const CliCommand&, const Arguments& arguments) {
  const std::string& oid = arguments[0];
  absl::StatusOr<FileSource> file = FileSource::Open(arguments[1]);
  if (!file.ok()) return file.status();
  const absl::StatusOr<PoolIo> io = context.Pool();
  if (!io.ok()) return io.status();
  const absl::Time began = absl::Now();
  ProgressMeter meter(absl::StrCat("put ", oid), STDERR_FILENO, &Clock::Real());
  TransferOptions options;
  options.progress = [&meter](uint64_t done, uint64_t total) { meter.Update(done, total); };
  const absl::StatusOr<uint64_t> size = PutObject(
      *io, oid, [&file](size_t max_bytes) { return file->Read(max_bytes); }, file->size(), options);
  if (!size.ok()) return size.status();
  return context.json() ? PrintTransfer(context, oid, *size, absl::Now() - began)
                        : absl::OkStatus();
}

absl::Status Get(CliContext& context, const CliCommand&, const Arguments& arguments) {
  const std::string& oid = arguments[0];
  const absl::StatusOr<PoolIo> io = context.Pool();
  if (!io.ok()) return io.status();
  const absl::Time began = absl::Now();
  ProgressMeter meter(absl::StrCat("get ", oid), STDERR_FILENO, &Clock::Real());
  TransferOptions options;
  options.progress = [&meter](uint64_t done, uint64_t total) { meter.Update(done, total); };
  FileSink file(arguments[1]);
  const absl::StatusOr<uint64_t> size =
      GetObject(*io, oid, [&file](const BufferList& bytes) { return file.Write(bytes); }, options);
  if (!size.ok()) return size.status();
  if (absl::Status closed = file.Close(); !closed.ok()) return closed;
  // The object itself may be what standard output holds.
  return context.json() && arguments[1] != "-"
             ? PrintTransfer(context, oid, *size, absl::Now() - began)
             : absl::OkStatus();
}

absl::Status List(CliContext& context, const CliCommand&, const Arguments&) {
  const absl::StatusOr<PoolIo> io = context.Pool();
  if (!io.ok()) return io.status();
  std::string out = context.json() ? "[" : "";
  ObjectLister lister(*io);
  while (!lister.done()) {
    const absl::StatusOr<std::vector<ObjectLister::Entry>> page = lister.Next();
    if (!page.ok()) return page.status();
    for (const ObjectLister::Entry& entry : *page) {
      if (!context.json()) {
        absl::StrAppend(&out, entry.oid, "\n");
        continue;
      }
      JsonObject object;
      object.Add("namespace", entry.nspace).Add("name", entry.oid);
      if (!entry.locator.empty()) object.Add("locator", entry.locator);
      absl::StrAppend(&out, out.size() > 1 ? "," : "", object.ToString());
    }
    if (context.json()) continue;
    if (absl::Status printed = CliPrint(std::exchange(out, "")); !printed.ok()) return printed;
  }
  return context.json() ? CliPrint(out + "]\n") : absl::OkStatus();
}

absl::Status Stat(CliContext& context, const CliCommand&, const Arguments& arguments) {
  const std::string& oid = arguments[0];
  const absl::StatusOr<PoolIo> io = context.Pool();
  if (!io.ok()) return io.status();
  const absl::StatusOr<ObjectStat> stat = io->Stat(oid);
  if (!stat.ok()) return stat.status();
  const std::string modified =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6S%z", stat->modified, absl::UTCTimeZone());
  if (context.json()) {
    return CliPrint(JsonObject()
                        .Add("pool", context.pool)
                        .Add("object", oid)
                        .Add("size", stat->size)
                        .Add("mtime", modified)
                        .ToString() +
                    "\n");
  }
  return CliPrint(
      absl::StrCat(context.pool, "/", oid, " mtime ", modified, ", size ", stat->size, "\n"));
}

absl::Status Remove(CliContext& context, const CliCommand&, const Arguments& arguments) {
  const absl::StatusOr<PoolIo> io = context.Pool();
  if (!io.ok()) return io.status();
  absl::Status status;
  for (const std::string& oid : arguments) status.Update(io->Remove(oid));
  return status;
}

std::string BenchJson(const BenchResult& r) {
  return JsonObject()
      .Add("operations", r.operations)
      .Add("errors", r.errors)
      .Add("object_bytes", r.object_bytes)
      .Add("bytes", r.bytes)
      .Add("seconds", r.seconds)
      .Add("mib_per_second", r.mb_per_second)
      .Add("operations_per_second", r.operations_per_second)
      .AddRaw("latency_seconds", JsonObject()
                                     .Add("avg", r.latency_avg)
                                     .Add("p50", r.latency_p50)
                                     .Add("p95", r.latency_p95)
                                     .Add("p99", r.latency_p99)
                                     .Add("max", r.latency_max)
                                     .ToString())
      .ToString();
}

std::string BenchText(const BenchResult& r) {
  return absl::StrFormat(
      "\noperations       %d (%d failed) of %s\n"
      "time             %.3f s\n"
      "bandwidth        %.1f MiB/s\n"
      "operations/s     %.1f\n"
      "latency in ms    avg %.3f  p50 %.3f  p95 %.3f  p99 %.3f  max %.3f\n",
      r.operations, r.errors, FormatBytes(static_cast<double>(r.object_bytes)), r.seconds,
      r.mb_per_second, r.operations_per_second, r.latency_avg * 1e3, r.latency_p50 * 1e3,
      r.latency_p95 * 1e3, r.latency_p99 * 1e3, r.latency_max * 1e3);
}

absl::Status Bench(CliContext& context, const CliCommand&, const Arguments& arguments) {
  BenchOptions options = context.bench;
  int seconds = 0;
  if (!absl::SimpleAtoi(arguments[0], &seconds) || seconds <= 0 || seconds > 86400) {
    return CliUsageError(absl::StrCat("bench: \"", arguments[0], "\" is no number of seconds"));
  }
  options.duration = absl::Seconds(seconds);
  const std::string& kind = arguments[1];
  if (kind == "write")
    options.kind = BenchKind::kWrite;
  else if (kind == "seq")
    options.kind = BenchKind::kSequentialRead;
  else if (kind == "rand")
    options.kind = BenchKind::kRandomRead;
  else
    return CliUsageError(absl::StrCat("bench: \"", kind, "\" is not write, seq or rand"));
  const absl::StatusOr<PoolIo> io = context.Pool();
  if (!io.ok()) return io.status();

  const bool plain = !context.json();
  if (plain) {
    const absl::Status printed = CliPrint(absl::StrFormat(
        "%6s %10s %10s %10s %10s\n", "second", "under way", "started", "finished", "MiB/s"));
    if (!printed.ok()) return printed;
  }
  absl::Status printed;
  const absl::StatusOr<BenchResult> result = RunBench(*io, options, [&](const BenchTick& t) {
    if (!plain) return;
    printed.Update(CliPrint(absl::StrFormat("%6d %10d %10d %10d %10.1f\n", t.second, t.under_way,
                                            t.started, t.finished, t.mb_per_second)));
  });
  if (!result.ok()) return result.status();
  printed.Update(CliPrint(plain ? BenchText(*result) : BenchJson(*result) + "\n"));
  if (result->errors > 0) return absl::DataLossError(result->first_error);
  return printed;
}

}  // namespace

std::vector<CliCommand> ObjectCommands() {
  return {
      {"put", "OBJECT FILE|-", "Stores a file as an object.",
       "Replaces the object if it exists. \"-\" reads standard input. Files larger than 4 MiB go "
       "in\n"
       "chunks of 4 MiB, eight at a time.",
       "siphon -p data put report report.pdf\n"
       "tar c docs | siphon -p data put docs.tar -\n",
       2, 2, Put},
      {"get", "OBJECT FILE|-", "Fetches an object into a file.",
       "\"-\" writes to standard output. A file that exists is replaced once the first bytes came.",
       "siphon -p data get report /tmp/report.pdf\n"
       "siphon -p data get docs.tar - | tar t\n",
       2, 2, Get},
      {"ls", "", "Lists the names of all objects of a pool.",
       "The order is that of the objects' places in the pool, not of their names.",
       "siphon -p data ls\n"
       "siphon -p data --format json ls\n",
       0, 0, List},
      {"stat", "OBJECT", "Shows an object's size and when it was written.", "",
       "siphon -p data stat report\n", 1, 1, Stat},
      {"rm", "OBJECT...", "Removes objects.", "", "siphon -p data rm report docs.tar\n", 1, 1 << 20,
       Remove},
      {"bench", "SECONDS write|seq|rand", "Measures how fast a pool is.",
       "\"write\" stores objects of --block-size for so many seconds, --threads at a time, and\n"
       "removes them unless --no-cleanup is given. \"seq\" and \"rand\" read what such a run "
       "left.\n"
       "`rados bench` of Ceph reads what this writes, and the other way round.",
       "siphon -p data bench 10 write -b 65536 -t 32 --no-cleanup\n"
       "siphon -p data bench 10 rand -t 32\n",
       2, 2, Bench},
  };
}

}  // namespace siphon::client
