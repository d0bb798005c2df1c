// MonCaps: what an entity may ask of the monitors, in Ceph 16.2's language:
//
//   allow r|w|x in any mix, allow *        on every service but config-key, which only * opens
//   allow service NAME rwx                 "osd", "pg", "auth", ...
//   allow command "NAME" [with k=v, k prefix v, k regex v ...]
//   [allow] profile NAME                   "osd", "bootstrap-osd", "rbd", "read-only", ...
//
// each with an optional " network 10.0.0.0/8" behind it, and commas between them. A question is
// allowed when grants together give each of the rights that it needs.
//
// Threads: const methods from any.
#ifndef SIPHON_SERVICES_COMMON_CAPS_MON_CAPS_H_
#define SIPHON_SERVICES_COMMON_CAPS_MON_CAPS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "msg/entity_addr.h"
#include "services/common/caps/cap_network.h"

namespace siphon {

class MonCaps {
 public:
  enum Right : uint8_t { kRead = 1, kWrite = 2, kExec = 4, kRwx = 7, kAny = 0xff };

  // What somebody wants to do.
  struct Question {
    std::string_view entity = {};   // who asks: "osd.3"
    std::string_view service = {};  // "osd"
    uint8_t rights = 0;             // that it takes: kRead | kWrite ...
    // A command, and its arguments as text; else empty.
    std::string_view command = {};
    const std::map<std::string, std::string>* arguments = nullptr;
    EntityAddr from = {};
  };

  // What a word of a command must be.
  struct Constraint {
    enum class Kind { kEqual, kPrefix, kRegex };
    Kind kind = Kind::kEqual;
    std::string value;
    bool Matches(const std::string& text) const;
  };
  struct Grant {
    uint8_t rights = 0;
    std::string service;  // this one alone; empty: all
    std::string command;
    std::map<std::string, Constraint> arguments;
    std::string profile;
    CapNetwork network;
  };

  MonCaps() = default;  // nothing
  // InvalidArgument: not of the language, with the place.
  static absl::StatusOr<MonCaps> Parse(std::string_view text);
  static MonCaps AllowAll();

  bool IsAllowed(const Question& question) const;
  bool allows_all() const;

 private:
  std::vector<Grant> grants_;
};

// What a profile stands for, for an entity; nothing for one that is not known.
std::vector<MonCaps::Grant> MonProfileGrants(std::string_view profile, std::string_view entity);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CAPS_MON_CAPS_H_
