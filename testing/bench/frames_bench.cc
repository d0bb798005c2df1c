// frames_bench: bytes per second that msgr v2 frames are written and read at, by mode, by the size
// of the data, and compressed. One processor, no sockets: what is left for a connection at most.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "benchmark/benchmark.h"
#include "glog/logging.h"
#include "msg/protocol/output_buffer.h"
#include "msg/protocol/v2/compression_algorithm.h"
#include "msg/protocol/v2/frame_assembler.h"
#include "msg/protocol/v2/frame_compression.h"
#include "msg/protocol/v2/frame_disassembler.h"
#include "msg/protocol/v2/frame_tag.h"

namespace siphon::v2 {
namespace {

constexpr size_t kHeader = 41;
constexpr size_t kFront = 200;
constexpr FrameCompression::Limits kLimits = {1 << 20, 1 << 20, 1 << 20, 64 << 20};

enum Mode { kCrc, kSecure };

std::string Secret() { return std::string(64, 's'); }

std::vector<BufferList> Message(size_t data) {
  Buffer bytes = Buffer::AllocateAligned(data, 4096);
  // A third of it repeats, about as text does.
  for (size_t i = 0; i < data; ++i) {
    bytes.mutable_data()[i] = static_cast<char>(i % 3 == 0 ? 'a' : i * 2654435761u >> 16);
  }
  return {BufferList::CopyOf(std::string(kHeader, 'h')),
          BufferList::CopyOf(std::string(kFront, 'f')), BufferList(), BufferList(bytes)};
}

FrameAssembler NewAssembler(Mode mode, CompressionAlgorithm algorithm) {
  FrameAssembler assembler;
  assembler.set_revision1(true);
  if (mode == kSecure) CHECK(assembler.EnableSecure(Secret(), /*connecting=*/true).ok());
  assembler.EnableCompression({algorithm, 1024});
  return assembler;
}

// Arguments: mode, data bytes, compression.
void WriteFrames(benchmark::State& state) {
  const std::vector<BufferList> message = Message(static_cast<size_t>(state.range(1)));
  FrameAssembler assembler = NewAssembler(static_cast<Mode>(state.range(0)),
                                          static_cast<CompressionAlgorithm>(state.range(2)));
  OutputBuffer out;
  for (auto _ : state) {
    CHECK(assembler.Append(Tag::kMessage, message, &out).ok());
    benchmark::DoNotOptimize(out.size());
    out.Clear();
  }
  state.SetBytesProcessed(state.iterations() * state.range(1));
}

// Frames that were written before, so many that the reader does not see one twice: their nonces
// differ. Bytes are copied to where the disassembler wants them, as from a socket.
void ReadFrames(benchmark::State& state) {
  const auto mode = static_cast<Mode>(state.range(0));
  const auto algorithm = static_cast<CompressionAlgorithm>(state.range(2));
  const std::vector<BufferList> message = Message(static_cast<size_t>(state.range(1)));
  const size_t count = std::max<size_t>(1, (16 << 20) / static_cast<size_t>(state.range(1)));
  FrameAssembler assembler = NewAssembler(mode, algorithm);
  OutputBuffer out;
  for (size_t i = 0; i < count; ++i) {
    CHECK(assembler.Append(Tag::kMessage, message, &out).ok());
  }
  const std::string stream = out.ToString();
  for (auto _ : state) {
    FrameDisassembler disassembler;
    disassembler.set_revision1(true);
    if (mode == kSecure) CHECK(disassembler.EnableSecure(Secret(), /*connecting=*/false).ok());
    disassembler.EnableCompression({algorithm, 1024}, kLimits);
    std::string_view rest = stream;
    size_t frames = 0;
    while (true) {
      if (const absl::Span<char> target = disassembler.DirectTarget(); !target.empty()) {
        const size_t n = std::min<size_t>({target.size(), rest.size(), 256 << 10});
        std::memcpy(target.data(), rest.data(), n);
        rest.remove_prefix(n);
        disassembler.CommitDirect(n);
        if (n < target.size()) continue;
      }
      const absl::StatusOr<FrameDisassembler::Event> event = disassembler.Consume(&rest);
      CHECK(event.ok()) << event.status();
      if (*event == FrameDisassembler::Event::kNeedMore) break;
      if (*event == FrameDisassembler::Event::kFrame) ++frames;
    }
    CHECK_EQ(frames, count);
  }
  state.SetBytesProcessed(state.iterations() * state.range(1) * static_cast<int64_t>(count));
}

void ModesAndSizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"secure", "data", "compression"});
  for (const Mode mode : {kCrc, kSecure}) {
    for (const int data : {64, 4 << 10, 64 << 10, 4 << 20}) bench->Args({mode, data, 0});
  }
  for (const int algorithm : {1, 2, 3, 4}) bench->Args({kCrc, 64 << 10, algorithm});
}

BENCHMARK(WriteFrames)->Apply(ModesAndSizes);
BENCHMARK(ReadFrames)->Apply(ModesAndSizes);

}  // namespace
}  // namespace siphon::v2

BENCHMARK_MAIN();
