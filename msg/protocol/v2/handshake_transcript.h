// HandshakeTranscript: what both sides of a msgr v2 connection said until they knew each other
// (msgr-v2, section 4).
//
// Banner, HELLO and the AUTH frames go over the wire in the clear. Once there is a session key each
// side signs what it received, and the other compares that with what it sent: who changed anything
// on the way, to make them agree on less protection, is found out.
//
// Ownership: holds copies of the bytes, bounded, until Clear(). Threads: one at a time.
#ifndef SIPHON_MSG_PROTOCOL_V2_HANDSHAKE_TRANSCRIPT_H_
#define SIPHON_MSG_PROTOCOL_V2_HANDSHAKE_TRANSCRIPT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace siphon::v2 {

class HandshakeTranscript {
 public:
  // Of each direction. Ceph's longest handshakes take a few KiB.
  static constexpr size_t kMaxBytes = 64 << 10;
  using Signature = std::array<uint8_t, 32>;  // HMAC-SHA256

  // ResourceExhausted: over kMaxBytes. Nothing is kept after Clear().
  absl::Status AddReceived(std::string_view bytes);
  absl::Status AddSent(std::string_view bytes);

  // Of what was received. All zero without a key (auth none).
  Signature Sign(std::string_view session_key) const;
  // Is `signature` the peer's of what was sent? Takes the same time whatever it is.
  bool Verify(std::string_view session_key, const Signature& signature) const;

  // The handshake is over. Frees the memory.
  void Clear();

 private:
  std::string received_;
  std::string sent_;
  bool over_ = false;
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_HANDSHAKE_TRANSCRIPT_H_
