#include "msg/protocol/v2/compression_policy.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "msg/protocol/v2/compression_algorithm.h"

namespace siphon::v2 {

absl::StatusOr<CompressionPolicy> CompressionPolicy::FromConfig(const Config& config) {
  CompressionPolicy policy;
  const std::string mode = config.GetString("ms_osd_compress_mode");
  if (mode != "none" && mode != "force") {
    return absl::InvalidArgumentError(
        absl::StrCat("ms_osd_compress_mode: \"", mode, "\" is none; give none or force"));
  }
  policy.compress_to_osds = mode == "force";
  policy.compress_secure = config.GetBool("ms_compress_secure");
  policy.min_size = static_cast<size_t>(config.GetInt("ms_osd_compress_min_size"));
  absl::StatusOr<std::vector<uint32_t>> algorithms =
      ParseCompressionAlgorithms(config.GetString("ms_osd_compression_algorithm"));
  if (!algorithms.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("ms_osd_compression_algorithm: ", algorithms.status().message()));
  }
  policy.algorithms = *std::move(algorithms);
  return policy;
}

bool CompressionPolicy::Wants(EntityType peer, ConMode mode) const {
  return compress_to_osds && peer == kEntityOsd && !algorithms.empty() &&
         (compress_secure || mode != ConMode::kSecure);
}

CompressionRequestFrame CompressionPolicy::Request(EntityType peer, ConMode mode) const {
  CompressionRequestFrame request{.compress = Wants(peer, mode), .preferred_algorithms = {}};
  if (request.compress) request.preferred_algorithms = algorithms;
  return request;
}

CompressionDoneFrame CompressionPolicy::Answer(const CompressionRequestFrame& request,
                                               EntityType peer, ConMode mode) const {
  if (!request.compress || !Wants(peer, mode)) return {};
  for (const uint32_t algorithm : request.preferred_algorithms) {
    if (std::find(algorithms.begin(), algorithms.end(), algorithm) != algorithms.end()) {
      return {.compress = true, .algorithm = algorithm};
    }
  }
  return {};
}

absl::StatusOr<FrameCompression> CompressionPolicy::Agreed(const CompressionRequestFrame& request,
                                                           const CompressionDoneFrame& done) const {
  const std::vector<uint32_t>& offered = request.preferred_algorithms;
  if (done.compress && (!request.compress || std::find(offered.begin(), offered.end(),
                                                       done.algorithm) == offered.end())) {
    return absl::InvalidArgumentError(
        absl::StrCat("the peer chose compression ", done.algorithm,
                     " (1 snappy, 2 zlib, 3 zstd, 4 lz4), which was not offered"));
  }
  return Agreed(done);
}

FrameCompression CompressionPolicy::Agreed(const CompressionDoneFrame& done) const {
  if (!done.compress) return {};
  return {static_cast<CompressionAlgorithm>(done.algorithm), min_size};
}

}  // namespace siphon::v2
