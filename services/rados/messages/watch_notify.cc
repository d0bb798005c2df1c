#include "services/rados/messages/watch_notify.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

constexpr uint8_t kPayloadVersion = 1;

}  // namespace

std::string MWatchNotify::Summary() const {
  return absl::StrCat("watch_notify(op ", op, ", cookie ", cookie, ", notify ", notify_id,
                      ", result ", result, ")");
}

void MWatchNotify::EncodePayload(Encoder& e, uint64_t features) {
  e.U8(kPayloadVersion);
  e.U8(op);
  e.U64(cookie);
  e.U64(version);
  e.U64(notify_id);
  e.Blob(payload);
  e.I32(result);
  e.U64(notifier_gid);
}

absl::Status MWatchNotify::DecodePayload(Decoder& d) {
  const uint8_t payload_version = d.U8();
  op = d.U8();
  cookie = d.U64();
  version = d.U64();
  notify_id = d.U64();
  if (payload_version >= 1) payload = d.Blob();
  if (header().version >= 2) result = d.I32();
  if (header().version >= 3) notifier_gid = d.U64();
  return d.status();
}

}  // namespace siphon::rados
