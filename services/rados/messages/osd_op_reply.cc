#include "services/rados/messages/osd_op_reply.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

constexpr uint16_t kNewestOldLayout = 7;

void EncodeRedirect(Encoder& e, const MOsdOpReply::Redirect& r) {
  Encoder::Versioned v(e, 1, 1);
  r.locator.Encode(e);
  e.String(r.object);
  e.U32(0);  // instructions to the OSD, never used
}

MOsdOpReply::Redirect DecodeRedirect(Decoder& d) {
  MOsdOpReply::Redirect r;
  Decoder::Versioned v(d, 1, "request_redirect_t");
  r.locator = ObjectLocator::Decode(d);
  r.object = d.String();
  d.Skip(d.U32());
  return r;
}

}  // namespace

std::string MOsdOpReply::Summary() const {
  std::string text = absl::StrCat("osd_op_reply(", tid(), " ", pg.ToString(), " \"",
                                  absl::CHexEscape(oid), "\" [");
  for (const OsdOp& op : ops) {
    absl::StrAppend(&text, &op == ops.data() ? "" : ", ", op.Summary());
  }
  return absl::StrCat(text, "] ", result, " v", replay_version.ToString(), " uv", user_version,
                      ")");
}

void MOsdOpReply::EncodePayload(Encoder& e, uint64_t features) {
  e.String(oid);
  pg.Encode(e);
  e.U64(flags);
  e.I32(result);
  bad_replay_version.Encode(e);
  e.U32(map_epoch);
  e.U32(static_cast<uint32_t>(ops.size()));
  mutable_data().Clear();
  for (const OsdOp& op : ops) {
    op.Encode(e, op.out.size());
    mutable_data().Append(op.out);
  }
  e.I32(retry_attempt);
  for (const OsdOp& op : ops) e.I32(op.result);
  replay_version.Encode(e);
  e.U64(user_version);
  e.Bool(redirect.has_value());
  if (redirect.has_value()) EncodeRedirect(e, *redirect);
  trace.Encode(e);
}

absl::Status MOsdOpReply::DecodePayload(Decoder& d) {
  if (header().version <= kNewestOldLayout) {
    return absl::UnimplementedError(
        absl::StrCat("osd_op_reply of version ", header().version,
                     ", 8 or newer is understood; the OSD is older than Ceph 11"));
  }
  oid = d.String();
  pg = PgId::Decode(d);
  flags = d.U64();
  result = d.I32();
  bad_replay_version = EVersion::Decode(d);
  map_epoch = d.U32();
  const uint32_t num_ops = d.Count(OsdOp::kEncodedSize);
  ops.clear();
  size_t data_offset = 0;
  for (uint32_t i = 0; i < num_ops && d.ok(); ++i) {
    OsdOp& op = ops.emplace_back(OsdOp::Decode(d));
    if (op.payload_len > data().size() - data_offset) {
      d.Fail("an operation's output is longer than the data");
      break;
    }
    op.out = data().Substr(data_offset, op.payload_len);
    data_offset += op.payload_len;
  }
  retry_attempt = d.I32();
  for (OsdOp& op : ops) op.result = d.I32();
  replay_version = EVersion::Decode(d);
  user_version = d.U64();
  redirect.reset();
  if (d.Bool()) redirect = DecodeRedirect(d);
  trace = TraceInfo::Decode(d);
  return d.status();
}

}  // namespace siphon::rados
