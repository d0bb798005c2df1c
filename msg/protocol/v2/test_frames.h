// Frames in crc mode for tests: written one by one, and read from what a machine or a captured
// program wrote.
#ifndef SIPHON_MSG_PROTOCOL_V2_TEST_FRAMES_H_
#define SIPHON_MSG_PROTOCOL_V2_TEST_FRAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/buffer_list.h"
#include "gtest/gtest.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/banner.h"
#include "msg/protocol/v2/control_frames.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_disassembler.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {

inline std::string RawFrame(Tag tag, std::string_view payload, bool revision1 = true) {
  FrameAssembler assembler;
  assembler.set_revision1(revision1);
  const BufferList segment = BufferList::CopyOf(payload);
  OutputBuffer out;
  EXPECT_TRUE(assembler.Append(tag, {&segment, 1}, &out).ok());
  return out.ToString();
}

template <typename Frame>
std::string FrameBytes(const Frame& frame, bool revision1 = true) {
  return RawFrame(Frame::kTag, EncodePayload(frame).ToString(), revision1);
}

struct ReadFrame {
  Tag tag{};
  std::string payload;  // its first segment
  size_t end = 0;       // offset behind it in the stream

  template <typename Frame>
  Frame As() const {
    EXPECT_EQ(tag, Frame::kTag);
    const absl::StatusOr<Frame> frame = DecodePayload<Frame>(payload);
    EXPECT_TRUE(frame.ok()) << frame.status();
    return frame.ok() ? *frame : Frame{};
  }
};

// All whole frames of a stream that begins with a banner.
inline std::vector<ReadFrame> ReadStream(std::string_view stream, bool revision1 = true) {
  std::vector<ReadFrame> frames;
  FrameDisassembler disassembler;
  disassembler.set_revision1(revision1);
  std::string_view rest = stream;
  if (rest.starts_with("ceph")) rest.remove_prefix(kBannerHeadSize + kBannerPayloadSize);
  while (true) {
    const absl::StatusOr<FrameDisassembler::Event> event = disassembler.Consume(&rest);
    EXPECT_TRUE(event.ok()) << event.status();
    if (!event.ok() || *event == FrameDisassembler::Event::kNeedMore) return frames;
    if (*event != FrameDisassembler::Event::kFrame) continue;
    frames.push_back({.tag = disassembler.preamble().tag,
                      .payload = disassembler.TakeSegment(0).ToString(),
                      .end = stream.size() - rest.size()});
  }
}

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_TEST_FRAMES_H_
