#include "services/osd/fsck/fsck_command.h"

#include <algorithm>
#include <cstdio>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/flags/command_line.h"
#include "services/osd/fsck/store_check.h"
#include "services/osd/store/folder_lock.h"

ABSL_FLAG(bool, fsck, false,
          "Check the store in --osd-data, print a report and end: 0 no problems, 1 problems, 2 it "
          "cannot be checked. The OSD must not run.");
ABSL_FLAG(std::string, format, "plain", "How --fsck reports: plain or json.");

namespace siphon::osd {
namespace {

constexpr int kProblems = 1;
constexpr int kNotChecked = 2;

int Complain(const absl::Status& why) {
  std::fprintf(stderr, "siphon-osd: %s\n", std::string(why.message()).c_str());
  return kNotChecked;
}

// The folder to check.
absl::StatusOr<std::string> ParseArgs(const std::vector<std::string>& args) {
  CommandLineSpec spec;
  spec.program = "siphon-osd";
  spec.flags = {{"fsck", ""}, {"format", "plain|json"}, {"osd_data", "DIR"}};
  const absl::StatusOr<CommandLine::Result> line = CommandLine(spec).Parse(args);
  if (!line.ok()) return line.status();
  if (!line->positional.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", line->positional[0], "\" is no flag"));
  }
  const std::string format = absl::GetFlag(FLAGS_format);
  if (format != "plain" && format != "json") {
    return absl::InvalidArgumentError(
        absl::StrCat("--format: \"", format, "\" is none; give plain or json"));
  }
  std::string folder;
  for (const auto& [name, value] : line->options) {
    if (name == "osd_data") folder = value;
  }
  if (folder.empty()) {
    return absl::InvalidArgumentError("--osd-data: is missing; give the OSD's folder");
  }
  return folder;
}

}  // namespace

bool AsksForFsck(const std::vector<std::string>& args) {
  return std::find(args.begin(), args.end(), "--fsck") != args.end();
}

int RunFsck(const std::vector<std::string>& args) {
  const absl::StatusOr<std::string> folder = ParseArgs(args);
  if (!folder.ok()) return Complain(folder.status());
  const absl::StatusOr<FolderLock> lock = FolderLock::Take(*folder);
  if (!lock.ok()) return Complain(lock.status());
  const absl::StatusOr<StoreReport> report = StoreCheck::Run(*folder);
  if (!report.ok()) return Complain(report.status());
  const std::string text =
      absl::GetFlag(FLAGS_format) == "json" ? report->ToJson() : report->ToText();
  std::fputs(text.c_str(), stdout);
  return report->ok() ? 0 : kProblems;
}

}  // namespace siphon::osd
