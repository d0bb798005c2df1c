// Crush hashes: the mixing functions that placement is drawn from (Ceph's "rjenkins1").
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_RADOS_CRUSH_HASH_H_
#define SIPHON_SERVICES_RADOS_CRUSH_HASH_H_

#include <cstdint>

namespace siphon::rados {

// Bob Jenkins' 96-bit mix of 1997; all three change. Object names are hashed with it too.
inline void JenkinsMix(uint32_t& a, uint32_t& b, uint32_t& c) {
  a = (a - b - c) ^ (c >> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >> 13);
  a = (a - b - c) ^ (c >> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >> 5);
  a = (a - b - c) ^ (c >> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >> 15);
}

uint32_t CrushHash2(uint32_t a, uint32_t b);
uint32_t CrushHash3(uint32_t a, uint32_t b, uint32_t c);
uint32_t CrushHash4(uint32_t a, uint32_t b, uint32_t c, uint32_t d);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CRUSH_HASH_H_
