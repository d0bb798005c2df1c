// LocalHostname: this machine's short name, fit to be a bucket's name in a CRUSH map.
#ifndef SIPHON_SERVICES_OSD_LOCAL_HOSTNAME_H_
#define SIPHON_SERVICES_OSD_LOCAL_HOSTNAME_H_

#include <string>
#include <string_view>

namespace siphon::osd {

// The system's name up to the first dot; "localhost" when it has none.
std::string LocalHostname();

// `name` up to the first dot, other characters than letters, digits, '-' and '_' replaced by '-';
// "localhost" if nothing is left.
std::string ShortHostname(std::string_view name);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_LOCAL_HOSTNAME_H_
