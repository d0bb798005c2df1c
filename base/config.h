// Config: the typed options of one process (or of one simulated daemon).
//
// Every option is declared once in config_options.cc with its Ceph name, type, default, bounds,
// unit, documentation and whether a change takes effect at run time. Names may be written with '_',
// '-' or ' '. Values come, in rising precedence, from the default, the ceph.conf file, the command
// line and the admin port.
//
// Threads: any. Get() takes a lock: code on the path of a message keeps a copy and an observer.
#ifndef SIPHON_BASE_CONFIG_H_
#define SIPHON_BASE_CONFIG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/mutex.h"

namespace siphon {

enum class OptionType {
  kBool,  // true|false|yes|no|on|off|1|0
  kInt,   // signed 64 bits
  kSize,  // bytes; accepts K, M, G, T suffixes (1024-based)
  kFloat,
  kString,
  kDuration,  // seconds as a number, or with a unit: 0.2, 200ms, 5m
};

using OptionValue = std::variant<bool, int64_t, double, std::string, absl::Duration>;

struct OptionSpec {
  const char* name;  // Ceph's name, with '_'
  OptionType type;
  const char* default_text;
  const char* description;  // one or two sentences, with the unit
  bool runtime = true;      // a change takes effect without a restart
  double min = 0;           // numeric bounds; min == max means unbounded
  double max = 0;
  bool secret = false;  // the value is shown to nobody: Describe() and List() say "(hidden)"
};

// All options, in alphabetical order.
absl::Span<const OptionSpec> AllOptions();
// Null when there is none of that name ('-' and ' ' count as '_').
const OptionSpec* FindOption(std::string_view name);

class Config {
 public:
  enum class Source { kDefault, kFile, kEnvironment, kCommandLine, kRuntime };

  struct Entry {
    const OptionSpec* spec;
    std::string value;  // in the form that Set() accepts; of a secret that is set, "(hidden)"
    Source source;
  };

  Config();
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  // Sets an option, unless a source of higher precedence has set it: then nothing happens, and the
  // result is OK. kDefault replaces Ceph's default by the program's own.
  // Notifies observers after a change, on the calling thread, without a lock.
  // NotFound: no such option (the message names close ones). InvalidArgument: the value does not
  // parse or is out of bounds. FailedPrecondition: `source` is kRuntime and the option needs a
  // restart.
  absl::Status Set(std::string_view name, std::string_view value, Source source = Source::kRuntime);

  // The value of a declared option; the accessor must fit its type (checked: a mismatch is a bug
  // and ends the process).
  bool GetBool(std::string_view name) const;
  int64_t GetInt(std::string_view name) const;  // kInt and kSize
  double GetFloat(std::string_view name) const;
  std::string GetString(std::string_view name) const;
  absl::Duration GetDuration(std::string_view name) const;

  // The value as text. NotFound: no such option.
  absl::StatusOr<Entry> Describe(std::string_view name) const;
  std::vector<Entry> List() const;

  // Calls `observer` after each change of one of `names`, with the option's name; calls to one
  // observer never overlap, so the last one sees the last value. The returned handle unsubscribes
  // when it is destroyed; a call under way on another thread is waited for. An observer may set
  // options and may drop its own handle. It is a bug to name an option that does not exist.
  using Observer = std::function<void(std::string_view name)>;
  class Subscription;
  [[nodiscard]] std::shared_ptr<Subscription> Observe(std::vector<std::string> names,
                                                      Observer observer);

 private:
  struct Slot {
    OptionValue value;
    Source source = Source::kDefault;
  };
  // The declared option `name`, which must be of type `a` or `b`; ends the process if not.
  static const OptionSpec& Declared(std::string_view name, OptionType a, OptionType b);
  template <typename T>
  T Value(const OptionSpec& spec) const;
  static Entry Shown(const OptionSpec& spec, const Slot& slot);

  mutable Mutex mutex_;
  absl::flat_hash_map<const OptionSpec*, Slot> slots_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<Subscription>> subscriptions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace siphon

#endif  // SIPHON_BASE_CONFIG_H_
