// Replays a corpus through a fuzz target, so that plain test runs keep what fuzzing has found.
//
// Each argument is a file or a folder of files. Without arguments the target gets random inputs,
// the same ones in each run. Under libFuzzer (SIPHON_LIBFUZZER) this file is empty: libFuzzer
// brings the main program.
#ifndef SIPHON_LIBFUZZER

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kRandomInputs = 10'000;
constexpr size_t kMaxRandomSize = 512;  // bytes

// A copy of exactly the input's size, so that AddressSanitizer sees reads past its end.
void RunOne(const std::vector<uint8_t>& input) {
  const std::vector<uint8_t> copy(input);
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

bool RunFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> input((std::istreambuf_iterator<char>(file)),
                                   std::istreambuf_iterator<char>());
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return false;
  }
  // Named first: if the target ends the process, the last line says by which input.
  std::printf("%s (%zu bytes)\n", path.c_str(), input.size());
  std::fflush(stdout);
  RunOne(input);
  return true;
}

int RunRandom() {
  std::mt19937_64 random(20220623);
  for (int i = 0; i < kRandomInputs; ++i) {
    std::vector<uint8_t> input(random() % (kMaxRandomSize + 1));
    for (uint8_t& byte : input) byte = static_cast<uint8_t>(random());
    RunOne(input);
  }
  std::printf("no corpus: ran %d random inputs\n", kRandomInputs);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return RunRandom();
  int ran = 0;
  for (int i = 1; i < argc; ++i) {
    const std::filesystem::path path(argv[i]);
    if (!std::filesystem::is_directory(path)) {
      if (!RunFile(path)) return 1;
      ++ran;
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (!entry.is_regular_file()) continue;
      if (!RunFile(entry.path())) return 1;
      ++ran;
    }
  }
  std::printf("ran %d inputs\n", ran);
  return ran > 0 ? 0 : 1;
}

#endif  // SIPHON_LIBFUZZER
