#include "services/rados/messages/get_pool_stats_reply.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace siphon::rados {
namespace {

// u8 version, u8 compat, u32 length.
constexpr size_t kStructHeader = 6;

// The next versioned structure with its header, not looked into.
BufferList VersionedStruct(Decoder& d) {
  uint32_t length = 0;
  const std::string_view rest = d.Rest();
  if (rest.size() >= kStructHeader) std::memcpy(&length, rest.data() + 2, sizeof(length));
  return d.RawBlob(kStructHeader + size_t{length});
}

}  // namespace

std::string MGetPoolStatsReply::Summary() const {
  return absl::StrCat("get_pool_stats_reply(", pools.size(), " pools)");
}

void MGetPoolStatsReply::EncodePayload(Encoder& e, uint64_t features) {
  paxos.Encode(e);
  fsid.Encode(e);
  e.U32(static_cast<uint32_t>(pools.size()));
  for (const auto& [name, stat] : pools) {
    e.String(name);
    e.Raw(stat);
  }
  e.Bool(per_pool);
}

absl::Status MGetPoolStatsReply::DecodePayload(Decoder& d) {
  paxos = PaxosHeader::Decode(d);
  fsid = Uuid::Decode(d);
  pools.clear();
  const uint32_t n = d.Count(4 + kStructHeader);
  for (uint32_t i = 0; i < n && d.ok(); ++i) {
    std::string name = d.String();
    pools[std::move(name)] = VersionedStruct(d);
  }
  per_pool = header().version >= 2 && d.Bool();
  return d.status();
}

}  // namespace siphon::rados
