#include "services/osd/local_hostname.h"

#include <unistd.h>

namespace siphon::osd {

std::string ShortHostname(std::string_view name) {
  std::string out(name.substr(0, name.find('.')));
  for (char& c : out) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    if (!fits) c = '-';
  }
  return out.empty() ? "localhost" : out;
}

std::string LocalHostname() {
  char name[256] = {};
  if (gethostname(name, sizeof(name) - 1) != 0) return "localhost";
  return ShortHostname(name);
}

}  // namespace siphon::osd
