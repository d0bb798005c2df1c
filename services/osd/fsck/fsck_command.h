// siphon-osd --fsck: checks the store of an OSD that does not run.
#ifndef SIPHON_SERVICES_OSD_FSCK_FSCK_COMMAND_H_
#define SIPHON_SERVICES_OSD_FSCK_FSCK_COMMAND_H_

#include <string>
#include <vector>

namespace siphon::osd {

// Whether these arguments ask for it.
bool AsksForFsck(const std::vector<std::string>& args);

// Prints the report to the standard output. The exit code: 0 no problems, 1 problems, 2 there was
// nothing to check, or the call is wrong (told on the standard error).
int RunFsck(const std::vector<std::string>& args);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_FSCK_FSCK_COMMAND_H_
