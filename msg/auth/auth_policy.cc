#include "msg/auth/auth_policy.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"
#include "msg/auth/auth_methods.h"

namespace siphon {
namespace {

struct Word {
  absl::string_view text;
  uint32_t value;
};
constexpr Word kMethods[] = {{"cephx", kAuthCephx}, {"none", kAuthNone}};
constexpr Word kModes[] = {{"crc", static_cast<uint32_t>(ConMode::kCrc)},
                           {"secure", static_cast<uint32_t>(ConMode::kSecure)}};

// The options that hold for one pair of types.
struct Names {
  const char* methods;
  const char* modes;
};

// Where it is set, it stands for all three.
constexpr char kForAll[] = "auth_supported";

bool IsMonitorLike(EntityType type) { return type == kEntityMon || type == kEntityMgr; }

Names NamesFor(EntityType self, EntityType peer) {
  if (self == kEntityClient) {
    return {"auth_client_required", IsMonitorLike(peer) ? "ms_mon_client_mode" : "ms_client_mode"};
  }
  if (IsMonitorLike(peer)) return {"auth_cluster_required", "ms_mon_cluster_mode"};
  if (IsMonitorLike(self)) return {"auth_service_required", "ms_mon_service_mode"};
  if (peer == kEntityOsd || peer == kEntityMds) return {"auth_cluster_required", "ms_cluster_mode"};
  return {"auth_service_required", "ms_service_mode"};
}

// The words of a list, in its order, each once.
template <size_t n>
absl::StatusOr<std::vector<uint32_t>> ParseList(const Word (&words)[n], const char* option,
                                                const std::string& text) {
  std::vector<uint32_t> values;
  for (const absl::string_view item :
       absl::StrSplit(text, absl::ByAnyChar(" ,;\t"), absl::SkipEmpty())) {
    const Word* word = std::find_if(std::begin(words), std::end(words), [item](const Word& w) {
      return w.text == absl::AsciiStrToLower(item);
    });
    if (word == std::end(words)) {
      return absl::InvalidArgumentError(absl::StrCat("option ", option, ": \"", item,
                                                     "\" is neither ", words[0].text, " nor ",
                                                     words[1].text));
    }
    if (std::find(values.begin(), values.end(), word->value) == values.end()) {
      values.push_back(word->value);
    }
  }
  if (values.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("option ", option, " is empty; give ", words[0].text, " or ", words[1].text));
  }
  return values;
}

}  // namespace

std::vector<uint32_t> AuthPolicy::Terms::ModesFor(uint32_t method) const {
  if (method != kAuthNone) return modes;
  const auto crc = static_cast<uint32_t>(ConMode::kCrc);
  if (std::find(modes.begin(), modes.end(), crc) == modes.end()) return {};
  return {crc};
}

bool AuthPolicy::Terms::Allows(uint32_t method) const {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

absl::StatusOr<AuthPolicy::Terms> AuthPolicy::For(EntityType peer) const {
  Names names = NamesFor(self_, peer);
  if (!config_->GetString(kForAll).empty()) names.methods = kForAll;
  absl::StatusOr<std::vector<uint32_t>> methods =
      ParseList(kMethods, names.methods, config_->GetString(names.methods));
  if (!methods.ok()) return methods.status();
  absl::StatusOr<std::vector<uint32_t>> modes =
      ParseList(kModes, names.modes, config_->GetString(names.modes));
  if (!modes.ok()) return modes.status();
  Terms terms{*std::move(methods), *std::move(modes)};
  if (!terms.Allows(kAuthCephx) && terms.ModesFor(kAuthNone).empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        names.modes, " is secure alone, and ", names.methods,
        " is none, which has no key to encrypt with: set the one to crc or the other to cephx"));
  }
  return terms;
}

}  // namespace siphon
