#include "services/osd/boot_message.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/flags/version.h"
#include "msg/features.h"
#include "services/common/host/host_metadata.h"

namespace siphon::osd {

std::unique_ptr<rados::MOsdBoot> MakeBootMessage(const BootFacts& facts) {
  auto boot = std::make_unique<rados::MOsdBoot>();
  boot->paxos.version = facts.map_epoch;
  rados::OsdSuperblock& block = boot->superblock;
  block.cluster_fsid = facts.identity.cluster_fsid;
  block.whoami = facts.identity.whoami;
  block.current_epoch = facts.map_epoch;
  block.oldest_map = facts.map_epoch;
  block.newest_map = facts.map_epoch;
  block.osd_fsid = facts.identity.uuid;
  boot->cluster_addrs = facts.cluster_addrs;
  boot->hb_back_addrs = facts.hb_back_addrs;
  boot->hb_front_addrs = facts.hb_front_addrs;
  boot->boot_epoch = facts.boot_epoch;
  boot->osd_features = kFeaturesSupported;
  boot->metadata = HostMetadata();
  for (const auto& [name, word] : std::map<std::string, std::string>{
           {"back_addr", facts.cluster_addrs.ToString()},
           {"ceph_release", "pacific"},
           {"ceph_version", absl::StrCat("siphon version ", kSiphonVersion)},
           {"ceph_version_short", kSiphonVersion},
           {"default_device_class", "hdd"},
           {"front_addr", facts.public_addrs.ToString()},
           {"hb_back_addr", facts.hb_back_addrs.ToString()},
           {"hb_front_addr", facts.hb_front_addrs.ToString()},
           {"hostname", facts.hostname},
           {"osd_data", facts.data_folder},
           {"osd_objectstore", facts.store},
           // Not looked for.
           {"back_iface", ""},
           {"front_iface", ""},
           {"device_ids", ""},
           {"device_paths", ""},
           {"devices", ""},
           {"osdspec_affinity", ""},
       })
    boot->metadata[name] = word;
  return boot;
}

}  // namespace siphon::osd
