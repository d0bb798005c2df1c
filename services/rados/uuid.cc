#include "services/rados/uuid.h"

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon::rados {
namespace {

constexpr size_t kTextSize = 36;
constexpr char kHex[] = "0123456789abcdef";

bool IsDash(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

absl::StatusOr<Uuid> Uuid::Parse(std::string_view text) {
  const auto bad = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", AbslView(text.substr(0, 64)),
                     "\" is not a uuid; give one like 11111111-2222-3333-4444-555555555555"));
  };
  if (text.size() != kTextSize) return bad();
  Uuid uuid;
  size_t digit = 0;
  for (size_t i = 0; i < kTextSize; ++i) {
    if (IsDash(i)) {
      if (text[i] != '-') return bad();
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return bad();
    uint8_t& byte = uuid.bytes[digit / 2];
    byte = static_cast<uint8_t>(byte << 4 | value);
    ++digit;
  }
  return uuid;
}

Uuid Uuid::Random(RandomSource& random) {
  Uuid uuid;
  const uint64_t words[2] = {random.Next(), random.Next()};
  std::memcpy(uuid.bytes.data(), words, sizeof(words));
  uuid.bytes[6] = static_cast<uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

std::string Uuid::ToString() const {
  std::string text;
  text.reserve(kTextSize);
  for (const uint8_t byte : bytes) {
    if (IsDash(text.size())) text.push_back('-');
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

void Uuid::Encode(Encoder& e) const {
  e.Raw(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Uuid Uuid::Decode(Decoder& d) {
  Uuid uuid;
  const std::string_view raw = d.Raw(uuid.bytes.size());
  if (raw.size() == uuid.bytes.size()) std::memcpy(uuid.bytes.data(), raw.data(), raw.size());
  return uuid;
}

}  // namespace siphon::rados
