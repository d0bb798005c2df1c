#include "msg/protocol/v2/message_header2.h"

#include <string>

#include "gtest/gtest.h"

namespace siphon::v2 {
namespace {

// Of an OSD's answer to a client, Ceph 16.2.
constexpr unsigned char kCaptured[kMessageHeader2Size] = {
    0x01, 0,    0, 0, 0, 0, 0, 0,  // seq
    0x01, 0,    0, 0, 0, 0, 0, 0,  // tid
    0x2b, 0x00,                    // type
    0x7f, 0x00,                    // priority
    0x08, 0x00,                    // version
    0,    0,    0, 0,              // data_pre_padding_len
    0,    0,                       // data_off
    0x01, 0,    0, 0, 0, 0, 0, 0,  // ack_seq
    0x03,                          // flags
    0x02, 0x00,                    // compat_version
    0,    0,                       // reserved
};

std::string Captured() {
  return std::string(reinterpret_cast<const char*>(kCaptured), kMessageHeader2Size);
}

TEST(MessageHeader2Test, ReadsWhatCephWrote) {
  const MessageHeader2 h = MessageHeader2::Decode(Captured());
  EXPECT_EQ(h.header.seq, 1u);
  EXPECT_EQ(h.header.tid, 1u);
  EXPECT_EQ(h.header.type, 43);
  EXPECT_EQ(h.header.priority, 127);
  EXPECT_EQ(h.header.version, 8);
  EXPECT_EQ(h.header.compat_version, 2);
  EXPECT_EQ(h.ack_seq, 1u);
  EXPECT_EQ(h.flags, MessageFooter::kComplete | MessageFooter::kNoCrc);
}

TEST(MessageHeader2Test, WritesWhatCephWrites) {
  std::string out(kMessageHeader2Size, '?');
  MessageHeader2::Decode(Captured()).EncodeTo(out.data());
  EXPECT_EQ(out, Captured());
}

TEST(MessageHeader2Test, KeepsEveryFieldInItsPlace) {
  MessageHeader2 h;
  h.header.seq = 0x0102030405060708;
  h.header.tid = 0x1112131415161718;
  h.header.type = 0x2122;
  h.header.priority = 0x3132;
  h.header.version = 0x4142;
  h.header.data_off = 0x5152;
  h.header.compat_version = 0x6162;
  h.ack_seq = 0x7172737475767778;
  h.flags = 0x81;
  std::string out(kMessageHeader2Size, '\0');
  h.EncodeTo(out.data());
  EXPECT_EQ(out, std::string("\x08\x07\x06\x05\x04\x03\x02\x01"
                             "\x18\x17\x16\x15\x14\x13\x12\x11"
                             "\x22\x21\x32\x31\x42\x41\0\0\0\0\x52\x51"
                             "\x78\x77\x76\x75\x74\x73\x72\x71"
                             "\x81\x62\x61\0\0",
                             kMessageHeader2Size));
  const MessageHeader2 again = MessageHeader2::Decode(out);
  EXPECT_EQ(again.header.data_off, 0x5152);
  EXPECT_EQ(again.header.compat_version, 0x6162);
  EXPECT_EQ(again.ack_seq, h.ack_seq);
}

}  // namespace
}  // namespace siphon::v2
