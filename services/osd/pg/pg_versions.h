// PgVersions: the last versions that a placement group gave, as it notes them with its objects.
#ifndef SIPHON_SERVICES_OSD_PG_PG_VERSIONS_H_
#define SIPHON_SERVICES_OSD_PG_PG_VERSIONS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "services/rados/eversion.h"

namespace siphon::osd {

struct PgVersions {
  // The note's name (Transaction::Note).
  static constexpr char kNote[] = "versions";

  rados::EVersion last_update;
  uint64_t last_user_version = 0;

  // A format of our own: versioned as Ceph's are.
  BufferList Encode() const {
    BufferList bytes;
    Encoder e(&bytes);
    {
      Encoder::Versioned v(e, 1, 1);
      last_update.Encode(e);
      e.U64(last_user_version);
    }
    return bytes;
  }
  // InvalidArgument: it is none.
  static absl::StatusOr<PgVersions> Decode(const BufferList& bytes) {
    PgVersions versions;
    Decoder d(bytes);
    {
      Decoder::Versioned v(d, 1, "versions of a placement group");
      versions.last_update = rados::EVersion::Decode(d);
      versions.last_user_version = d.U64();
    }
    if (!d.ok()) return d.status();
    return versions;
  }
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_PG_VERSIONS_H_
