#include "services/osd/store/stored_object.h"

#include <utility>

#include "base/buffer.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::osd {
namespace {

constexpr uint8_t kVersion = 2;

}  // namespace

std::string StoredObject::Encode() const {
  BufferList bytes;
  Encoder e(&bytes);
  {
    Encoder::Versioned v(e, kVersion, 1);
    e.U64(number);
    e.U64(size);
    e.Bool(has_omap);
    e.U32(static_cast<uint32_t>(attrs.size()));
    for (const auto& [name, value] : attrs) {
      e.String(name);
      e.Blob(value);
    }
    e.Bool(has_slots);
  }
  return bytes.ToString();
}

absl::StatusOr<StoredObject> StoredObject::Decode(std::string bytes) {
  const BufferList list(Buffer::FromString(std::move(bytes)));
  Decoder d(list);
  StoredObject object;
  {
    Decoder::Versioned v(d, kVersion, "StoredObject");
    object.number = d.U64();
    object.size = d.U64();
    object.has_omap = d.Bool();
    const uint32_t n = d.Count(4 + 4);
    for (uint32_t i = 0; i < n && d.ok(); ++i) {
      std::string name = d.String();
      object.attrs.insert_or_assign(std::move(name), d.Blob());
    }
    if (v.version() >= 2) object.has_slots = d.Bool();
  }
  if (!d.ok()) return d.status();
  return object;
}

}  // namespace siphon::osd
