#include "services/osd/pg/object_info.h"

#include <utility>

#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/features.h"

namespace siphon::osd {
namespace {

constexpr uint8_t kVersion = 2;

}  // namespace

BufferList ObjectInfo::Encode() const {
  BufferList bytes;
  Encoder e(&bytes);
  {
    Encoder::Versioned v(e, kVersion, 1);
    version.Encode(e);
    e.U64(user_version);
    e.Time(mtime);
    // Since version 2.
    e.Bool(whiteout);
    e.U64(truncate_size);
    e.U32(truncate_seq);
    e.U32(static_cast<uint32_t>(watches.size()));
    for (const auto& [key, watch] : watches) {
      e.U64(key.cookie);
      key.client.Encode(e);
      watch.addr.Encode(e, kFeaturesPacific);
      e.U32(watch.timeout_seconds);
    }
  }
  return bytes;
}

absl::StatusOr<ObjectInfo> ObjectInfo::Decode(const BufferList& bytes) {
  ObjectInfo info;
  Decoder d(bytes);
  {
    Decoder::Versioned v(d, kVersion, "ObjectInfo");
    info.version = rados::EVersion::Decode(d);
    info.user_version = d.U64();
    info.mtime = d.Time();
    if (v.version() >= 2) {
      info.whiteout = d.Bool();
      info.truncate_size = d.U64();
      info.truncate_seq = d.U32();
      const uint32_t n = d.Count(8 + 9 + 1 + 4);
      for (uint32_t i = 0; i < n && d.ok(); ++i) {
        WatchKey key;
        key.cookie = d.U64();
        key.client = EntityName::Decode(d);
        WatchInfo watch;
        watch.addr = EntityAddr::Decode(d);
        watch.timeout_seconds = d.U32();
        info.watches[key] = watch;
      }
    }
  }
  if (!d.ok()) return d.status();
  return info;
}

}  // namespace siphon::osd
