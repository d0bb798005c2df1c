#include "services/osd/pg/xxhash.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace siphon::osd {
namespace {

template <typename T>
struct Primes;
template <>
struct Primes<uint32_t> {
  static constexpr std::array<uint32_t, 5> kPrime = {0x9E3779B1u, 0x85EBCA77u, 0xC2B2AE3Du,
                                                     0x27D4EB2Fu, 0x165667B1u};
  static constexpr int kRoundTurn = 13;
};
template <>
struct Primes<uint64_t> {
  static constexpr std::array<uint64_t, 5> kPrime = {0x9E3779B185EBCA87u, 0xC2B2AE3D27D4EB4Fu,
                                                     0x165667B19E3779F9u, 0x85EBCA77C2B2AE63u,
                                                     0x27D4EB2F165667C5u};
  static constexpr int kRoundTurn = 31;
};

template <typename T>
T Load(std::string_view bytes) {
  T v;
  std::memcpy(&v, bytes.data(), sizeof(T));
  return v;
}

template <typename T>
T Round(T accumulator, T input) {
  const auto& p = Primes<T>::kPrime;
  return std::rotl(accumulator + input * p[1], Primes<T>::kRoundTurn) * p[0];
}

// The four lanes over all whole stripes, which are taken off `bytes`.
template <typename T>
std::array<T, 4> Stripes(std::string_view* bytes, T seed) {
  const auto& p = Primes<T>::kPrime;
  std::array<T, 4> lanes = {seed + p[0] + p[1], seed + p[1], seed, seed - p[0]};
  while (bytes->size() >= 4 * sizeof(T)) {
    for (T& lane : lanes) {
      lane = Round(lane, Load<T>(*bytes));
      bytes->remove_prefix(sizeof(T));
    }
  }
  return lanes;
}

template <typename T>
T Join(const std::array<T, 4>& lanes) {
  return std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
         std::rotl(lanes[3], 18);
}

}  // namespace

uint32_t Xxhash32(std::string_view bytes, uint32_t seed) {
  const auto& p = Primes<uint32_t>::kPrime;
  const auto length = static_cast<uint32_t>(bytes.size());
  uint32_t h = seed + p[4];
  if (bytes.size() >= 16) h = Join(Stripes<uint32_t>(&bytes, seed));
  h += length;
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    h = std::rotl(h + Load<uint32_t>(bytes) * p[2], 17) * p[3];
  }
  for (const char c : bytes) h = std::rotl(h + static_cast<uint8_t>(c) * p[4], 11) * p[0];
  h = (h ^ h >> 15) * p[1];
  h = (h ^ h >> 13) * p[2];
  return h ^ h >> 16;
}

uint64_t Xxhash64(std::string_view bytes, uint64_t seed) {
  const auto& p = Primes<uint64_t>::kPrime;
  const uint64_t length = bytes.size();
  uint64_t h = seed + p[4];
  if (bytes.size() >= 32) {
    const std::array<uint64_t, 4> lanes = Stripes<uint64_t>(&bytes, seed);
    h = Join(lanes);
    for (const uint64_t lane : lanes) h = (h ^ Round<uint64_t>(0, lane)) * p[0] + p[3];
  }
  h += length;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    h = std::rotl(h ^ Round<uint64_t>(0, Load<uint64_t>(bytes)), 27) * p[0] + p[3];
  }
  if (bytes.size() >= 4) {
    h = std::rotl(h ^ Load<uint32_t>(bytes) * p[0], 23) * p[1] + p[2];
    bytes.remove_prefix(4);
  }
  for (const char c : bytes) h = std::rotl(h ^ static_cast<uint8_t>(c) * p[4], 11) * p[0];
  h = (h ^ h >> 33) * p[1];
  h = (h ^ h >> 29) * p[2];
  return h ^ h >> 32;
}

}  // namespace siphon::osd
