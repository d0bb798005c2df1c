// HostMetadata: what a daemon says of the machine under it, in the words of Ceph 16.2 ("ceph osd
// metadata", "ceph mon metadata").
//
// Threads: any. Errors: none; what cannot be read is left out.
#ifndef SIPHON_SERVICES_COMMON_HOST_HOST_METADATA_H_
#define SIPHON_SERVICES_COMMON_HOST_HOST_METADATA_H_

#include <map>
#include <string>
#include <string_view>

namespace siphon {

// "arch", "cpu", "distro", "distro_description", "distro_version", "hostname",
// "kernel_description", "kernel_version", "mem_swap_kb", "mem_total_kb" and "os".
std::map<std::string, std::string> HostMetadata();

// The same from the text of /proc/cpuinfo, /proc/meminfo and /etc/os-release; all but what uname
// tells.
std::map<std::string, std::string> HostMetadataFrom(std::string_view cpuinfo,
                                                    std::string_view meminfo,
                                                    std::string_view os_release);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_HOST_HOST_METADATA_H_
