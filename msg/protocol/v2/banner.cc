#include "msg/protocol/v2/banner.h"

#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"

namespace siphon::v2 {
namespace {

constexpr std::string_view kPrefix = "ceph v2\n";
constexpr std::string_view kPrefixOfV1 = "ceph v027";
static_assert(kPrefix.size() + sizeof(uint16_t) == kBannerHeadSize);

}  // namespace

std::string Banner::Encode() const {
  const uint16_t size = kBannerPayloadSize;
  std::string bytes(kBannerHeadSize + kBannerPayloadSize, '\0');
  std::memcpy(bytes.data(), kPrefix.data(), kPrefix.size());
  std::memcpy(bytes.data() + kPrefix.size(), &size, sizeof(size));
  std::memcpy(bytes.data() + kBannerHeadSize, &supported, sizeof(supported));
  std::memcpy(bytes.data() + kBannerHeadSize + 8, &required, sizeof(required));
  return bytes;
}

absl::StatusOr<size_t> Banner::PayloadSize(std::string_view head) {
  if (head.starts_with(kPrefixOfV1)) {
    return absl::InvalidArgumentError(
        "the peer speaks msgr v1 on a port of msgr v2: one side has the wrong port (of a monitor, "
        "3300 is v2 and 6789 v1)");
  }
  if (!head.starts_with(kPrefix)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the peer does not speak msgr v2: instead of a banner it sends \"",
                     absl::CHexEscape(AbslView(head)), "\""));
  }
  uint16_t size;
  std::memcpy(&size, head.data() + kPrefix.size(), sizeof(size));
  if (size < kBannerPayloadSize || size > kMaxBannerPayloadSize) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the peer's banner announces a payload of %u bytes; it has at least %u, and %u are the "
        "limit",
        size, kBannerPayloadSize, kMaxBannerPayloadSize));
  }
  return size;
}

Banner Banner::DecodePayload(std::string_view payload) {
  Banner banner;
  std::memcpy(&banner.supported, payload.data(), sizeof(banner.supported));
  std::memcpy(&banner.required, payload.data() + 8, sizeof(banner.required));
  return banner;
}

absl::Status CheckBanners(const Banner& mine, const Banner& peer) {
  if (const uint64_t missing = mine.required & ~peer.supported; missing != 0) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "the peer lacks features of msgr v2 that this side requires: 0x%x", missing));
  }
  if (const uint64_t missing = peer.required & ~mine.supported; missing != 0) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "the peer requires features of msgr v2 that this side lacks: 0x%x", missing));
  }
  return absl::OkStatus();
}

}  // namespace siphon::v2
