#include "services/rados/messages/pool_op.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {

std::string MPoolOp::Summary() const {
  return absl::StrCat("pool_op(op ", op, ", pool ", pool, " \"", name, "\")");
}

void MPoolOp::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.U32(pool);
  e.U32(op);
  e.U64(auid);
  e.U64(snap);
  e.String(name);
  e.U8(0);  // a rule's number in one byte, before version 4
  e.I16(crush_rule);
}

absl::Status MPoolOp::DecodePayload(Decoder& d) {
  if (header().version < 4) {
    return absl::UnimplementedError(
        "poolop is older than version 4; the client is older than Ceph 12");
  }
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  pool = d.U32();
  op = d.U32();
  auid = d.U64();
  snap = d.U64();
  name = d.String();
  d.Skip(1);
  crush_rule = d.I16();
  return d.status();
}

}  // namespace siphon::rados
