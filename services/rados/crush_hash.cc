#include "services/rados/crush_hash.h"

namespace siphon::rados {
namespace {

constexpr uint32_t kSeed = 1315423911;
constexpr uint32_t kX = 231232;
constexpr uint32_t kY = 1232;

}  // namespace

uint32_t CrushHash2(uint32_t a, uint32_t b) {
  uint32_t h = kSeed ^ a ^ b;
  uint32_t x = kX;
  uint32_t y = kY;
  JenkinsMix(a, b, h);
  JenkinsMix(x, a, h);
  JenkinsMix(b, y, h);
  return h;
}

uint32_t CrushHash3(uint32_t a, uint32_t b, uint32_t c) {
  uint32_t h = kSeed ^ a ^ b ^ c;
  uint32_t x = kX;
  uint32_t y = kY;
  JenkinsMix(a, b, h);
  JenkinsMix(c, x, h);
  JenkinsMix(y, a, h);
  JenkinsMix(b, x, h);
  JenkinsMix(y, c, h);
  return h;
}

uint32_t CrushHash4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  uint32_t h = kSeed ^ a ^ b ^ c ^ d;
  uint32_t x = kX;
  uint32_t y = kY;
  JenkinsMix(a, b, h);
  JenkinsMix(c, d, h);
  JenkinsMix(a, x, h);
  JenkinsMix(y, b, h);
  JenkinsMix(c, x, h);
  JenkinsMix(y, d, h);
  return h;
}

}  // namespace siphon::rados
