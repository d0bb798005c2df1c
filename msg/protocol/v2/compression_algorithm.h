// CompressionAlgorithm: how the segments of frames are made smaller, by the numbers that peers name
// to each other (Ceph 17 and later, observed in its sources; 16.2 does not compress).
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_COMPRESSION_ALGORITHM_H_
#define SIPHON_MSG_PROTOCOL_V2_COMPRESSION_ALGORITHM_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace siphon::v2 {

enum class CompressionAlgorithm : uint32_t {
  kNone = 0,
  kSnappy = 1,
  kZlib = 2,
  kZstd = 3,
  kLz4 = 4,
};

// "zstd"; "unknown" for a number that this side does not have.
std::string_view CompressionAlgorithmName(CompressionAlgorithm algorithm);
// One that compresses, and that this side has.
bool IsCompression(uint32_t number);

// An ordered list as options have it, "zstd lz4"; spaces, commas and semicolons part names.
// InvalidArgument: a name that is none, or the list is empty.
absl::StatusOr<std::vector<uint32_t>> ParseCompressionAlgorithms(std::string_view list);

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_COMPRESSION_ALGORITHM_H_
