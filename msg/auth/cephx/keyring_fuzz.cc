// No text harms the parser of keyrings, and what it reads comes back from what it writes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "msg/auth/cephx/keyring.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using siphon::cephx::Keyring;
  const auto keyring = Keyring::Parse({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!keyring.ok()) {
    if (keyring.status().message().empty()) std::abort();
    return 0;
  }
  const auto again = Keyring::Parse(keyring->ToText(), "again");
  // Characters that no line may hold become blanks; then once more is the same.
  if (!again.ok() || again->entries().size() != keyring->entries().size()) std::abort();
  if (Keyring::Parse(again->ToText(), "more")->entries() != again->entries()) std::abort();
  return 0;
}
