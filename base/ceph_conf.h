// CephConf: reads the ceph.conf format.
//
// Sections in brackets ([global], [mon], [osd], [client], [osd.3]), `name = value` lines, comments
// with '#' or ';', a backslash at the end of a line joins the next, names with ' ', '-' or '_'.
// For an entity "osd.3" values come from [osd.3], then [osd], then [global]. The metavariables
// $cluster, $type, $id, $name, $host, $pid, $num and $OTHER_OPTION are expanded in values.
#ifndef SIPHON_BASE_CEPH_CONF_H_
#define SIPHON_BASE_CEPH_CONF_H_

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
  std::map<std::string, Section, std::less<>> sections_;
};

}  // namespace siphon

#endif  // SIPHON_BASE_CEPH_CONF_H_
