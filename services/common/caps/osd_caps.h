// OsdCaps: what an entity may do with objects, in Ceph 16.2's language:
//
//   allow [MATCH] r|w|x in any mix, *, class-read, class-write | class NAME [METHOD]
//   profile rbd|rbd-read-only|read-only|read-write [pool=P [namespace=N]]
//
// where MATCH, before the rights or behind them, is any of pool=P, namespace=N (a trailing * stands
// for the rest), tag APPLICATION KEY=VALUE (* for any), object_prefix X. Each grant may end in
// " network 10.0.0.0/8"; commas are between them.
//
// x, class-read and class-write are for methods of object classes. Other than on a monitor, one
// grant has to give all that a request needs; only its calls may be allowed by several.
//
// Threads: const methods from any.
#ifndef SIPHON_SERVICES_COMMON_CAPS_OSD_CAPS_H_
#define SIPHON_SERVICES_COMMON_CAPS_OSD_CAPS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "msg/entity_addr.h"
#include "services/common/caps/cap_network.h"

namespace siphon {

class OsdCaps {
 public:
  enum Right : uint8_t {
    kRead = 1,
    kWrite = 2,
    kClassRead = 4,
    kClassWrite = 8,
    kExec = kClassRead | kClassWrite,
    kAny = 0xff,
  };
  // Of a pool: its applications, with a key and a value each.
  using Applications = std::map<std::string, std::map<std::string, std::string>>;

  // A method of an object class that a request calls.
  struct Call {
    std::string_view class_name = {};
    std::string_view method = {};
    bool reads = false;
    bool writes = false;
    bool listed = true;  // x is enough (osd_class_default_list), no grant has to name it
  };
  // What somebody wants to do.
  struct Question {
    std::string_view pool;
    std::string_view name_space;
    std::string_view object;  // its locator key, if it has one
    const Applications* applications = nullptr;
    bool reads = false;
    bool writes = false;
    std::vector<Call> calls;
    EntityAddr from = {};
  };

  struct Tag {
    std::string application;  // empty: any pool
    std::string key;          // "*": any
    std::string value;        // "*": any
    bool Matches(const Applications* applications) const;
  };
  struct Match {
    std::string pool;                       // empty: any
    std::optional<std::string> name_space;  // none: any
    std::string object_prefix;
    Tag tag;
    bool MatchesPool(std::string_view name, const Applications* applications) const;
    bool Matches(const Question& question) const;
    bool matches_all() const;
  };
  struct Grant {
    Match match;
    uint8_t rights = 0;
    std::string class_name;  // instead of rights
    std::string method;      // empty: each of the class
    std::string profile;     // what `parts` are of
    std::vector<Grant> parts;
    CapNetwork network;
  };

  OsdCaps() = default;  // nothing
  // InvalidArgument: not of the language, with the place.
  static absl::StatusOr<OsdCaps> Parse(std::string_view text);
  static OsdCaps AllowAll();

  bool IsAllowed(const Question& question) const;
  bool allows_all() const;
  // Some object of the pool may be written.
  bool AllowsSomeWrite(std::string_view pool, const Applications* applications) const;

 private:
  std::vector<Grant> grants_;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CAPS_OSD_CAPS_H_
