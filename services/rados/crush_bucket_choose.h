// CrushBucketChoose: draws one item of a bucket.
//
// Each algorithm trades speed for how few items move when the bucket changes; straw2 is what
// clusters use, the others are found in old ones.
//
// Threads: any; pure functions.
#ifndef SIPHON_SERVICES_RADOS_CRUSH_BUCKET_CHOOSE_H_
#define SIPHON_SERVICES_RADOS_CRUSH_BUCKET_CHOOSE_H_

#include <cstddef>
#include <cstdint>

#include "services/rados/crush_map.h"

namespace siphon::rados {

// The item for input `x` and draw `r`. The bucket must not be empty. `arg` (may be null) replaces
// weights and ids, by `position` in the result.
int32_t CrushBucketChoose(const CrushBucket& bucket, const CrushChooseArg* arg, uint32_t x,
                          uint32_t r, size_t position);

// Draws from a permutation of the items, so that as many draws as items hit each once.
int32_t CrushPermutationChoose(const CrushBucket& bucket, uint32_t x, uint32_t r);

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_CRUSH_BUCKET_CHOOSE_H_
