// Fuzzes the decompressors with segments that no compressor made, and all of it forth and back. The
// first byte chooses the algorithm, and whether the rest is plain.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/compressor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siphon;
  constexpr size_t kMaxSize = 64 << 10;
  if (size < 2 || size > kMaxSize) return 0;
  const auto algorithm = static_cast<v2::CompressionAlgorithm>(1 + (data[0] & 3));
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 4) == 0) {
    const absl::StatusOr<Buffer> plain = v2::Decompress(algorithm, bytes, kMaxSize);
    if (plain.ok() && (plain->empty() || plain->size() > kMaxSize)) __builtin_trap();
    return 0;
  }
  const absl::StatusOr<Buffer> made = v2::Compress(algorithm, BufferList::CopyOf(bytes));
  if (!made.ok()) __builtin_trap();
  const absl::StatusOr<Buffer> back = v2::Decompress(algorithm, made->view(), bytes.size());
  if (!back.ok() || back->view() != bytes) __builtin_trap();
  return 0;
}
