#include "services/rados/messages/osd_failure.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdFailure::Summary() const {
  return absl::StrCat("osd_failure(osd.", target, flags == kStillAlive ? " is alive" : " failed",
                      ", epoch ", epoch, ")");
}

void MOsdFailure::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.I32(target);
  target_addrs.Encode(e, features);
  e.U32(epoch);
  e.U8(flags);
  e.I32(failed_for_seconds);
}

absl::Status MOsdFailure::DecodePayload(Decoder& d) {
  if (header().version < 4) {
    return absl::UnimplementedError(
        "osd_failure is older than version 4; the OSD is older than Ceph 14");
  }
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  target = d.I32();
  target_addrs = EntityAddrVec::Decode(d);
  epoch = d.U32();
  flags = d.U8();
  failed_for_seconds = d.I32();
  return d.status();
}

}  // namespace siphon::rados
