// Any bytes as a monitor map: what decodes must encode to bytes that decode.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer_list.h"
#include "services/rados/mon_map.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using siphon::rados::MonMap;
  const auto bytes = siphon::BufferList::CopyOf({reinterpret_cast<const char*>(data), size});
  const auto map = MonMap::Decode(bytes);
  if (map.ok() && !MonMap::Decode(map->Encode()).ok()) __builtin_trap();
  return 0;
}
