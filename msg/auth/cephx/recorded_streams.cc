#include "msg/auth/cephx/recorded_streams.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/decoder.h"
#include "msg/protocol/v1/wire.h"

namespace siphon::cephx {
namespace {

constexpr char kFolder[] = "testing/vectors/streams/";
constexpr uint16_t kAuthMessage = 17;
constexpr uint16_t kAuthReplyMessage = 18;
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

// Everything after the handshake.
void ReadV1Messages(Decoder& d, V1Stream* stream) {
  while (d.ok() && d.remaining() > 0) {
    const auto tag = static_cast<v1::Tag>(d.U8());
    if (tag == v1::Tag::kAck || tag == v1::Tag::kKeepalive2 || tag == v1::Tag::kKeepalive2Ack) {
      d.Skip(8);
    } else if (tag == v1::Tag::kMsg) {
      const std::string_view bytes = d.Raw(v1::kHeaderSize);
      V1Message message;
      message.header = *v1::DecodeHeader(bytes, true);
      message.header_crc = Decoder(bytes.substr(bytes.size() - 4)).U32();
      message.front = std::string(d.Raw(message.header.front_len));
      d.Skip(message.header.middle_len + message.header.data_len);
      message.footer = v1::DecodeFooter(d.Raw(v1::kFooterSize));
      stream->messages.push_back(message);
    } else if (tag != v1::Tag::kClose) {
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
  d.Skip(v1::kBanner.size() + v1::kAddrSize);
  V1Stream stream;
  // Connect messages, until a message, an acknowledged number or a keepalive begins; a connect
  // message begins with the low byte of the features, which is no tag.
  while (static_cast<uint8_t>(d.Rest()[0]) == 0xff) {
    const v1::ConnectMsg connect = v1::ConnectMsg::Decode(d.Raw(v1::kConnectSize));
    stream.authorizers.emplace_back(d.Raw(connect.authorizer_len));
  }
  // After SEQ a client says what it has: nothing.
  if (d.Rest().substr(0, 8) == std::string_view("\0\0\0\0\0\0\0\0", 8)) d.Skip(8);
  ReadV1Messages(d, &stream);
  return stream;
}

V1Stream ReadV1Server(const std::string& name) {
  const std::string bytes = LoadStream(name + ".server.bin");
  Decoder d(bytes);
  d.Skip(v1::kBanner.size() + 2 * v1::kAddrSize);
  V1Stream stream;
  for (;;) {
    const v1::ConnectReply reply = v1::ConnectReply::Decode(d.Raw(v1::kConnectReplySize));
    stream.authorizers.emplace_back(d.Raw(reply.authorizer_len));
    if (reply.tag == v1::Tag::kSeq) d.Skip(8);
    if (reply.tag == v1::Tag::kSeq || reply.tag == v1::Tag::kReady) break;
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
