#include "services/rados/messages/osd_op.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

// The last version with another layout, spoken by clients without NEW_OSDOP_ENCODING.
constexpr uint16_t kNewestOldLayout = 7;

}  // namespace

OsdReqId MOsdOp::effective_reqid() const {
  if (!reqid.is_blank()) return reqid;
  return OsdReqId{header().src, tid(), static_cast<int32_t>(client_incarnation)};
}

HObject MOsdOp::hobject() const {
  HObject o;
  o.key = locator.key == oid ? std::string() : locator.key;
  o.oid = oid;
  o.snap = snap;
  o.hash = raw_hash;
  o.nspace = locator.nspace;
  o.pool = static_cast<int64_t>(pg.pg.pool);
  return o;
}

std::string MOsdOp::Summary() const {
  std::string text = absl::StrCat("osd_op(", effective_reqid().ToString(), " ", pg.ToString(),
                                  " \"", absl::CHexEscape(oid), "\" [");
  for (const OsdOp& op : ops) {
    absl::StrAppend(&text, &op == ops.data() ? "" : ", ", op.Summary());
  }
  return absl::StrCat(text, "] epoch ", map_epoch, ")");
}

void MOsdOp::EncodePayload(Encoder& e, uint64_t features) {
  pg.Encode(e);
  e.U32(raw_hash);
  e.U32(map_epoch);
  e.U32(flags);
  reqid.Encode(e);
  trace.Encode(e);
  e.U32(client_incarnation);
  e.Time(mtime);
  locator.Encode(e);
  e.String(oid);
  e.U16(static_cast<uint16_t>(ops.size()));
  mutable_data().Clear();
  for (const OsdOp& op : ops) {
    op.Encode(e, op.in.size());
    mutable_data().Append(op.in);
  }
  e.U64(snap);
  snap_context.Encode(e);
  e.I32(retry_attempt);
  e.U64(client_features);
}

absl::Status MOsdOp::DecodePayload(Decoder& d) {
  if (header().version <= kNewestOldLayout) {
    return absl::UnimplementedError(absl::StrCat("osd_op of version ", header().version,
                                                 ", 8 or newer is understood; the client "
                                                 "is older than Ceph 11"));
  }
  pg = ShardedPgId::Decode(d);
  raw_hash = d.U32();
  map_epoch = d.U32();
  flags = d.U32();
  reqid = OsdReqId::Decode(d);
  trace = TraceInfo::Decode(d);
  client_incarnation = d.U32();
  mtime = d.Time();
  locator = ObjectLocator::Decode(d);
  oid = d.String();
  const uint16_t num_ops = d.U16();
  if (num_ops > d.remaining() / OsdOp::kEncodedSize) d.Fail("more operations than bytes for them");
  ops.clear();
  size_t data_offset = 0;
  for (uint16_t i = 0; i < num_ops && d.ok(); ++i) {
    OsdOp& op = ops.emplace_back(OsdOp::Decode(d));
    if (op.payload_len > data().size() - data_offset) {
      d.Fail("an operation's input is longer than the data");
      break;
    }
    op.in = data().Substr(data_offset, op.payload_len);
    data_offset += op.payload_len;
  }
  snap = d.U64();
  snap_context = SnapContext::Decode(d);
  retry_attempt = d.I32();
  client_features = d.U64();
  return d.status();
}

}  // namespace siphon::rados
