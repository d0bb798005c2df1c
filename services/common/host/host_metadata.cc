#include "services/common/host/host_metadata.h"

#include <sys/utsname.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

// Of files of the kernel, which have no size beforehand; more than this of one is not of interest.
constexpr size_t kMaxFileBytes = 1 << 20;

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > kMaxFileBytes) text.resize(kMaxFileBytes);
  return text;
}

// The value of the first line "NAME SEPARATOR VALUE", without blanks and quotes; empty if none.
std::string ValueOf(std::string_view text, std::string_view name, char separator) {
  for (const absl::string_view line : absl::StrSplit(AbslView(text), '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(separator, 1));
    if (absl::StripAsciiWhitespace(parts.first) != AbslView(name)) continue;
    absl::string_view value = absl::StripAsciiWhitespace(parts.second);
    if (absl::ConsumePrefix(&value, "\"")) absl::ConsumeSuffix(&value, "\"");
    return std::string(value);
  }
  return "";
}

}  // namespace

std::map<std::string, std::string> HostMetadataFrom(std::string_view cpuinfo,
                                                    std::string_view meminfo,
                                                    std::string_view os_release) {
  std::map<std::string, std::string> found = {
      {"cpu", ValueOf(cpuinfo, "model name", ':')},
      {"distro", ValueOf(os_release, "ID", '=')},
      {"distro_description", ValueOf(os_release, "PRETTY_NAME", '=')},
      {"distro_version", ValueOf(os_release, "VERSION_ID", '=')},
      {"mem_swap_kb", ValueOf(meminfo, "SwapTotal", ':')},
      {"mem_total_kb", ValueOf(meminfo, "MemTotal", ':')},
  };
  for (const char* name : {"mem_swap_kb", "mem_total_kb"}) {
    absl::string_view size = found[name];
    absl::ConsumeSuffix(&size, " kB");
    found[name] = std::string(size);
  }
  std::erase_if(found, [](const auto& item) { return item.second.empty(); });
  return found;
}

std::map<std::string, std::string> HostMetadata() {
  std::map<std::string, std::string> found = HostMetadataFrom(
      ReadFile("/proc/cpuinfo"), ReadFile("/proc/meminfo"), ReadFile("/etc/os-release"));
  utsname system = {};
  if (uname(&system) != 0) return found;
  found["arch"] = system.machine;
  found["hostname"] = system.nodename;
  found["kernel_description"] = system.version;
  found["kernel_version"] = system.release;
  found["os"] = system.sysname;
  return found;
}

}  // namespace siphon
