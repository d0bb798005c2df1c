#include "base/config.h"

#include <glog/logging.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/absl_view.h"
#include "base/config_options.h"
#include "base/option_value.h"

namespace siphon {
namespace {

std::string Normalized(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

// How many letters must change, go or come to make `b` of `a`.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

absl::Status NoSuchOption(std::string_view name) {
  const std::string wanted = Normalized(name.substr(0, 100));
  std::vector<std::pair<size_t, std::string>> close;
  for (const OptionSpec& spec : AllOptions()) {
    const size_t distance = EditDistance(wanted, spec.name);
    const bool contains =
        wanted.size() >= 4 && std::string_view(spec.name).find(wanted) != std::string_view::npos;
    if (distance <= 3 || contains) close.emplace_back(distance, spec.name);
  }
  std::sort(close.begin(), close.end());
  if (close.size() > 3) close.resize(3);
  std::string message = absl::StrCat("there is no option ", wanted);
  if (!close.empty()) {
    absl::StrAppend(&message, "; did you mean ",
                    absl::StrJoin(close, " or ",
                                  [](std::string* out, const std::pair<size_t, std::string>& item) {
                                    out->append(item.second);
                                  }),
                    "?");
  }
  return absl::NotFoundError(message);
}

}  // namespace

absl::Span<const OptionSpec> AllOptions() {
  static const auto* const all = [] {
    auto* options = new std::vector<OptionSpec>;
    options->insert(options->end(), MessengerOptions().begin(), MessengerOptions().end());
    options->insert(options->end(), ServiceOptions().begin(), ServiceOptions().end());
    std::sort(options->begin(), options->end(), [](const OptionSpec& a, const OptionSpec& b) {
      return std::string_view(a.name) < b.name;
    });
    return options;
  }();
  return *all;
}

const OptionSpec* FindOption(std::string_view name) {
  const std::string wanted = Normalized(name);
  const absl::Span<const OptionSpec> all = AllOptions();
  const auto at =
      std::lower_bound(all.begin(), all.end(), wanted,
                       [](const OptionSpec& spec, const std::string& n) { return spec.name < n; });
  return at != all.end() && at->name == wanted ? &*at : nullptr;
}

// One observer. Its handle cancels it; the Config holds it weakly and calls it through Call().
class Config::Subscription {
 public:
  Subscription(std::vector<const OptionSpec*> specs, Observer observer)
      : specs_(std::move(specs)), observer_(std::move(observer)) {}

  bool Watches(const OptionSpec* spec) const {
    return std::find(specs_.begin(), specs_.end(), spec) != specs_.end();
  }

  void Call(const OptionSpec* spec) {
    {
      MutexLock lock(mutex_);
      AwaitOthers();
      if (cancelled_) return;
      caller_ = std::this_thread::get_id();
      ++depth_;
    }
    observer_(spec->name);
    MutexLock lock(mutex_);
    if (--depth_ == 0) idle_.SignalAll();
  }

  // After it no call begins, and none is under way but those that this thread is in.
  void Cancel() {
    MutexLock lock(mutex_);
    cancelled_ = true;
    AwaitOthers();
  }

 private:
  void AwaitOthers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    while (depth_ > 0 && caller_ != std::this_thread::get_id()) idle_.Wait(mutex_);
  }

  const std::vector<const OptionSpec*> specs_;
  const Observer observer_;
  Mutex mutex_;
  CondVar idle_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  int depth_ ABSL_GUARDED_BY(mutex_) = 0;  // calls that caller_ is in, one inside the other
  std::thread::id caller_ ABSL_GUARDED_BY(mutex_);
};

Config::Config() {
  for (const OptionSpec& spec : AllOptions()) {
    absl::StatusOr<OptionValue> value = ParseOptionValue(spec, spec.default_text);
    CHECK(value.ok()) << "bad default: " << value.status();
    MutexLock lock(mutex_);
    slots_[&spec].value = *std::move(value);
  }
}

absl::Status Config::Set(std::string_view name, std::string_view value, Source source) {
  const OptionSpec* spec = FindOption(name);
  if (spec == nullptr) return NoSuchOption(name);
  absl::StatusOr<OptionValue> parsed = ParseOptionValue(*spec, value);
  if (!parsed.ok()) return parsed.status();
  if (source == Source::kRuntime && !spec->runtime) {
    return absl::FailedPreconditionError(absl::StrCat(
        "option ", spec->name,
        " is read at the start only: put it into ceph.conf or on the command line and restart"));
  }
  std::vector<std::shared_ptr<Subscription>> called;
  {
    MutexLock lock(mutex_);
    Slot& slot = slots_[spec];
    if (source < slot.source) return absl::OkStatus();
    slot.source = source;
    if (slot.value == *parsed) return absl::OkStatus();
    slot.value = *std::move(parsed);
    for (const std::weak_ptr<Subscription>& weak : subscriptions_) {
      std::shared_ptr<Subscription> subscription = weak.lock();
      if (subscription && subscription->Watches(spec)) called.push_back(std::move(subscription));
    }
  }
  for (const auto& subscription : called) subscription->Call(spec);
  return absl::OkStatus();
}

const OptionSpec& Config::Declared(std::string_view name, OptionType a, OptionType b) {
  const OptionSpec* spec = FindOption(name);
  CHECK(spec != nullptr) << "option " << name << " is not declared in config_options.cc";
  CHECK(spec->type == a || spec->type == b) << "option " << name << " is of another type";
  return *spec;
}

template <typename T>
T Config::Value(const OptionSpec& spec) const {
  MutexLock lock(mutex_);
  return std::get<T>(slots_.at(&spec).value);
}

bool Config::GetBool(std::string_view name) const {
  return Value<bool>(Declared(name, OptionType::kBool, OptionType::kBool));
}

int64_t Config::GetInt(std::string_view name) const {
  return Value<int64_t>(Declared(name, OptionType::kInt, OptionType::kSize));
}

double Config::GetFloat(std::string_view name) const {
  return Value<double>(Declared(name, OptionType::kFloat, OptionType::kFloat));
}

std::string Config::GetString(std::string_view name) const {
  return Value<std::string>(Declared(name, OptionType::kString, OptionType::kString));
}

absl::Duration Config::GetDuration(std::string_view name) const {
  return Value<absl::Duration>(Declared(name, OptionType::kDuration, OptionType::kDuration));
}

Config::Entry Config::Shown(const OptionSpec& spec, const Slot& slot) {
  std::string value = FormatOptionValue(slot.value);
  if (spec.secret && !value.empty()) value = "(hidden)";
  return {&spec, std::move(value), slot.source};
}

absl::StatusOr<Config::Entry> Config::Describe(std::string_view name) const {
  const OptionSpec* spec = FindOption(name);
  if (spec == nullptr) return NoSuchOption(name);
  MutexLock lock(mutex_);
  return Shown(*spec, slots_.at(spec));
}

std::vector<Config::Entry> Config::List() const {
  std::vector<Entry> out;
  MutexLock lock(mutex_);
  for (const OptionSpec& spec : AllOptions()) {
    out.push_back(Shown(spec, slots_.at(&spec)));
  }
  return out;
}

std::shared_ptr<Config::Subscription> Config::Observe(std::vector<std::string> names,
                                                      Observer observer) {
  std::vector<const OptionSpec*> specs;
  for (const std::string& name : names) {
    specs.push_back(FindOption(name));
    CHECK(specs.back() != nullptr) << "option " << name << " is not declared in config_options.cc";
  }
  auto inner = std::make_shared<Subscription>(std::move(specs), std::move(observer));
  {
    MutexLock lock(mutex_);
    std::erase_if(subscriptions_, [](const auto& weak) { return weak.expired(); });
    subscriptions_.push_back(inner);
  }
  // A handle of its own, so that its end is noticed while a Set() still holds the inner one.
  return std::shared_ptr<Subscription>(
      inner.get(), [inner](Subscription* subscription) { subscription->Cancel(); });
}

}  // namespace siphon
