#include "msg/protocol/v2/frame_compression.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "msg/protocol/v2/compressor.h"

namespace siphon::v2 {

bool FrameCompression::Compress(absl::Span<BufferList> segments) const {
  size_t size = 0;
  for (const BufferList& segment : segments) size += segment.size();
  if (!enabled() || size == 0 || size < min_size_) return false;
  std::array<BufferList, kMaxSegments> compressed;
  size_t compressed_size = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].empty()) continue;
    absl::StatusOr<Buffer> made = siphon::v2::Compress(algorithm_, segments[i]);
    if (!made.ok()) return false;  // it goes as it is
    compressed_size += made->size();
    if (compressed_size >= size) return false;
    compressed[i].Append(*std::move(made));
  }
  for (size_t i = 0; i < segments.size(); ++i) segments[i] = std::move(compressed[i]);
  return true;
}

absl::Status FrameCompression::Decompress(absl::Span<Buffer> segments, const Limits& limits) const {
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].empty()) continue;
    absl::StatusOr<Buffer> plain =
        siphon::v2::Decompress(algorithm_, segments[i].view(), limits[i]);
    if (!plain.ok()) {
      return absl::Status(plain.status().code(),
                          absl::StrCat("segment ", i, " of a frame: ", plain.status().message()));
    }
    segments[i] = *std::move(plain);
  }
  return absl::OkStatus();
}

}  // namespace siphon::v2
