// Any bytes as an OSD map: what decodes must encode, and place, without harm.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer_list.h"
#include "services/rados/osd_map.h"
#include "services/rados/pg_id.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using siphon::rados::OsdMap;
  const auto bytes = siphon::BufferList::CopyOf({reinterpret_cast<const char*>(data), size});
  const auto map = OsdMap::Decode(bytes);
  if (!map.ok()) return 0;
  if (!OsdMap::Decode(map->Encode()).ok()) __builtin_trap();
  for (const auto& [id, pool] : map->pools) {
    const auto pg = map->ObjectToPg(id, "object");
    if (pg.ok()) map->PgToUpActing(*pg);
  }
  return 0;
}
