// Any bytes as a CRUSH map: what decodes must be safe to place with.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/decoder.h"
#include "services/rados/crush_map.h"
#include "services/rados/crush_mapper.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  siphon::Decoder d(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto map = siphon::rados::CrushMap::Decode(d);
  if (!d.ok()) return 0;
  const std::vector<uint32_t> weights(16, siphon::rados::kCrushWeightOne);
  for (size_t rule = 0; rule < map.rules.size() && rule < 4; ++rule)
    siphon::rados::CrushDoRule(map, static_cast<int32_t>(rule), 42, 4, weights);
  return 0;
}
