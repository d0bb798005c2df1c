#include "services/common/caps/osd_caps.h"

#include <algorithm>

namespace siphon {
namespace {

using Grant = OsdCaps::Grant;
using Question = OsdCaps::Question;

bool MatchesNamespace(const std::optional<std::string>& wanted, std::string_view given) {
  if (!wanted || *wanted == given) return true;
  return wanted->ends_with('*') &&
         given.starts_with(std::string_view(*wanted).substr(0, wanted->size() - 1));
}

bool AllowsCall(const Grant& grant, const OsdCaps::Call& call) {
  if (!grant.class_name.empty())
    return grant.class_name == call.class_name &&
           (grant.method.empty() || grant.method == call.method);
  if (!call.listed) return false;
  return (!call.reads || (grant.rights & OsdCaps::kClassRead) != 0) &&
         (!call.writes || (grant.rights & OsdCaps::kClassWrite) != 0);
}

// `called` tells of each call whether this or an earlier grant allows it.
bool Allows(const Grant& grant, const Question& q, std::vector<bool>* called) {
  if (!grant.network.Contains(q.from)) return false;
  if (!grant.profile.empty()) {
    return std::any_of(grant.parts.begin(), grant.parts.end(),
                       [&](const Grant& part) { return Allows(part, q, called); });
  }
  if (!grant.match.Matches(q)) return false;
  if (q.reads && (grant.rights & OsdCaps::kRead) == 0) return false;
  if (q.writes && (grant.rights & OsdCaps::kWrite) == 0) return false;
  if (grant.rights == OsdCaps::kAny) return true;
  bool all = true;
  for (size_t i = 0; i < q.calls.size(); ++i) {
    if (AllowsCall(grant, q.calls[i])) (*called)[i] = true;
    all = all && (*called)[i];
  }
  return all;
}

bool AllowsAll(const Grant& grant) {
  if (!grant.network.any()) return false;
  if (!grant.profile.empty()) return std::any_of(grant.parts.begin(), grant.parts.end(), AllowsAll);
  return grant.rights == OsdCaps::kAny && grant.match.matches_all();
}

bool AllowsWrite(const Grant& grant, std::string_view pool,
                 const OsdCaps::Applications* applications) {
  if (!grant.profile.empty()) {
    return std::any_of(grant.parts.begin(), grant.parts.end(),
                       [&](const Grant& part) { return AllowsWrite(part, pool, applications); });
  }
  return (grant.rights & OsdCaps::kWrite) != 0 && grant.match.MatchesPool(pool, applications);
}

}  // namespace

bool OsdCaps::Tag::Matches(const Applications* applications) const {
  if (application.empty()) return true;
  if (applications == nullptr) return false;
  const auto found = applications->find(application);
  if (found == applications->end()) return false;
  if (key == "*" && value == "*") return true;
  return std::any_of(found->second.begin(), found->second.end(), [this](const auto& item) {
    return (key == "*" || key == item.first) && (value == "*" || value == item.second);
  });
}

bool OsdCaps::Match::MatchesPool(std::string_view name, const Applications* applications) const {
  return (pool.empty() || pool == name) && tag.Matches(applications);
}

bool OsdCaps::Match::Matches(const Question& question) const {
  return MatchesPool(question.pool, question.applications) &&
         MatchesNamespace(name_space, question.name_space) &&
         question.object.starts_with(object_prefix);
}

bool OsdCaps::Match::matches_all() const {
  return pool.empty() && !name_space && object_prefix.empty() && tag.application.empty();
}

OsdCaps OsdCaps::AllowAll() {
  OsdCaps caps;
  caps.grants_.emplace_back().rights = kAny;
  return caps;
}

bool OsdCaps::IsAllowed(const Question& question) const {
  std::vector<bool> called(question.calls.size(), false);
  return std::any_of(grants_.begin(), grants_.end(),
                     [&](const Grant& grant) { return Allows(grant, question, &called); });
}

bool OsdCaps::allows_all() const { return std::any_of(grants_.begin(), grants_.end(), AllowsAll); }

bool OsdCaps::AllowsSomeWrite(std::string_view pool, const Applications* applications) const {
  return std::any_of(grants_.begin(), grants_.end(),
                     [&](const Grant& grant) { return AllowsWrite(grant, pool, applications); });
}

}  // namespace siphon
