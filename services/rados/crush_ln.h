// CrushLn: the fixed-point logarithm that straw2 buckets draw with.
#ifndef SIPHON_SERVICES_RADOS_CRUSH_LN_H_
#define SIPHON_SERVICES_RADOS_CRUSH_LN_H_

#include <cstdint>

namespace siphon::rados {

// 2^44 * log2(x + 1), as exactly as Ceph does it, for x in [0, 0xffff].
int64_t CrushLn(uint32_t x);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CRUSH_LN_H_
