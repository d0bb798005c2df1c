#include "services/osd/store/data_slot.h"

#include "base/decoder.h"

namespace siphon::osd {
namespace {

constexpr size_t kEncodedSize = 3 * sizeof(uint32_t);

void AppendU32(uint32_t value, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) out->push_back(static_cast<char>(value >> shift));
}

}  // namespace

std::string DataSlot::Encode() const {
  std::string bytes;
  AppendU32(file, &bytes);
  AppendU32(index, &bytes);
  AppendU32(crc, &bytes);
  return bytes;
}

std::optional<DataSlot> DataSlot::Decode(std::string_view bytes) {
  if (bytes.size() != kEncodedSize) return std::nullopt;
  Decoder d(bytes);
  DataSlot slot;
  slot.file = d.U32();
  slot.index = d.U32();
  slot.crc = d.U32();
  return slot;
}

}  // namespace siphon::osd
