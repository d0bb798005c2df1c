#include "services/common/ceph_args.h"

#include <cstdlib>
#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

// Of config_flags.
ABSL_DECLARE_FLAG(std::string, id);
ABSL_DECLARE_FLAG(std::string, user);
ABSL_DECLARE_FLAG(std::string, name);

namespace siphon {
namespace {

// Who this is, which --id, --user and --name say in three ways.
struct Identity {
  std::string id = absl::GetFlag(FLAGS_id);
  std::string user = absl::GetFlag(FLAGS_user);
  std::string name = absl::GetFlag(FLAGS_name);

  bool empty() const { return id.empty() && user.empty() && name.empty(); }
  void Apply() const {
    absl::SetFlag(&FLAGS_id, id);
    absl::SetFlag(&FLAGS_user, user);
    absl::SetFlag(&FLAGS_name, name);
  }
};

template <typename T>
void Prepend(std::vector<T> first, std::vector<T>* list) {
  first.insert(first.end(), list->begin(), list->end());
  *list = std::move(first);
}

}  // namespace

absl::StatusOr<CommandLine::Result> ParseWithCephArgs(const CommandLine& line,
                                                      const std::vector<std::string>& args) {
  const char* const text = std::getenv("CEPH_ARGS");
  if (text == nullptr || *text == 0) return line.Parse(args);
  absl::StatusOr<CommandLine::Result> before =
      line.Parse(absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty()),
                 CommandLine::Unknown::kIgnore);
  if (!before.ok()) {
    return absl::Status(before.status().code(),
                        absl::StrCat("CEPH_ARGS: ", before.status().message()));
  }
  // A name on the command line replaces an id of the variable, too.
  const Identity identity;
  Identity{"", "", ""}.Apply();
  absl::StatusOr<CommandLine::Result> result = line.Parse(args);
  if (!result.ok()) return result;
  if (Identity().empty()) identity.Apply();
  result->help |= before->help;
  result->version |= before->version;
  Prepend(std::move(before->positional), &result->positional);
  Prepend(std::move(before->options), &result->options);
  result->ignored = std::move(before->ignored);
  return result;
}

}  // namespace siphon
