#include "services/osd/object_info.h"

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {

BufferList ObjectInfo::Encode() const {
  BufferList bytes;
  Encoder e(&bytes);
  {
    Encoder::Versioned v(e, 1, 1);
    version.Encode(e);
    e.U64(user_version);
    e.Time(mtime);
  }
  return bytes;
}

absl::StatusOr<ObjectInfo> ObjectInfo::Decode(const BufferList& bytes) {
  ObjectInfo info;
  Decoder d(bytes);
  {
    Decoder::Versioned v(d, 1, "ObjectInfo");
    info.version = rados::EVersion::Decode(d);
    info.user_version = d.U64();
    info.mtime = d.Time();
  }
  if (!d.ok()) return d.status();
  return info;
}

}  // namespace siphon::osd
