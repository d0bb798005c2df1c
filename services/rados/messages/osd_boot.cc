#include "services/rados/messages/osd_boot.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdBoot::Summary() const {
  return absl::StrCat("osd_boot(osd.", superblock.whoami, ", epoch ", paxos.version, ")");
}

void MOsdBoot::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  superblock.Encode(e);
  hb_back_addrs.Encode(e, features);
  cluster_addrs.Encode(e, features);
  e.U32(boot_epoch);
  hb_front_addrs.Encode(e, features);
  e.U32(static_cast<uint32_t>(metadata.size()));
  for (const auto& [key, value] : metadata) {
    e.String(key);
    e.String(value);
  }
  e.U64(osd_features);
}

absl::Status MOsdBoot::DecodePayload(Decoder& d) {
  if (header().version < 7) {
    return absl::UnimplementedError(
        "osd_boot is older than version 7; the OSD is older than Ceph 14");
  }
  paxos = PaxosHeader::Decode(d);
  superblock = OsdSuperblock::Decode(d);
  hb_back_addrs = EntityAddrVec::Decode(d);
  cluster_addrs = EntityAddrVec::Decode(d);
  boot_epoch = d.U32();
  hb_front_addrs = EntityAddrVec::Decode(d);
  metadata.clear();
  const uint32_t n = d.Count(8);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    std::string key = d.String();
    metadata[std::move(key)] = d.String();
  }
  osd_features = d.U64();
  return d.status();
}

}  // namespace siphon::rados
