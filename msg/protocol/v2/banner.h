// The banner that both sides of a msgr v2 connection send at once, before any frame (msgr-v2,
// section 1): "ceph v2\n", u16 payload length, u64 supported and u64 required features of the
// protocol itself (not those of messages).
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_BANNER_H_
#define SIPHON_MSG_PROTOCOL_V2_BANNER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace siphon::v2 {

inline constexpr uint64_t kBannerRevision1 = 1;    // frames of msgr 2.1
inline constexpr uint64_t kBannerCompression = 2;  // Ceph 17 and later
// The prefix and the length of what follows.
inline constexpr size_t kBannerHeadSize = 10;
inline constexpr size_t kBannerPayloadSize = 16;
inline constexpr size_t kMaxBannerPayloadSize = 1024;

struct Banner {
  uint64_t supported = 0;
  uint64_t required = 0;

  std::string Encode() const;
  // How many bytes follow the first kBannerHeadSize ones, `head`.
  // InvalidArgument: not a v2 banner; says so if it is v1's.
  static absl::StatusOr<size_t> PayloadSize(std::string_view head);
  // `payload` is of the size that PayloadSize() gave; what a newer version put behind is ignored.
  static Banner DecodePayload(std::string_view payload);
};

// Do the two understand each other? FailedPrecondition: one requires what the other lacks.
absl::Status CheckBanners(const Banner& mine, const Banner& peer);

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_BANNER_H_
