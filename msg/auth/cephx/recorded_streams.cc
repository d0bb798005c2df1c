#include "msg/auth/cephx/recorded_streams.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/decoder.h"

namespace siphon::cephx {
namespace {

constexpr char kFolder[] = "testing/vectors/streams/";
constexpr uint16_t kAuthMessage = 17;
constexpr uint16_t kAuthReplyMessage = 18;
// v1's sizes and tags.
constexpr size_t kV1Banner = 9;
constexpr size_t kV1Addr = 136;
constexpr uint8_t kReady = 1;
constexpr uint8_t kClose = 6;
constexpr uint8_t kMsg = 7;
constexpr uint8_t kAck = 8;
constexpr uint8_t kSeq = 13;
constexpr uint8_t kKeepalive2 = 14;
constexpr uint8_t kKeepalive2Ack = 15;
// Tags of v2's frames.
constexpr uint8_t kAuthRequest = 2;
constexpr uint8_t kAuthReplyMore = 4;
constexpr uint8_t kAuthRequestMore = 5;
constexpr uint8_t kAuthDone = 6;

[[noreturn]] void Die(const std::string& what) {
  std::cerr << what << "\n";
  std::abort();
}

// Calls `frame(tag, segment)` until it says false. All frames before AUTH_DONE have one segment.
template <typename Frame>
void EachFrame(const std::string& stream, Frame frame) {
  Decoder d(stream);
  d.Skip(8);
  d.Skip(d.U16());
  while (d.ok() && d.remaining() > 0) {
    Decoder preamble(d.Raw(32));
    const uint8_t tag = preamble.U8();
    if (preamble.U8() != 1) Die("a frame of several segments");
    const std::string_view segment = d.Raw(preamble.U32());
    d.Skip(4);
    if (!frame(tag, segment)) break;
  }
  if (!d.ok()) Die("a recorded stream ends early");
}

V1Message ReadV1Message(Decoder& d) {
  V1Message message;
  MessageHeader& header = message.header;
  header.seq = d.U64();
  header.tid = d.U64();
  header.type = d.U16();
  d.Skip(2 + 2);  // priority, version
  header.front_len = d.U32();
  header.middle_len = d.U32();
  header.data_len = d.U32();
  d.Skip(2 + 9 + 2 + 2);  // offset, source, compat, reserved
  message.header_crc = d.U32();
  message.front = std::string(d.Raw(header.front_len));
  d.Skip(header.middle_len + header.data_len);
  message.footer.front_crc = d.U32();
  message.footer.middle_crc = d.U32();
  message.footer.data_crc = d.U32();
  message.footer.sig = d.U64();
  message.footer.flags = d.U8();
  return message;
}

// Everything after the handshake.
void ReadV1Messages(Decoder& d, V1Stream* stream) {
  while (d.ok() && d.remaining() > 0) {
    const uint8_t tag = d.U8();
    if (tag == kAck || tag == kKeepalive2 || tag == kKeepalive2Ack) {
      d.Skip(8);
    } else if (tag == kMsg) {
      stream->messages.push_back(ReadV1Message(d));
    } else if (tag != kClose) {
      Die("a tag that was not expected in a recorded stream");
    }
  }
  if (!d.ok()) Die("a recorded stream ends early");
}

}  // namespace

std::string LoadStream(const std::string& name) {
  std::ifstream in(kFolder + name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in.good() || text.str().empty()) Die("cannot read " + name);
  return text.str();
}

Keyring LoadKeyring(const std::string& name) {
  absl::StatusOr<Keyring> keyring = Keyring::Load(kFolder + name);
  if (!keyring.ok()) Die(keyring.status().ToString());
  return *keyring;
}

V2Handshake ReadV2Handshake(const std::string& name) {
  V2Handshake handshake;
  EachFrame(LoadStream(name + ".client.bin"), [&](uint8_t tag, std::string_view segment) {
    Decoder d(segment);
    if (tag == kAuthRequest) {
      d.U32();
      for (uint32_t n = d.U32(); n > 0 && d.ok(); --n) handshake.modes.push_back(d.U32());
      handshake.request = d.String();
    }
    if (tag == kAuthRequestMore) handshake.request_more = d.String();
    return tag != kAuthRequestMore;
  });
  EachFrame(LoadStream(name + ".server.bin"), [&](uint8_t tag, std::string_view segment) {
    Decoder d(segment);
    if (tag == kAuthReplyMore) handshake.challenge = d.String();
    if (tag == kAuthDone) {
      handshake.global_id = d.U64();
      handshake.mode = d.U32();
      handshake.done = d.String();
    }
    return tag != kAuthDone;
  });
  return handshake;
}

V1Stream ReadV1Client(const std::string& name) {
  const std::string bytes = LoadStream(name + ".client.bin");
  Decoder d(bytes);
  d.Skip(kV1Banner + kV1Addr);
  V1Stream stream;
  // Connect messages, until a message, an acknowledged number or a keepalive begins; a connect
  // message begins with the low byte of the features, which is no tag.
  while (static_cast<uint8_t>(d.Rest()[0]) == 0xff) {
    d.Skip(28);
    const uint32_t authorizer_len = d.U32();
    d.Skip(1);
    stream.authorizers.emplace_back(d.Raw(authorizer_len));
  }
  // After SEQ a client says what it has: nothing.
  if (d.Rest().substr(0, 8) == std::string_view("\0\0\0\0\0\0\0\0", 8)) d.Skip(8);
  ReadV1Messages(d, &stream);
  return stream;
}

V1Stream ReadV1Server(const std::string& name) {
  const std::string bytes = LoadStream(name + ".server.bin");
  Decoder d(bytes);
  d.Skip(kV1Banner + 2 * kV1Addr);
  V1Stream stream;
  for (;;) {
    const uint8_t tag = d.U8();
    d.Skip(20);
    const uint32_t authorizer_len = d.U32();
    d.Skip(1);
    stream.authorizers.emplace_back(d.Raw(authorizer_len));
    if (tag == kSeq) d.Skip(8);
    if (tag == kSeq || tag == kReady || !d.ok()) break;
  }
  ReadV1Messages(d, &stream);
  return stream;
}

std::string AuthPayload(const V1Stream& stream, size_t n) {
  for (const V1Message& message : stream.messages) {
    const bool request = message.header.type == kAuthMessage;
    if (!request && message.header.type != kAuthReplyMessage) continue;
    if (n-- > 0) continue;
    Decoder d(message.front);
    // Both begin with the protocol; a request has the header of Paxos before it, a reply the result
    // and the global id behind.
    d.Skip(request ? 18 + 4 : 4 + 4 + 8);
    return d.String();
  }
  Die("there are not so many messages of authentication");
}

uint64_t ReplyGlobalId(const V1Stream& stream, size_t n) {
  for (const V1Message& message : stream.messages) {
    if (message.header.type != kAuthReplyMessage || n-- > 0) continue;
    Decoder d(message.front);
    d.Skip(4 + 4);
    return d.U64();
  }
  Die("there are not so many replies");
}

}  // namespace siphon::cephx
