// Fuzzes the payloads of control frames: the first byte of the input is the tag. What is understood
// is written and read again, and must say the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "msg/protocol/v2/control_frames.h"

namespace siphon::v2 {
namespace {

template <typename Frame>
void Check(std::string_view payload) {
  const absl::StatusOr<Frame> frame = DecodePayload<Frame>(payload);
  if (!frame.ok()) return;
  const std::string once = EncodePayload(*frame).ToString();
  const absl::StatusOr<Frame> again = DecodePayload<Frame>(once);
  if (!again.ok() || EncodePayload(*again).ToString() != once) std::abort();
}

template <typename... Frames>
void CheckTag(Tag tag, std::string_view payload) {
  ((tag == Frames::kTag ? Check<Frames>(payload) : void()), ...);
}

}  // namespace
}  // namespace siphon::v2

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siphon::v2;
  if (size == 0) return 0;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  CheckTag<HelloFrame, AuthRequestFrame, AuthBadMethodFrame, AuthReplyMoreFrame,
           AuthRequestMoreFrame, AuthDoneFrame, AuthSignatureFrame, ClientIdentFrame,
           ServerIdentFrame, IdentMissingFeaturesFrame, SessionReconnectFrame, SessionResetFrame,
           SessionRetryFrame, SessionRetryGlobalFrame, SessionReconnectOkFrame, WaitFrame,
           Keepalive2Frame, Keepalive2AckFrame, AckFrame>(static_cast<Tag>(data[0]), payload);
  return 0;
}
