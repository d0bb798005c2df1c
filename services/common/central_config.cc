#include "services/common/central_config.h"

#include <glog/logging.h>

#include "absl/status/statusor.h"

namespace siphon {

void CentralConfig::Apply(const std::map<std::string, std::string>& options) {
  std::map<std::string, std::string> wanted;  // by the option's own spelling
  for (const auto& [name, value] : options) {
    const OptionSpec* spec = FindOption(name);
    if (spec != nullptr && spec->runtime) wanted[spec->name] = value;
  }
  for (auto it = replaced_.begin(); it != replaced_.end();) {
    if (wanted.contains(it->first)) {
      ++it;
      continue;
    }
    config_->Set(it->first, it->second, Config::Source::kDefault).IgnoreError();
    it = replaced_.erase(it);
  }
  for (const auto& [name, value] : wanted) {
    const absl::StatusOr<Config::Entry> before = config_->Describe(name);
    if (!before.ok() || before->source != Config::Source::kDefault) continue;
    const absl::Status set = config_->Set(name, value, Config::Source::kDefault);
    if (!set.ok()) {
      LOG(WARNING) << "central configuration: " << set.message();
      continue;
    }
    replaced_.emplace(name, before->value);  // the first value counts
  }
}

}  // namespace siphon
