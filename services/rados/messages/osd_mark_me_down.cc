#include "services/rados/messages/osd_mark_me_down.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MOsdMarkMeDown::Summary() const {
  return absl::StrCat("osd_mark_me_down(osd.", target_osd, ", epoch ", epoch, ")");
}

void MOsdMarkMeDown::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.I32(target_osd);
  target_addrs.Encode(e, features);
  e.U32(epoch);
  e.Bool(request_ack);
  e.Bool(down_and_dead);
}

absl::Status MOsdMarkMeDown::DecodePayload(Decoder& d) {
  if (header().version < 3) {
    return absl::UnimplementedError(
        "osd_mark_me_down is older than version 3; the OSD is older than Ceph 14");
  }
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  target_osd = d.I32();
  target_addrs = EntityAddrVec::Decode(d);
  epoch = d.U32();
  request_ack = d.Bool();
  if (header().version >= 4) down_and_dead = d.Bool();
  return d.status();
}

}  // namespace siphon::rados
