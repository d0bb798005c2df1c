#include "base/encoder.h"

#include <algorithm>
#include <limits>

namespace siphon {

void Encoder::Time(absl::Time t) {
  // What a u32 of seconds cannot say becomes the nearest that it can.
  const absl::Time last = absl::FromUnixSeconds(std::numeric_limits<uint32_t>::max());
  t = std::clamp(t, absl::UnixEpoch(), last);
  const int64_t seconds = absl::ToUnixSeconds(t);
  U32(static_cast<uint32_t>(seconds));
  U32(static_cast<uint32_t>(absl::ToInt64Nanoseconds(t - absl::FromUnixSeconds(seconds))));
}

void Encoder::Span(absl::Duration d) {
  const absl::Duration limit = absl::Seconds(std::numeric_limits<int32_t>::max());
  d = std::clamp(d, -limit, limit);
  absl::Duration rest;
  I32(static_cast<int32_t>(absl::IDivDuration(d, absl::Seconds(1), &rest)));
  I32(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
}

}  // namespace siphon
