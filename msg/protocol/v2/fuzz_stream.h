// FuzzStream: a peer's stream out of a fuzzer's input, for the machines' fuzz targets.
#ifndef SIPHON_MSG_PROTOCOL_V2_FUZZ_STREAM_H_
#define SIPHON_MSG_PROTOCOL_V2_FUZZ_STREAM_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer_list.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {

// `kind` even: the input as it is. Odd: a banner (of 2.0 if `kind` has bit 1, else of 2.1), and the
// input as a list of frames in crc mode: u8 tag, u16 length, and that many bytes of payload.
inline std::string FuzzStream(uint8_t kind, std::string_view input) {
  if ((kind & 1) == 0) return std::string(input);
  const bool revision1 = (kind & 2) == 0;
  OutputBuffer out;
  out.Copy(Banner{.supported = revision1 ? kBannerRevision1 : 0, .required = 0}.Encode());
  FrameAssembler assembler;
  assembler.set_revision1(revision1);
  while (input.size() >= 3) {
    const Tag tag = static_cast<Tag>(input[0]);
    const size_t length =
        static_cast<uint8_t>(input[1]) | static_cast<size_t>(static_cast<uint8_t>(input[2])) << 8;
    input.remove_prefix(3);
    const std::string_view payload = input.substr(0, length);
    input.remove_prefix(payload.size());
    const BufferList segment = BufferList::CopyOf(payload);
    if (!assembler.Append(tag, {&segment, 1}, &out).ok()) break;
  }
  return out.ToString();
}

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_FUZZ_STREAM_H_
