// CompressionPolicy: with whom a messenger compresses, how, and how two of them agree (Ceph 17 and
// later): only traffic to OSDs is compressed, when ms_osd_compress_mode is "force"; encrypted
// connections only with ms_compress_secure, since lengths then tell of the contents. The accepting
// side picks the first of the dialler's algorithms that it has itself.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_COMPRESSION_POLICY_H_
#define SIPHON_MSG_PROTOCOL_V2_COMPRESSION_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "base/config.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_type.h"
#include "msg/protocol/v2/compression_frames.h"
#include "msg/protocol/v2/frame_compression.h"

namespace siphon::v2 {

struct CompressionPolicy {
  bool compress_to_osds = false;     // ms_osd_compress_mode is "force"
  bool compress_secure = false;      // ms_compress_secure
  size_t min_size = 1024;            // ms_osd_compress_min_size, bytes
  std::vector<uint32_t> algorithms;  // ms_osd_compression_algorithm, best first

  // InvalidArgument: an option has a value that is none.
  static absl::StatusOr<CompressionPolicy> FromConfig(const Config& config);

  bool Wants(EntityType peer, ConMode mode) const;
  CompressionRequestFrame Request(EntityType peer, ConMode mode) const;
  CompressionDoneFrame Answer(const CompressionRequestFrame& request, EntityType peer,
                              ConMode mode) const;
  // What the dialling side uses after `done`, by its own `request`. InvalidArgument: the peer chose
  // what was not offered.
  absl::StatusOr<FrameCompression> Agreed(const CompressionRequestFrame& request,
                                          const CompressionDoneFrame& done) const;
  // What the accepting side uses after its own answer.
  FrameCompression Agreed(const CompressionDoneFrame& done) const;
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_COMPRESSION_POLICY_H_
