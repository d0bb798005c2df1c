// Keys and values that programs keep with the monitor.
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/mon/commands/config_commands.h"

namespace siphon::mon {
namespace {

using Args = CommandArgs;
using Json = nlohmann::ordered_json;
using Result = CommandResult;

constexpr size_t kMaxKeyBytes = 1024;
constexpr size_t kMaxValueBytes = 64 << 10;
constexpr size_t kMaxKeys = 100'000;

Result Get(const MonState& state, const Args& args) {
  const auto value = state.store->Get(MonStore::kConfigKey, args.Text("key"));
  if (!value.ok()) return Result::Error(value.status());
  if (!*value) return Result::Error(absl::NotFoundError(""));
  return Result::Output(**value);
}

Result Set(const MonState& state, const Args& args) {
  const std::string key = args.Text("key");
  const std::string value = args.Has("val") ? args.Text("val") : args.input().ToString();
  if (key.empty() || key.size() > kMaxKeyBytes)
    return Result::Error(absl::InvalidArgumentError("a key has 1 to 1024 bytes"));
  if (value.size() > kMaxValueBytes) {
    Result result = Result::Error(absl::InvalidArgumentError(
        absl::StrCat("error: entry size limited to ", kMaxValueBytes, " bytes")));
    result.code = -EFBIG;
    return result;
  }
  const auto keys = state.store->Keys(MonStore::kConfigKey);
  if (!keys.ok()) return Result::Error(keys.status());
  if (keys->size() >= kMaxKeys)
    return Result::Error(absl::OutOfRangeError("there are too many keys already"));
  MonStore::Batch batch;
  batch.Put(MonStore::kConfigKey, key, value);
  const absl::Status status = state.store->Commit(batch);
  return status.ok() ? Result::Done(absl::StrCat("set ", key)) : Result::Error(status);
}

Result Remove(const MonState& state, const Args& args) {
  MonStore::Batch batch;
  batch.Delete(MonStore::kConfigKey, args.Text("key"));
  const absl::Status status = state.store->Commit(batch);
  return status.ok() ? Result::Done("key deleted") : Result::Error(status);
}

Result Exists(const MonState& state, const Args& args) {
  const auto value = state.store->Get(MonStore::kConfigKey, args.Text("key"));
  if (!value.ok()) return Result::Error(value.status());
  if (*value) return Result::Done(absl::StrCat("key '", args.Text("key"), "' exists"));
  return Result::Error(
      absl::NotFoundError(absl::StrCat("key '", args.Text("key"), "' doesn't exist")));
}

Result List(const MonState& state, const Args& args) {
  const auto keys = state.store->Keys(MonStore::kConfigKey);
  if (!keys.ok()) return Result::Error(keys.status());
  const Json json = *keys;
  return args.json() ? Result::OutputJson(args, json) : Result::Output(json.dump(4) + "\n");
}

// With their values, those that begin with a prefix.
Result Dump(const MonState& state, const Args& args) {
  const auto keys = state.store->Keys(MonStore::kConfigKey);
  if (!keys.ok()) return Result::Error(keys.status());
  Json json = Json::object();
  for (const std::string& key : *keys) {
    if (!absl::StartsWith(key, args.Text("key"))) continue;
    const auto value = state.store->Get(MonStore::kConfigKey, key);
    if (value.ok() && *value) json[key] = **value;
  }
  const std::string text =
      json.dump(args.json() && !args.pretty() ? -1 : 4, ' ', false, Json::error_handler_t::replace);
  return Result::Output(text + "\n");
}

}  // namespace

void AddConfigKeyCommands(const MonState& s, CommandTable* table) {
  const auto add = [&](const std::string& line, const char* help, const char* permission,
                       Result (*run)(const MonState&, const Args&)) {
    table->Define(line, help, permission, [&s, run](const Args& args) { return run(s, args); });
  };
  const std::string key = " {key:CephString}";
  add("config-key get" + key, "print the value of a key", "r", Get);
  for (const char* word : {"set", "put"})
    add(absl::StrCat("config-key ", word, key, " {val:CephString,opt}"),
        "keep a value, or a file (-i)", "rw", Set);
  for (const char* word : {"rm", "del"})
    add(absl::StrCat("config-key ", word, key), "forget a key", "rw", Remove);
  add("config-key exists" + key, "say whether there is a key", "r", Exists);
  for (const char* word : {"ls", "list"})
    add(absl::StrCat("config-key ", word), "list the keys", "r", List);
  add("config-key dump {key:CephString,opt}", "print keys and values", "r", Dump);
}

}  // namespace siphon::mon
