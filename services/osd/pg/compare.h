// Compare: the comparisons of CMPXATTR and OMAP_CMP (Ceph's CEPH_OSD_CMPXATTR_OP_...).
#ifndef SIPHON_SERVICES_OSD_PG_COMPARE_H_
#define SIPHON_SERVICES_OSD_PG_COMPARE_H_

#include <cerrno>
#include <cstdint>

namespace siphon::osd {

enum CompareOp : uint8_t {
  kCompareEq = 1,
  kCompareNe = 2,
  kCompareGt = 3,
  kCompareGe = 4,
  kCompareLt = 5,
  kCompareLe = 6,
};

// 1 if `ours OP theirs` holds, 0 if not; -EINVAL for an unknown operation. For attributes, the
// value that the client supplied stands on the left.
template <typename T>
int32_t Compare(uint8_t op, const T& ours, const T& theirs) {
  switch (op) {
    case kCompareEq:
      return ours == theirs;
    case kCompareNe:
      return ours != theirs;
    case kCompareGt:
      return ours > theirs;
    case kCompareGe:
      return ours >= theirs;
    case kCompareLt:
      return ours < theirs;
    case kCompareLe:
      return ours <= theirs;
    default:
      return -EINVAL;
  }
}

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_COMPARE_H_
