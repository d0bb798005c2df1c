#include "services/rados/messages/mon_subscribe.h"

#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

constexpr uint8_t kOneTime = 1;

}  // namespace

std::string MMonSubscribe::Summary() const {
  std::string text = "mon_subscribe(";
  for (const auto& [name, item] : what) {
    absl::StrAppend(&text, text.back() == '(' ? "" : ", ", name, " from ", item.start,
                    item.one_time ? " once" : "");
  }
  return text + ")";
}

void MMonSubscribe::EncodePayload(Encoder& e, uint64_t features) {
  e.U32(static_cast<uint32_t>(what.size()));
  for (const auto& [name, item] : what) {
    e.String(name);
    e.U64(item.start);
    e.U8(item.one_time ? kOneTime : 0);
  }
  e.String(hostname);
}

absl::Status MMonSubscribe::DecodePayload(Decoder& d) {
  if (header().version < 2) {
    return absl::UnimplementedError(
        "mon_subscribe is older than version 2; the peer is older than Ceph 9");
  }
  what.clear();
  const uint32_t n = d.Count(4 + 8 + 1);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    Item& item = what[d.String()];
    item.start = d.U64();
    item.one_time = (d.U8() & kOneTime) != 0;
  }
  if (header().version >= 3) hostname = d.String();
  return d.status();
}

}  // namespace siphon::rados
