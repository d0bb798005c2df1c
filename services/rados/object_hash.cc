#include "services/rados/object_hash.h"

#include <string>

#include "services/rados/crush_hash.h"

namespace siphon::rados {
namespace {

// Up to four bytes from `at`, little-endian; bytes past the end are zero.
uint32_t WordAt(std::string_view bytes, size_t at, size_t max_bytes = 4) {
  uint32_t word = 0;
  for (size_t i = 0; i < max_bytes && at + i < bytes.size(); ++i)
    word |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  return word;
}

}  // namespace

uint32_t ObjectHash(std::string_view name) {
  uint32_t a = 0x9e3779b9;
  uint32_t b = a;
  uint32_t c = 0;
  size_t at = 0;
  for (; name.size() - at >= 12; at += 12) {
    a += WordAt(name, at);
    b += WordAt(name, at + 4);
    c += WordAt(name, at + 8);
    JenkinsMix(a, b, c);
  }
  // The lowest byte of c counts the length, so the last three bytes move up by one.
  c += static_cast<uint32_t>(name.size());
  a += WordAt(name, at);
  b += WordAt(name, at + 4);
  c += WordAt(name, at + 8, 3) << 8;
  JenkinsMix(a, b, c);
  return c;
}

uint32_t ObjectPlacementHash(std::string_view name, std::string_view key, std::string_view nspace) {
  const std::string_view hashed = key.empty() ? name : key;
  if (nspace.empty()) return ObjectHash(hashed);
  std::string qualified(nspace);
  qualified += '\x1f';
  qualified += hashed;
  return ObjectHash(qualified);
}

}  // namespace siphon::rados
