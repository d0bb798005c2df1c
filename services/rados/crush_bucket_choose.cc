#include "services/rados/crush_bucket_choose.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "services/rados/crush_hash.h"
#include "services/rados/crush_ln.h"

namespace siphon::rados {
namespace {

int32_t ChooseList(const CrushBucket& b, uint32_t x, uint32_t r) {
  for (size_t i = b.items.size(); i-- > 0;) {
    const uint64_t draw = CrushHash4(x, b.items[i], r, b.id) & 0xffff;
    if ((draw * b.extra[i]) >> 16 < b.weights[i]) return b.items[i];
  }
  return b.items[0];  // all weights are 0
}

// Nodes are numbered so that item i is the odd node 2i + 1, and a node's height is the number of
// its trailing zero bits.
int32_t ChooseTree(const CrushBucket& b, uint32_t x, uint32_t r) {
  uint32_t node = static_cast<uint32_t>(b.weights.size()) >> 1;
  while ((node & 1) == 0) {
    const uint64_t draw =
        (static_cast<uint64_t>(CrushHash4(x, node, r, b.id)) * b.weights[node]) >> 32;
    const uint32_t half = 1u << (std::countr_zero(node) - 1);
    const uint32_t left = node - half;
    node = draw < b.weights[left] ? left : node + half;
  }
  return b.items[std::min<size_t>(node >> 1, b.items.size() - 1)];
}

int32_t ChooseStraw(const CrushBucket& b, uint32_t x, uint32_t r) {
  size_t best = 0;
  uint64_t longest = 0;
  for (size_t i = 0; i < b.items.size(); ++i) {
    const uint64_t draw = static_cast<uint64_t>(CrushHash3(x, b.items[i], r) & 0xffff) * b.extra[i];
    if (i == 0 || draw > longest) {
      best = i;
      longest = draw;
    }
  }
  return b.items[best];
}

int32_t ChooseStraw2(const CrushBucket& b, const CrushChooseArg* arg, uint32_t x, uint32_t r,
                     size_t position) {
  const std::vector<uint32_t>* weights = &b.weights;
  const std::vector<int32_t>* ids = &b.items;
  if (arg && !arg->weight_sets.empty())
    weights = &arg->weight_sets[std::min(position, arg->weight_sets.size() - 1)];
  if (arg && !arg->ids.empty()) ids = &arg->ids;
  size_t best = 0;
  int64_t longest = 0;
  for (size_t i = 0; i < b.items.size(); ++i) {
    int64_t draw = std::numeric_limits<int64_t>::min();
    if ((*weights)[i] != 0) {
      // An exponentially distributed straw: the logarithm of a fraction, by the weight.
      const int64_t ln = CrushLn(CrushHash3(x, (*ids)[i], r) & 0xffff) - (int64_t{1} << 48);
      draw = ln / static_cast<int64_t>((*weights)[i]);
    }
    if (i == 0 || draw > longest) {
      best = i;
      longest = draw;
    }
  }
  return b.items[best];
}

}  // namespace

int32_t CrushPermutationChoose(const CrushBucket& b, uint32_t x, uint32_t r) {
  const uint32_t size = static_cast<uint32_t>(b.items.size());
  const uint32_t wanted = r % size;
  std::vector<uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  for (uint32_t p = 0; p <= wanted && p + 1 < size; ++p)
    std::swap(order[p], order[p + CrushHash3(x, b.id, p) % (size - p)]);
  return b.items[order[wanted]];
}

int32_t CrushBucketChoose(const CrushBucket& b, const CrushChooseArg* arg, uint32_t x, uint32_t r,
                          size_t position) {
  switch (b.algorithm) {
    case CrushBucket::kUniform:
      return CrushPermutationChoose(b, x, r);
    case CrushBucket::kList:
      return ChooseList(b, x, r);
    case CrushBucket::kTree:
      return ChooseTree(b, x, r);
    case CrushBucket::kStraw:
      return ChooseStraw(b, x, r);
    default:
      return ChooseStraw2(b, arg, x, r, position);
  }
}

}  // namespace siphon::rados
