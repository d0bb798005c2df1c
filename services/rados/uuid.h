// Uuid: 16 bytes that name a cluster or an OSD's store.
//
// Text is the usual 8-4-4-4-12 lower-case hex. On the wire it is the raw bytes.
#ifndef SIPHON_SERVICES_RADOS_UUID_H_
#define SIPHON_SERVICES_RADOS_UUID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "base/random_source.h"

namespace siphon::rados {

struct Uuid {
  std::array<uint8_t, 16> bytes = {};

  // InvalidArgument: not 8-4-4-4-12 hex digits.
  static absl::StatusOr<Uuid> Parse(std::string_view text);
  // A random (version 4) one.
  static Uuid Random(RandomSource& random);

  bool is_zero() const { return bytes == std::array<uint8_t, 16>{}; }
  std::string ToString() const;

  void Encode(Encoder& e) const;
  static Uuid Decode(Decoder& d);

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Uuid& u) {
    return H::combine(std::move(h), u.bytes);
  }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_UUID_H_
