#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "services/osd/fsck/store_check.h"

namespace siphon::osd {

std::string StoreReport::ToText() const {
  std::string text =
      absl::StrCat("store of osd.", owner.whoami, " (", owner.uuid.ToString(), "): ", collections,
                   " placement groups, ", objects, " objects (", clones, " clones) of ", bytes,
                   " bytes in ", chunks, " chunks, ", omap_keys, " keys of object maps, ",
                   log_entries, " requests remembered\n");
  if (ok()) return text + "no problems\n";
  for (const std::string& problem : problems) absl::StrAppend(&text, "  ", problem, "\n");
  absl::StrAppend(&text, problem_count, " problems");
  if (problem_count > problems.size()) {
    absl::StrAppend(&text, ", the first ", problems.size(), " of them above");
  }
  return text + "\n";
}

std::string StoreReport::ToJson() const {
  const nlohmann::ordered_json json = {
      {"whoami", owner.whoami},     {"osd_fsid", owner.uuid.ToString()},
      {"collections", collections}, {"objects", objects},
      {"clones", clones},           {"bytes", bytes},
      {"chunks", chunks},           {"omap_keys", omap_keys},
      {"log_entries", log_entries}, {"problem_count", problem_count},
      {"problems", problems}};
  // Names of objects need not be UTF-8.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace siphon::osd
