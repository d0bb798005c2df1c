#include "msg/protocol/v2/compression_algorithm.h"

#include <cstddef>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"

namespace siphon::v2 {
namespace {

constexpr std::string_view kNames[] = {"none", "snappy", "zlib", "zstd", "lz4"};

}  // namespace

std::string_view CompressionAlgorithmName(CompressionAlgorithm algorithm) {
  const size_t i = static_cast<size_t>(algorithm);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

bool IsCompression(uint32_t number) { return number > 0 && number < std::size(kNames); }

absl::StatusOr<std::vector<uint32_t>> ParseCompressionAlgorithms(std::string_view list) {
  std::vector<uint32_t> algorithms;
  for (const absl::string_view word :
       absl::StrSplit(AbslView(list), absl::ByAnyChar(" ,;\t"), absl::SkipEmpty())) {
    uint32_t number = 0;
    while (number < std::size(kNames) && AbslView(kNames[number]) != word) ++number;
    if (!IsCompression(number)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", word, "\" is no compression; there are snappy, zlib, zstd and lz4"));
    }
    algorithms.push_back(number);
  }
  if (algorithms.empty()) {
    return absl::InvalidArgumentError("name a compression: snappy, zlib, zstd or lz4");
  }
  return algorithms;
}

}  // namespace siphon::v2
