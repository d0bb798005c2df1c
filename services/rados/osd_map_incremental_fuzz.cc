// Any bytes as a change to an OSD map: what decodes must encode, and apply or be refused.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer_list.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_map_incremental.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using siphon::rados::OsdMap;
  using siphon::rados::OsdMapIncremental;
  const auto bytes = siphon::BufferList::CopyOf({reinterpret_cast<const char*>(data), size});
  const auto inc = OsdMapIncremental::Decode(bytes);
  if (!inc.ok()) return 0;
  if (!OsdMapIncremental::Decode(inc->Encode()).ok()) __builtin_trap();
  OsdMap map;
  map.fsid = inc->fsid;
  map.epoch = inc->epoch - 1;
  if (map.Apply(*inc).ok() && !OsdMap::Decode(map.Encode()).ok()) __builtin_trap();
  return 0;
}
