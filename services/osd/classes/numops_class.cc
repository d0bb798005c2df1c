#include "services/osd/classes/numops_class.h"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"
#include "base/decoder.h"

namespace siphon::osd {
namespace {

// The whole text as a number, as strtod() reads it; an empty one is 0.
bool Parse(const std::string& text, double* number) {
  char* end = nullptr;
  *number = std::strtod(text.c_str(), &end);
  return *end == '\0';
}

// Input: string key, string operand.
int32_t Change(MethodContext& object, const BufferList& in, double (*operation)(double, double)) {
  Decoder d(in);
  const std::string key = d.String();
  const std::string operand_text = d.String();
  double operand = 0;
  if (!d.ok() || !Parse(operand_text, &operand)) return -EINVAL;
  BufferList stored;
  double value = 0;  // of a key that is not there
  const int32_t r = object.OmapGet(key, &stored);
  if (r < 0 && r != -ENOENT) return r;
  if (!Parse(stored.ToString(), &value)) return -EBADMSG;
  return object.OmapSet(
      {{key, BufferList::CopyOf(absl::StrFormat("%.10g", operation(value, operand)))}});
}

int32_t Add(MethodContext& object, const BufferList& in, BufferList* out) {
  return Change(object, in, [](double a, double b) { return a + b; });
}

int32_t Multiply(MethodContext& object, const BufferList& in, BufferList* out) {
  return Change(object, in, [](double a, double b) { return a * b; });
}

}  // namespace

ObjectClass NumopsClass() {
  constexpr uint8_t kBoth = ObjectClass::kReads | ObjectClass::kWrites;
  return {"numops", {{"add", kBoth, Add}, {"mul", kBoth, Multiply}}};
}

}  // namespace siphon::osd
