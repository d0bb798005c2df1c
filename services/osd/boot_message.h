// MakeBootMessage: what an OSD tells the monitor to be marked up.
#ifndef SIPHON_SERVICES_OSD_BOOT_MESSAGE_H_
#define SIPHON_SERVICES_OSD_BOOT_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "msg/entity_addr.h"
#include "services/osd/osd_identity.h"
#include "services/rados/messages/osd_boot.h"

namespace siphon::osd {

struct BootFacts {
  OsdIdentity identity;
  EntityAddrVec public_addrs;
  EntityAddrVec cluster_addrs;
  EntityAddrVec hb_back_addrs;
  EntityAddrVec hb_front_addrs;
  uint32_t map_epoch = 0;   // that the OSD has
  uint32_t boot_epoch = 0;  // in which this process came up before, or 0
  std::string hostname;
  std::string store;  // "memstore"
  std::string data_folder;
};

std::unique_ptr<rados::MOsdBoot> MakeBootMessage(const BootFacts& facts);

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_BOOT_MESSAGE_H_
