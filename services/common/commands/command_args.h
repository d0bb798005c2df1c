// CommandArgs: the arguments of a command, as a client's JSON object gives them.
//
// Clients are generous with types: numbers come as numbers or text, an OSD as 3, "3" or "osd.3", a
// list as a list or one word. The accessors take all of these.
//
// Threads: one at a time. Errors: Parse() and accessors return InvalidArgument naming the argument.
#ifndef SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_ARGS_H_
#define SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "nlohmann/json.hpp"

namespace siphon {

class CommandArgs {
 public:
  // A command of more bytes than this is refused unread.
  static constexpr size_t kMaxBytes = 1 << 20;

  // The words of a MON_COMMAND: one JSON object, or a piece of it each.
  static absl::StatusOr<CommandArgs> Parse(const std::vector<std::string>& words);

  // What came with the command, as the contents of a file ("-i FILE").
  const BufferList& input() const { return input_; }
  void set_input(BufferList input) { input_ = std::move(input); }

  // Who sent it.
  struct Caller {
    EntityType type = kEntityClient;
    std::string id;  // "admin"
    uint64_t global_id = 0;
    EntityAddrVec addrs;
  };
  const Caller& caller() const { return caller_; }
  void set_caller(Caller caller) { caller_ = std::move(caller); }

  // "osd pool create".
  const std::string& prefix() const { return prefix_; }
  // Where the command says nothing of the format of its output.
  void set_default_format(std::string format) {
    if (format_.empty()) format_ = std::move(format);
  }
  // The output is to be JSON; with `pretty` for people.
  bool json() const { return format_.starts_with("json"); }
  bool pretty() const { return format_ == "json-pretty"; }
  // Every argument's name.
  std::vector<std::string> Names() const;

  bool Has(std::string_view name) const;
  // Empty when it is not there.
  std::string Text(std::string_view name) const;
  std::vector<std::string> List(std::string_view name) const;
  bool Flag(std::string_view name) const;
  // Nothing when it is not there.
  absl::StatusOr<std::optional<int64_t>> Int(std::string_view name) const;
  absl::StatusOr<std::optional<double>> Real(std::string_view name) const;
  absl::StatusOr<std::optional<int32_t>> Osd(std::string_view name) const;

 private:
  const nlohmann::json* Find(std::string_view name) const;

  nlohmann::json object_;
  BufferList input_;
  Caller caller_;
  std::string prefix_;
  std::string format_;
};

// 3 for "3" and "osd.3"; nothing for anything else.
std::optional<int32_t> ParseOsdName(std::string_view text);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_COMMANDS_COMMAND_ARGS_H_
