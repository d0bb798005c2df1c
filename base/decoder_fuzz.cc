// A Decoder driven by its own input: the first half chooses the reads, the second half is read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/buffer_list.h"
#include "base/decoder.h"

namespace siphon {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadOne(Decoder& d, uint8_t choice) {
  const size_t before = d.remaining();
  switch (choice % 12) {
    case 0:
      d.U8();
      break;
    case 1:
      d.U16();
      break;
    case 2:
      d.U32();
      break;
    case 3:
      d.I64();
      break;
    case 4:
      d.F64();
      break;
    case 5:
      Check(d.String().size() <= before);
      break;
    case 6:
      Check(d.Blob().size() <= before);
      break;
    case 7:
      d.Time();
      break;
    case 8:
      d.Span();
      break;
    case 9:
      Check(uint64_t{d.Count(1 + choice)} * (1 + choice) <= before);
      break;
    case 10:
      d.Skip(choice);
      break;
    default:
      Check(d.RawBlob(choice).size() <= before);
  }
  Check(d.remaining() <= before);
}

void ReadAll(Decoder& d, std::string_view choices, int depth) {
  for (size_t i = 0; i < choices.size(); ++i) {
    const uint8_t choice = static_cast<uint8_t>(choices[i]);
    if (choice >= 0xe0 && depth < 8) {
      const Decoder::Versioned inner(d, choice & 0x1f, "fuzz");
      ReadAll(d, choices.substr(i + 1), depth + 1);
      return;
    }
    ReadOne(d, choice);
  }
}

}  // namespace
}  // namespace siphon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view choices = input.substr(0, size / 2);
  const std::string_view bytes = input.substr(size / 2);
  siphon::Decoder over_view(bytes);
  siphon::ReadAll(over_view, choices, 0);
  // In two pieces the same bytes decode the same.
  siphon::BufferList list;
  list.Append(siphon::Buffer::CopyOf(bytes.substr(0, bytes.size() / 2)));
  list.Append(siphon::Buffer::CopyOf(bytes.substr(bytes.size() / 2)));
  siphon::Decoder over_list(list);
  siphon::ReadAll(over_list, choices, 0);
  siphon::Check(over_view.status() == over_list.status());
  siphon::Check(over_view.offset() == over_list.offset());
  return 0;
}
