// Compress() and Decompress(): one segment of a frame, in the forms that Ceph's compressors give it
// (Ceph 17, from its sources):
//
//   snappy  its own block format, which begins with the length
//   zlib    u8 mark, and deflate without a header; the mark tells which library wrote it
//   zstd    u32 length of what was compressed, and a frame of zstd
//   lz4     u32 n, n times (u32 length, u32 compressed length), and n blocks, each of which may
//           refer to those before it
//
// Threads: any.
#ifndef SIPHON_MSG_PROTOCOL_V2_COMPRESSOR_H_
#define SIPHON_MSG_PROTOCOL_V2_COMPRESSOR_H_

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "msg/protocol/v2/compression_algorithm.h"

namespace siphon::v2 {

// `plain` is not empty. The result may be larger than it.
// Internal: the library fails, or `plain` is longer than it takes.
absl::StatusOr<Buffer> Compress(CompressionAlgorithm algorithm, BufferList plain);

// Takes memory for `max_size` bytes at most, and not for more than `compressed` can become whatever
// length it claims. ResourceExhausted: it becomes more. DataLoss: it is not what the algorithm
// makes.
absl::StatusOr<Buffer> Decompress(CompressionAlgorithm algorithm, std::string_view compressed,
                                  size_t max_size);

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_COMPRESSOR_H_
