// What real Ceph programs said to each other while they authenticated, taken out of the recorded
// streams of testing/vectors. Only for tests.
#ifndef SIPHON_MSG_AUTH_CEPHX_RECORDED_STREAMS_H_
#define SIPHON_MSG_AUTH_CEPHX_RECORDED_STREAMS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/random_source.h"
#include "msg/auth/cephx/keyring.h"
#include "msg/message_header.h"

namespace siphon::cephx {

// "NAME" of testing/vectors/streams.
std::string LoadStream(const std::string& name);
Keyring LoadKeyring(const std::string& name);

// v2, up to AUTH_DONE: the payloads of authentication.
struct V2Handshake {
  std::vector<uint32_t> modes;
  std::string request;       // AUTH_REQUEST
  std::string challenge;     // AUTH_REPLY_MORE
  std::string request_more;  // AUTH_REQUEST_MORE
  std::string done;          // AUTH_DONE
  uint64_t global_id = 0;
  uint32_t mode = 0;
};
V2Handshake ReadV2Handshake(const std::string& name);

// v1: what a side sent.
struct V1Message {
  MessageHeader header;
  uint32_t header_crc = 0;
  std::string front;
  MessageFooter footer;
};
struct V1Stream {
  std::vector<std::string> authorizers;  // or the replies to them
  std::vector<V1Message> messages;
};
V1Stream ReadV1Client(const std::string& name);
V1Stream ReadV1Server(const std::string& name);
// The payload of the `n`th MAuth or MAuthReply.
std::string AuthPayload(const V1Stream& stream, size_t n);
uint64_t ReplyGlobalId(const V1Stream& stream, size_t n);

// Gives what it was told to, in order; then zeros.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(std::deque<uint64_t> script) : script_(std::move(script)) {}
  uint64_t Next() override {
    if (script_.empty()) return 0;
    const uint64_t next = script_.front();
    script_.pop_front();
    return next;
  }

 private:
  std::deque<uint64_t> script_;
};

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_RECORDED_STREAMS_H_
