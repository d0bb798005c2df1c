// OsdCaps: its language.
#include <utility>

#include "absl/status/status.h"
#include "services/common/caps/cap_scanner.h"
#include "services/common/caps/osd_caps.h"

namespace siphon {
namespace {

using Grant = OsdCaps::Grant;
using Match = OsdCaps::Match;

constexpr size_t kMaxGrants = 1000;

// "rwx", the letters in this order.
bool ScanLetters(CapScanner& scan, uint8_t* rights) {
  const size_t before = scan.position();
  std::string word;
  if (!scan.Spaces() || !scan.String(&word)) {
    scan.set_position(before);
    return false;
  }
  uint8_t found = 0;
  size_t at = 0;
  if (word[at] == 'r') found |= OsdCaps::kRead, ++at;
  if (word[at] == 'w') found |= OsdCaps::kWrite, ++at;
  if (word[at] == 'x') found |= OsdCaps::kExec, ++at;
  if (at == 0 || at != word.size()) {
    scan.set_position(before);
    return false;
  }
  *rights |= found;
  return true;
}

bool ScanWildcard(CapScanner& scan) {
  const size_t before = scan.position();
  if (scan.Spaces() && scan.Wildcard()) return true;
  scan.set_position(before);
  return false;
}

// Rights or a class; false if there are none.
bool ScanSpec(CapScanner& scan, Grant* grant) {
  if (ScanWildcard(scan)) {
    grant->rights = OsdCaps::kAny;
    return true;
  }
  bool any = ScanLetters(scan, &grant->rights);
  if (scan.SpacedWord("class-read")) {
    grant->rights |= OsdCaps::kClassRead;
    any = true;
  }
  if (scan.SpacedWord("class-write")) {
    grant->rights |= OsdCaps::kClassWrite;
    any = true;
  }
  if (any) return true;
  const size_t before = scan.position();
  if (!scan.SpacedWord("class") || !scan.Spaces() || !scan.String(&grant->class_name)) {
    scan.set_position(before);
    return false;
  }
  // A method follows, unless the next word begins something else.
  const size_t after = scan.position();
  for (const char* word : {"pool", "namespace", "tag", "object_prefix", "network"}) {
    if (scan.SpacedWord(word)) {
      scan.set_position(after);
      return true;
    }
  }
  if (!scan.Spaces() || !scan.String(&grant->method)) scan.set_position(after);
  return true;
}

bool ScanWildcardOrString(CapScanner& scan, std::string* out) {
  if (scan.Wildcard()) {
    *out = "*";
    return true;
  }
  return scan.String(out);
}

absl::Status ScanTag(CapScanner& scan, OsdCaps::Tag* tag) {
  if (!scan.Spaces() || !scan.String(&tag->application))
    return scan.Expected("the application's name");
  if (!scan.Spaces() || !ScanWildcardOrString(scan, &tag->key)) return scan.Expected("KEY=VALUE");
  scan.MaybeSpaces();
  if (!scan.Symbol('=')) return scan.Expected("KEY=VALUE");
  scan.MaybeSpaces();
  if (!ScanWildcardOrString(scan, &tag->value)) return scan.Expected("the key's value");
  return absl::OkStatus();
}

// The pool and the namespace; each may be left out.
void ScanPlace(CapScanner& scan, Match* match) {
  scan.SpacedValue("pool", &match->pool);
  std::string name_space;
  if (!scan.SpacedValue("namespace", &name_space, /*may_be_empty=*/true)) return;
  if (scan.Symbol('*')) name_space += '*';
  match->name_space = std::move(name_space);
}

absl::Status ScanMatch(CapScanner& scan, Match* match) {
  ScanPlace(scan, match);
  if (scan.SpacedWord("tag")) {
    if (absl::Status status = ScanTag(scan, &match->tag); !status.ok()) return status;
  }
  scan.SpacedValue("object_prefix", &match->object_prefix);
  return absl::OkStatus();
}

absl::Status ScanAllow(CapScanner& scan, Grant* grant) {
  constexpr char kWants[] =
      "rwx, *, class-read, class-write or class NAME, with pool, namespace, tag or object_prefix";
  const bool spec_first = ScanSpec(scan, grant);
  if (absl::Status status = ScanMatch(scan, &grant->match); !status.ok()) return status;
  if (!spec_first && !ScanSpec(scan, grant)) return scan.Expected(kWants);
  return absl::OkStatus();
}

void AddPart(Grant* profile, Match match, uint8_t rights) {
  Grant& part = profile->parts.emplace_back();
  part.match = std::move(match);
  part.rights = rights;
}

void ExpandProfile(const Match& place, Grant* grant) {
  const auto prefixed = [](Match match, const char* prefix) {
    match.object_prefix = prefix;
    return match;
  };
  if (grant->profile == "read-only") AddPart(grant, place, OsdCaps::kRead);
  if (grant->profile == "read-write") AddPart(grant, place, OsdCaps::kRead | OsdCaps::kWrite);
  if (grant->profile == "rbd") {
    AddPart(grant, prefixed({}, "rbd_children"), OsdCaps::kClassRead);
    AddPart(grant, prefixed({}, "rbd_mirroring"), OsdCaps::kClassRead);
    AddPart(grant, prefixed({}, "rbd_info"), OsdCaps::kRead);
    AddPart(grant, place, OsdCaps::kRead | OsdCaps::kWrite | OsdCaps::kExec);
  }
  if (grant->profile == "rbd-read-only") {
    AddPart(grant, place, OsdCaps::kRead | OsdCaps::kClassRead);
    for (const char* method : {"child_attach", "child_detach"}) {
      AddPart(grant, prefixed(place, "rbd_header."), 0);
      grant->parts.back().class_name = "rbd";
      grant->parts.back().method = method;
    }
  }
}

absl::Status ScanGrant(CapScanner& scan, Grant* grant) {
  scan.MaybeSpaces();
  const size_t begin = scan.position();
  if (scan.Word("profile")) {
    if ((!scan.Symbol('=') && !scan.Spaces()) || !scan.String(&grant->profile))
      return scan.Expected("the profile's name");
    Match place;
    ScanPlace(scan, &place);
    ExpandProfile(place, grant);
  } else if (scan.Word("allow")) {
    if (absl::Status status = ScanAllow(scan, grant); !status.ok()) return status;
  } else {
    scan.set_position(begin);
    return scan.Expected("allow or profile");
  }
  std::string network;
  if (scan.Network(&network)) grant->network = CapNetwork(network);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OsdCaps> OsdCaps::Parse(std::string_view text) {
  CapScanner scan(text, "osd");
  if (text.size() > CapScanner::kMaxBytes) return scan.Expected("at most 64 KiB");
  OsdCaps caps;
  do {
    if (caps.grants_.size() == kMaxGrants) return scan.Expected("at most 1000 grants");
    Grant& grant = caps.grants_.emplace_back();
    if (absl::Status status = ScanGrant(scan, &grant); !status.ok()) return status;
  } while (scan.Separator());
  scan.MaybeSpaces();
  if (!scan.AtEnd()) return scan.Expected("a comma, or the end");
  return caps;
}

}  // namespace siphon
