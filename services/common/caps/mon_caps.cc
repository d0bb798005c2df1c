#include "services/common/caps/mon_caps.h"

#include <regex.h>

#include <utility>

#include "absl/status/status.h"
#include "services/common/caps/cap_scanner.h"

namespace siphon {
namespace {

using Grant = MonCaps::Grant;
using Constraint = MonCaps::Constraint;

constexpr size_t kMaxGrants = 1000;
// What is matched may be any client's; the pattern is the administrator's.
constexpr size_t kMaxPatternBytes = 512;
constexpr size_t kMaxMatchedBytes = 4096;

// `*`, or some of r, w and x in this order.
bool ScanRights(CapScanner& scan, uint8_t* rights) {
  if (scan.Wildcard()) {
    *rights = MonCaps::kAny;
    return true;
  }
  const size_t before = scan.position();
  *rights = 0;
  if (scan.Symbol('r')) *rights |= MonCaps::kRead;
  if (scan.Symbol('w')) *rights |= MonCaps::kWrite;
  if (scan.Symbol('x')) *rights |= MonCaps::kExec;
  const size_t after = scan.position();
  std::string more;
  if (*rights != 0 && !scan.String(&more)) return true;
  // Part of a longer word: `allow role`.
  scan.set_position(*rights != 0 && more.empty() ? after : before);
  return false;
}

// A count of repetitions or a reference back makes a match, or the pattern, cost without bound.
bool IsBoundedPattern(const std::string& pattern) {
  if (pattern.size() > kMaxPatternBytes || pattern.find('{') != std::string::npos) return false;
  for (size_t i = 0; i + 1 < pattern.size(); ++i)
    if (pattern[i] == '\\' && pattern[i + 1] >= '0' && pattern[i + 1] <= '9') return false;
  return true;
}

absl::Status ScanConstraint(CapScanner& scan, Grant* grant) {
  std::string name;
  if (!scan.String(&name)) return scan.Expected("the name of an argument");
  Constraint constraint;
  if (scan.Symbol('=')) {
    if (!scan.String(&constraint.value)) return scan.Expected("the argument's value");
  } else if (scan.SpacedValue("prefix", &constraint.value)) {
    constraint.kind = Constraint::Kind::kPrefix;
  } else if (scan.SpacedValue("regex", &constraint.value)) {
    constraint.kind = Constraint::Kind::kRegex;
    if (!IsBoundedPattern(constraint.value))
      return scan.Expected("a pattern of at most 512 bytes before it, without '{' and references");
  } else {
    return scan.Expected("=VALUE, prefix VALUE or regex PATTERN");
  }
  grant->arguments[name] = std::move(constraint);
  return absl::OkStatus();
}

absl::Status ScanCommand(CapScanner& scan, Grant* grant) {
  if (!scan.SpacedWord("with")) return absl::OkStatus();
  if (!scan.Spaces()) return scan.Expected("an argument");
  for (;;) {
    if (absl::Status status = ScanConstraint(scan, grant); !status.ok()) return status;
    const size_t before = scan.position();
    if (!scan.Spaces()) return absl::OkStatus();
    const size_t next = scan.position();
    if (scan.AtGrantEnd() || (scan.set_position(before), scan.SpacedWord("network"))) {
      scan.set_position(before);
      return absl::OkStatus();
    }
    scan.set_position(next);
  }
}

absl::Status ScanGrant(CapScanner& scan, Grant* grant) {
  scan.MaybeSpaces();
  const size_t begin = scan.position();
  if (scan.Word("profile")) {
    if ((!scan.Symbol('=') && !scan.Spaces()) || !scan.String(&grant->profile))
      return scan.Expected("the profile's name");
  } else if (scan.Word("allow")) {
    if (scan.SpacedValue("profile", &grant->profile)) {
    } else if (scan.SpacedValue("service", &grant->service)) {
      if (!scan.Spaces() || !ScanRights(scan, &grant->rights)) return scan.Expected("rwx or *");
    } else if (scan.SpacedValue("command", &grant->command)) {
      if (absl::Status status = ScanCommand(scan, grant); !status.ok()) return status;
    } else if (!scan.Spaces() || !ScanRights(scan, &grant->rights)) {
      return scan.Expected("rwx, *, profile, service or command");
    }
  } else {
    scan.set_position(begin);
    return scan.Expected("allow or profile");
  }
  std::string network;
  if (scan.Network(&network)) grant->network = CapNetwork(network);
  return absl::OkStatus();
}

// The rights that a grant gives for a question, network aside.
uint8_t RightsOf(const Grant& grant, const MonCaps::Question& q) {
  if (!grant.profile.empty()) {
    uint8_t rights = 0;
    for (const Grant& part : MonProfileGrants(grant.profile, q.entity)) rights |= RightsOf(part, q);
    return rights;
  }
  if (!grant.service.empty()) return grant.service == q.service ? grant.rights : 0;
  if (!grant.command.empty()) {
    if (grant.command != q.command) return 0;
    for (const auto& [name, constraint] : grant.arguments) {
      if (q.arguments == nullptr) return 0;
      const auto given = q.arguments->find(name);
      if (given == q.arguments->end() || !constraint.Matches(given->second)) return 0;
    }
    return MonCaps::kRwx;
  }
  return q.service == "config-key" && grant.rights != MonCaps::kAny ? 0 : grant.rights;
}

}  // namespace

bool Constraint::Matches(const std::string& text) const {
  if (kind == Kind::kEqual) return text == value;
  if (kind == Kind::kPrefix) return text.starts_with(value);
  if (text.size() > kMaxMatchedBytes || text.find('\0') != std::string::npos) return false;
  regex_t pattern;
  // The whole text is to match, whatever the pattern's own anchors.
  if (regcomp(&pattern, ("^(" + value + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
  const bool matches = regexec(&pattern, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&pattern);
  return matches;
}

absl::StatusOr<MonCaps> MonCaps::Parse(std::string_view text) {
  CapScanner scan(text, "mon");
  if (text.size() > CapScanner::kMaxBytes) return scan.Expected("at most 64 KiB");
  MonCaps caps;
  do {
    if (caps.grants_.size() == kMaxGrants) return scan.Expected("at most 1000 grants");
    Grant& grant = caps.grants_.emplace_back();
    if (absl::Status status = ScanGrant(scan, &grant); !status.ok()) return status;
  } while (scan.Separator());
  scan.MaybeSpaces();
  if (!scan.AtEnd()) return scan.Expected("a comma, or the end");
  return caps;
}

MonCaps MonCaps::AllowAll() {
  MonCaps caps;
  caps.grants_.emplace_back().rights = kAny;
  return caps;
}

bool MonCaps::allows_all() const {
  for (const Grant& grant : grants_)
    if (grant.rights == kAny && grant.service.empty() && grant.network.any()) return true;
  return false;
}

bool MonCaps::IsAllowed(const Question& question) const {
  uint8_t rights = 0;
  for (const Grant& grant : grants_) {
    if (!grant.network.Contains(question.from)) continue;
    if (grant.rights == kAny && grant.service.empty()) return true;
    rights |= RightsOf(grant, question);
    if ((rights & question.rights) == question.rights) return true;
  }
  return false;
}

}  // namespace siphon
