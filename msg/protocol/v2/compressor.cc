#include "msg/protocol/v2/compressor.h"

#include <lz4.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "base/decoder.h"

namespace siphon::v2 {
namespace {

// What one byte can become at most, by each format.
constexpr size_t kMaxSnappyRatio = 32;       // three bytes repeat 64
constexpr size_t kMaxLz4Ratio = 256;         // a byte adds 255 to a length
constexpr size_t kMaxZstdRatio = 128 << 10;  // a block of one byte repeated
constexpr int kZlibLevel = 5;
constexpr int kZstdLevel = 1;
constexpr int kRawDeflate = -15;  // the window's bits, negative for no header
constexpr int kZlibMemory = 8;
constexpr size_t kZlibChunk = 64 << 10;
constexpr size_t kPage = 4096;

absl::Status Damaged(CompressionAlgorithm algorithm) {
  return absl::DataLossError(absl::StrCat("a compressed segment is not what ",
                                          AbslView(CompressionAlgorithmName(algorithm)),
                                          " makes: the peer's compression is broken"));
}

absl::Status TooLarge(size_t size, size_t max_size) {
  return absl::ResourceExhaustedError(absl::StrCat(
      "a compressed segment becomes ", size, " bytes or more; ", max_size, " are allowed here"));
}

absl::Status LibraryFailed(CompressionAlgorithm algorithm) {
  return absl::InternalError(
      absl::StrCat(AbslView(CompressionAlgorithmName(algorithm)), " does not compress"));
}

// Room for a segment of a length that the peer states.
absl::StatusOr<Buffer> Room(CompressionAlgorithm algorithm, uint64_t claimed, size_t compressed,
                            size_t ratio, size_t max_size) {
  if (claimed > max_size) return TooLarge(claimed, max_size);
  // A segment is compressed only if it has bytes.
  if (claimed == 0 || claimed / ratio > compressed) return Damaged(algorithm);
  return claimed < kPage ? Buffer::Allocate(claimed) : Buffer::AllocateAligned(claimed, kPage);
}

void PutU32(char* at, size_t value) {
  const uint32_t v = static_cast<uint32_t>(value);
  std::memcpy(at, &v, sizeof(v));
}

// --- snappy

Buffer SnappyCompress(std::string_view plain) {
  Buffer out = Buffer::Allocate(snappy::MaxCompressedLength(plain.size()));
  size_t size = 0;
  snappy::RawCompress(plain.data(), plain.size(), out.mutable_data(), &size);
  out.RemoveSuffix(out.size() - size);
  return out;
}

absl::StatusOr<Buffer> SnappyDecompress(std::string_view in, size_t max_size) {
  constexpr auto kSnappy = CompressionAlgorithm::kSnappy;
  size_t claimed = 0;
  if (!snappy::GetUncompressedLength(in.data(), in.size(), &claimed)) return Damaged(kSnappy);
  absl::StatusOr<Buffer> out = Room(kSnappy, claimed, in.size(), kMaxSnappyRatio, max_size);
  if (!out.ok()) return out;
  if (!snappy::RawUncompress(in.data(), in.size(), out->mutable_data())) return Damaged(kSnappy);
  return out;
}

// --- zlib

absl::StatusOr<Buffer> ZlibCompress(std::string_view plain) {
  z_stream stream = {};
  if (deflateInit2(&stream, kZlibLevel, Z_DEFLATED, kRawDeflate, kZlibMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return LibraryFailed(CompressionAlgorithm::kZlib);
  }
  Buffer out = Buffer::Allocate(1 + deflateBound(&stream, plain.size()));
  out.mutable_data()[0] = 0;  // the mark of zlib
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.mutable_data() + 1);
  stream.avail_out = static_cast<uInt>(out.size() - 1);
  const int result = deflate(&stream, Z_FINISH);
  out.RemoveSuffix(stream.avail_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return LibraryFailed(CompressionAlgorithm::kZlib);
  return out;
}

// Decompresses into pieces: the format does not tell the length.
absl::Status Inflate(z_stream* stream, size_t max_size, std::vector<Buffer>* pieces) {
  size_t size = 0;
  while (true) {
    // One byte more than is allowed shows that there would be more.
    Buffer piece = Buffer::Allocate(std::min(kZlibChunk, max_size - size + 1));
    stream->next_out = reinterpret_cast<Bytef*>(piece.mutable_data());
    stream->avail_out = static_cast<uInt>(piece.size());
    const int result = inflate(stream, Z_NO_FLUSH);
    const bool filled = stream->avail_out == 0;
    piece.RemoveSuffix(stream->avail_out);
    size += piece.size();
    if (size > max_size) return TooLarge(size, max_size);
    pieces->push_back(std::move(piece));
    if (result == Z_STREAM_END) break;
    if (result != Z_OK || !filled) return Damaged(CompressionAlgorithm::kZlib);
  }
  if (stream->avail_in != 0 || size == 0) return Damaged(CompressionAlgorithm::kZlib);
  return absl::OkStatus();
}

absl::StatusOr<Buffer> ZlibDecompress(std::string_view in, size_t max_size) {
  z_stream stream = {};
  if (in.size() < 2 || inflateInit2(&stream, kRawDeflate) != Z_OK) {
    return Damaged(CompressionAlgorithm::kZlib);
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data() + 1));
  stream.avail_in = static_cast<uInt>(in.size() - 1);
  std::vector<Buffer> pieces;
  const absl::Status status = Inflate(&stream, max_size, &pieces);
  inflateEnd(&stream);
  if (!status.ok()) return status;
  if (pieces.size() == 1) return std::move(pieces[0]);
  size_t size = 0;
  for (const Buffer& piece : pieces) size += piece.size();
  Buffer out = Buffer::AllocateAligned(size, kPage);
  char* at = out.mutable_data();
  for (const Buffer& piece : pieces) {
    std::memcpy(at, piece.data(), piece.size());
    at += piece.size();
  }
  return out;
}

// --- zstd

// Contexts are large, and every thread needs one of each at most.
struct FreeZstd {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

absl::StatusOr<Buffer> ZstdCompress(std::string_view plain) {
  static thread_local std::unique_ptr<ZSTD_CCtx, FreeZstd> context(ZSTD_createCCtx());
  constexpr size_t kLength = sizeof(uint32_t);
  Buffer out = Buffer::Allocate(kLength + ZSTD_compressBound(plain.size()));
  PutU32(out.mutable_data(), plain.size());
  const size_t size =
      ZSTD_compressCCtx(context.get(), out.mutable_data() + kLength, out.size() - kLength,
                        plain.data(), plain.size(), kZstdLevel);
  if (ZSTD_isError(size)) return LibraryFailed(CompressionAlgorithm::kZstd);
  out.RemoveSuffix(out.size() - kLength - size);
  return out;
}

absl::StatusOr<Buffer> ZstdDecompress(std::string_view in, size_t max_size) {
  static thread_local std::unique_ptr<ZSTD_DCtx, FreeZstd> context(ZSTD_createDCtx());
  constexpr auto kZstd = CompressionAlgorithm::kZstd;
  Decoder d(in);
  const uint32_t claimed = d.U32();
  const std::string_view body = d.Rest();
  if (!d.ok()) return Damaged(kZstd);
  absl::StatusOr<Buffer> out = Room(kZstd, claimed, body.size(), kMaxZstdRatio, max_size);
  if (!out.ok()) return out;
  const size_t size = ZSTD_decompressDCtx(context.get(), out->mutable_data(), out->size(),
                                          body.data(), body.size());
  if (ZSTD_isError(size) || size != claimed) return Damaged(kZstd);
  return out;
}

// --- lz4

absl::StatusOr<Buffer> Lz4Compress(std::string_view plain) {
  constexpr size_t kHead = 3 * sizeof(uint32_t);
  if (plain.size() > LZ4_MAX_INPUT_SIZE) return LibraryFailed(CompressionAlgorithm::kLz4);
  const int length = static_cast<int>(plain.size());
  const int bound = LZ4_compressBound(length);
  Buffer out = Buffer::Allocate(kHead + static_cast<size_t>(bound));
  const int size = LZ4_compress_default(plain.data(), out.mutable_data() + kHead, length, bound);
  if (size <= 0) return LibraryFailed(CompressionAlgorithm::kLz4);
  PutU32(out.mutable_data(), 1);
  PutU32(out.mutable_data() + sizeof(uint32_t), plain.size());
  PutU32(out.mutable_data() + 2 * sizeof(uint32_t), static_cast<size_t>(size));
  out.RemoveSuffix(out.size() - kHead - static_cast<size_t>(size));
  return out;
}

absl::StatusOr<Buffer> Lz4Decompress(std::string_view in, size_t max_size) {
  constexpr auto kLz4 = CompressionAlgorithm::kLz4;
  constexpr size_t kPair = 2 * sizeof(uint32_t);
  Decoder d(in);
  const uint32_t count = d.Count(kPair);
  Decoder pairs(d.Raw(count * kPair));
  const std::string_view body = d.Rest();
  if (!d.ok()) return Damaged(kLz4);
  uint64_t claimed = 0;
  Decoder lengths = pairs;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t length = lengths.U32();
    if (length == 0 || length > LZ4_MAX_INPUT_SIZE) return Damaged(kLz4);
    lengths.U32();
    claimed += length;
  }
  absl::StatusOr<Buffer> out = Room(kLz4, claimed, body.size(), kMaxLz4Ratio, max_size);
  if (!out.ok()) return out;
  LZ4_streamDecode_t stream;
  LZ4_setStreamDecode(&stream, nullptr, 0);
  std::string_view rest = body;
  char* at = out->mutable_data();
  for (uint32_t i = 0; i < count; ++i) {
    const int length = static_cast<int>(pairs.U32());
    const uint32_t size = pairs.U32();
    if (size == 0 || size > rest.size() || size > INT_MAX) return Damaged(kLz4);
    if (LZ4_decompress_safe_continue(&stream, rest.data(), at, static_cast<int>(size), length) !=
        length) {
      return Damaged(kLz4);
    }
    rest.remove_prefix(size);
    at += length;
  }
  if (!rest.empty()) return Damaged(kLz4);
  return out;
}

}  // namespace

absl::StatusOr<Buffer> Compress(CompressionAlgorithm algorithm, BufferList plain) {
  const std::string_view bytes = plain.Flatten();
  if (bytes.size() > INT_MAX) return LibraryFailed(algorithm);
  switch (algorithm) {
    case CompressionAlgorithm::kSnappy:
      return SnappyCompress(bytes);
    case CompressionAlgorithm::kZlib:
      return ZlibCompress(bytes);
    case CompressionAlgorithm::kZstd:
      return ZstdCompress(bytes);
    case CompressionAlgorithm::kLz4:
      return Lz4Compress(bytes);
    case CompressionAlgorithm::kNone:
      break;
  }
  return LibraryFailed(algorithm);
}

absl::StatusOr<Buffer> Decompress(CompressionAlgorithm algorithm, std::string_view compressed,
                                  size_t max_size) {
  switch (algorithm) {
    case CompressionAlgorithm::kSnappy:
      return SnappyDecompress(compressed, max_size);
    case CompressionAlgorithm::kZlib:
      return ZlibDecompress(compressed, max_size);
    case CompressionAlgorithm::kZstd:
      return ZstdDecompress(compressed, max_size);
    case CompressionAlgorithm::kLz4:
      return Lz4Decompress(compressed, max_size);
    case CompressionAlgorithm::kNone:
      break;
  }
  return Damaged(algorithm);
}

}  // namespace siphon::v2
