// CephConf: reads the ceph.conf format.
//
// Sections in brackets ([global], [mon], [osd], [client], [osd.3]), `name = value` lines, comments
// with '#' or ';', a backslash at the end of a line joins the next, names with ' ', '-' or '_'.
// Lines before the first section belong to [global]. A value may stand in quotes, and a backslash
// takes a quote or a comment sign as it is. What comes later in the file wins.
// For an entity "osd.3" values come from [osd.3], then [osd], then [global]. The metavariables
// $cluster, $type, $id, $name, $host, $pid, $num and $OTHER_OPTION, also as ${name}, are expanded
// in values; an unknown one stays as it is. $cluster is the file's name without ".conf".
//
// Threads: const methods may be called from any.
#ifndef SIPHON_BASE_CEPH_CONF_H_
#define SIPHON_BASE_CEPH_CONF_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/config.h"

namespace siphon {

class CephConf {
 public:
  // InvalidArgument: a line that is no section, setting or comment (with file name and line).
  static absl::StatusOr<CephConf> Parse(std::string_view text, std::string_view file_name);
  // NotFound: the file is not there or cannot be read.
  static absl::StatusOr<CephConf> Load(const std::string& path);

  // The value of `name` for the entity `type`.`id` ("osd", "3"), expanded.
  std::optional<std::string> Get(std::string_view type, std::string_view id,
                                 std::string_view name) const;
  // Sets every option of the file that Config knows and that applies to the entity. Names that
  // Config does not know are returned in `ignored` (a ceph.conf holds options of other programs).
  absl::Status ApplyTo(Config* config, std::string_view type, std::string_view id,
                       std::vector<std::string>* ignored) const;

 private:
  using Section = std::map<std::string, std::string, std::less<>>;
  struct Entity {
    std::string_view type;
    std::string_view id;
  };
  // As written in the file; null when no section that applies has it.
  const std::string* Find(const Entity& entity, std::string_view name) const;
  // The sections that apply to the entity, the strongest first.
  std::vector<const Section*> SectionsOf(const Entity& entity) const;
  std::string Expanded(const Entity& entity, std::string_view value) const;
  // `depth` values around this one; `left` references may still be followed.
  std::string Expand(const Entity& entity, std::string_view value, int depth, int* left) const;
  std::optional<std::string> Metavariable(const Entity& entity, std::string_view name, int depth,
                                          int* left) const;

  std::string file_name_;
  std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace siphon

#endif  // SIPHON_BASE_CEPH_CONF_H_
