#include "services/rados/crush_mapper.h"

#include <algorithm>

#include "services/rados/crush_bucket_choose.h"
#include "services/rados/crush_hash.h"

namespace siphon::rados {
namespace {

constexpr int32_t kItemUndefined = 0x7ffffffe;
constexpr int kMaxWork = 1 << 20;  // choices for one input

class Mapper {
 public:
  Mapper(const CrushMap& map, uint32_t x, size_t result_max, absl::Span<const uint32_t> weights,
         const std::map<uint32_t, CrushChooseArg>* choose_args)
      : map_(map),
        x_(x),
        result_max_(result_max),
        weights_(weights),
        choose_args_(choose_args),
        choose_tries_(map.tunables.choose_total_tries + 1),
        local_tries_(map.tunables.choose_local_tries),
        local_fallback_tries_(map.tunables.choose_local_fallback_tries),
        vary_r_(map.tunables.chooseleaf_vary_r),
        stable_(map.tunables.chooseleaf_stable != 0) {}

  std::vector<int32_t> Run(const CrushRule& rule);

 private:
  // What one step looks for, and where it writes. `out` and `leaves` have room for `position` of
  // every call; `leaves` is null unless a device is wanted below each item.
  struct Search {
    const CrushBucket& start;
    int32_t type;
    uint32_t tries;
    uint32_t leaf_tries;
    uint32_t parent_r;
    int32_t* out;
    int32_t* leaves;
  };

  bool IsOut(int32_t device) const;
  bool Valid(int32_t item) const {
    return item < 0 ? map_.FindBucket(item) != nullptr : item < map_.max_devices;
  }
  int32_t TypeOf(int32_t item) const { return item < 0 ? map_.FindBucket(item)->type : 0; }
  int32_t Choose(const CrushBucket& bucket, uint32_t r, size_t position) const;
  bool Spend() { return work_ > 0 && work_-- > 0; }

  void ChooseStep(const CrushRule::Step& step);
  // Fills out[first..first + room) from the left, as far as `replicas` allow; returns where it
  // ended.
  size_t FirstN(const Search& s, uint32_t replicas, size_t first, size_t room);
  // One position of FirstN; false when it stays empty.
  bool FirstNOne(const Search& s, uint32_t replica, size_t position, size_t room);
  // Whether `item` cannot be taken: out itself, or no device below it can be had.
  bool Rejected(const Search& s, int32_t item, uint32_t r, size_t position, size_t room);
  // Fills each of out[first..first + count), with kCrushItemNone if it must.
  void Indep(const Search& s, uint32_t replicas, size_t first, size_t count);
  // Tries one position once; true when it is settled.
  bool IndepOne(const Search& s, uint32_t replicas, size_t first, size_t count, size_t position,
                uint32_t round);

  const CrushMap& map_;
  const uint32_t x_;
  const size_t result_max_;
  const absl::Span<const uint32_t> weights_;
  const std::map<uint32_t, CrushChooseArg>* const choose_args_;
  uint32_t choose_tries_;
  uint32_t leaf_tries_ = 0;
  uint32_t local_tries_;
  uint32_t local_fallback_tries_;
  uint32_t vary_r_;
  bool stable_;
  int work_ = kMaxWork;
  std::vector<int32_t> working_;
};

bool Mapper::IsOut(int32_t device) const {
  if (static_cast<size_t>(device) >= weights_.size()) return true;
  const uint32_t weight = weights_[device];
  if (weight >= kCrushWeightOne) return false;
  return weight == 0 || (CrushHash2(x_, device) & 0xffff) >= weight;
}

int32_t Mapper::Choose(const CrushBucket& bucket, uint32_t r, size_t position) const {
  const CrushChooseArg* arg = nullptr;
  if (choose_args_) {
    const auto it = choose_args_->find(static_cast<uint32_t>(-1 - bucket.id));
    if (it != choose_args_->end()) arg = &it->second;
  }
  return CrushBucketChoose(bucket, arg, x_, r, position);
}

size_t Mapper::FirstN(const Search& s, uint32_t replicas, size_t first, size_t room) {
  size_t position = first;
  for (uint32_t rep = stable_ ? 0 : first; rep < replicas && room > 0 && work_ > 0; ++rep) {
    if (!FirstNOne(s, rep, position, room)) continue;
    ++position;
    --room;
  }
  return position;
}

bool Mapper::FirstNOne(const Search& s, uint32_t replica, size_t position, size_t room) {
  uint32_t failures = 0;
  const CrushBucket* in = &s.start;
  uint32_t local_failures = 0;
  while (Spend()) {
    const uint32_t r = replica + s.parent_r + failures;
    bool collides = false;
    if (!in->items.empty()) {
      const bool permute = local_fallback_tries_ > 0 && local_failures >= in->items.size() / 2 &&
                           local_failures > local_fallback_tries_;
      const int32_t item = permute ? CrushPermutationChoose(*in, x_, r) : Choose(*in, r, position);
      if (!Valid(item)) return false;
      if (TypeOf(item) != s.type) {
        if (item >= 0) return false;
        in = map_.FindBucket(item);
        continue;
      }
      collides = std::find(s.out, s.out + position, item) != s.out + position;
      if (!collides && !Rejected(s, item, r, position, room)) {
        s.out[position] = item;
        return true;
      }
    }
    ++failures;
    ++local_failures;
    if (collides && local_failures <= local_tries_) continue;
    if (local_fallback_tries_ > 0 && local_failures <= in->items.size() + local_fallback_tries_)
      continue;
    if (failures >= s.tries) return false;
    in = &s.start;
    local_failures = 0;
  }
  return false;
}

bool Mapper::Rejected(const Search& s, int32_t item, uint32_t r, size_t position, size_t room) {
  if (s.leaves && item < 0) {
    const uint32_t sub_r = vary_r_ == 0 ? 0 : vary_r_ > 32 ? 0 : r >> (vary_r_ - 1);
    const Search below{*map_.FindBucket(item), 0, s.leaf_tries, 0, sub_r, s.leaves, nullptr};
    return FirstN(below, stable_ ? 1 : position + 1, position, room) <= position;
  }
  if (s.leaves) s.leaves[position] = item;
  return s.type == 0 && IsOut(item);
}

void Mapper::Indep(const Search& s, uint32_t replicas, size_t first, size_t count) {
  const size_t end = first + count;
  std::fill(s.out + first, s.out + end, kItemUndefined);
  if (s.leaves) std::fill(s.leaves + first, s.leaves + end, kItemUndefined);
  size_t left = count;
  for (uint32_t round = 0; left > 0 && round < s.tries && work_ > 0; ++round)
    for (size_t position = first; position < end; ++position)
      if (s.out[position] == kItemUndefined && IndepOne(s, replicas, first, count, position, round))
        --left;
  for (size_t position = first; position < end; ++position) {
    if (s.out[position] == kItemUndefined) s.out[position] = kCrushItemNone;
    if (s.leaves && s.leaves[position] == kItemUndefined) s.leaves[position] = kCrushItemNone;
  }
}

bool Mapper::IndepOne(const Search& s, uint32_t replicas, size_t first, size_t count,
                      size_t position, uint32_t round) {
  const CrushBucket* in = &s.start;
  while (Spend() && !in->items.empty()) {
    // A uniform bucket's permutation must not repeat itself from round to round.
    const bool repeats = in->algorithm == CrushBucket::kUniform && in->items.size() % replicas == 0;
    const uint32_t r =
        static_cast<uint32_t>(position) + s.parent_r + (repeats ? replicas + 1 : replicas) * round;
    const int32_t item = Choose(*in, r, first);
    const bool wrong_type = Valid(item) && TypeOf(item) != s.type;
    if (!Valid(item) || (wrong_type && item >= 0)) {
      s.out[position] = kCrushItemNone;
      if (s.leaves) s.leaves[position] = kCrushItemNone;
      return true;
    }
    if (wrong_type) {
      in = map_.FindBucket(item);
      continue;
    }
    if (std::find(s.out + first, s.out + first + count, item) != s.out + first + count)
      return false;
    if (s.leaves && item < 0) {
      const Search below{*map_.FindBucket(item), 0, s.leaf_tries, 0, r, s.leaves, nullptr};
      Indep(below, replicas, position, 1);
      if (s.leaves[position] == kCrushItemNone) return false;
    } else if (s.leaves) {
      s.leaves[position] = item;
    }
    if (s.type == 0 && IsOut(item)) return false;
    s.out[position] = item;
    return true;
  }
  return false;
}

void Mapper::ChooseStep(const CrushRule::Step& step) {
  const bool to_leaf =
      step.op == CrushRule::kChooseLeafFirstN || step.op == CrushRule::kChooseLeafIndep;
  const bool first_n =
      step.op == CrushRule::kChooseFirstN || step.op == CrushRule::kChooseLeafFirstN;
  std::vector<int32_t> out(result_max_, kCrushItemNone);
  std::vector<int32_t> leaves(result_max_, kCrushItemNone);
  size_t size = 0;
  for (const int32_t from : working_) {
    int64_t replicas = step.arg1;
    if (replicas <= 0) replicas += static_cast<int64_t>(result_max_);
    const CrushBucket* bucket = from < 0 ? map_.FindBucket(from) : nullptr;
    if (replicas <= 0 || !bucket) continue;
    Search search{*bucket,
                  step.arg2,
                  choose_tries_,
                  1,
                  0,
                  out.data() + size,
                  to_leaf ? leaves.data() + size : nullptr};
    const size_t room = result_max_ - size;
    if (leaf_tries_ != 0) search.leaf_tries = leaf_tries_;
    if (first_n) {
      if (leaf_tries_ == 0 && map_.tunables.chooseleaf_descend_once == 0)
        search.leaf_tries = choose_tries_;
      size += FirstN(search, static_cast<uint32_t>(replicas), 0, room);
    } else {
      const size_t count = std::min<size_t>(replicas, room);
      Indep(search, static_cast<uint32_t>(replicas), 0, count);
      size += count;
    }
  }
  working_ = to_leaf ? std::move(leaves) : std::move(out);
  working_.resize(size);
}

std::vector<int32_t> Mapper::Run(const CrushRule& rule) {
  std::vector<int32_t> result;
  for (const CrushRule::Step& step : rule.steps) {
    switch (step.op) {
      case CrushRule::kTake:
        if (Valid(step.arg1)) working_ = {step.arg1};
        break;
      case CrushRule::kSetChooseTries:
        if (step.arg1 > 0) choose_tries_ = step.arg1;
        break;
      case CrushRule::kSetChooseLeafTries:
        if (step.arg1 > 0) leaf_tries_ = step.arg1;
        break;
      case CrushRule::kSetChooseLocalTries:
        if (step.arg1 >= 0) local_tries_ = step.arg1;
        break;
      case CrushRule::kSetChooseLocalFallbackTries:
        if (step.arg1 >= 0) local_fallback_tries_ = step.arg1;
        break;
      case CrushRule::kSetChooseLeafVaryR:
        if (step.arg1 >= 0) vary_r_ = step.arg1;
        break;
      case CrushRule::kSetChooseLeafStable:
        if (step.arg1 >= 0) stable_ = step.arg1 != 0;
        break;
      case CrushRule::kChooseFirstN:
      case CrushRule::kChooseIndep:
      case CrushRule::kChooseLeafFirstN:
      case CrushRule::kChooseLeafIndep:
        ChooseStep(step);
        break;
      case CrushRule::kEmit:
        for (const int32_t item : working_)
          if (result.size() < result_max_) result.push_back(item);
        working_.clear();
        break;
      default:
        break;
    }
  }
  return result;
}

}  // namespace

std::vector<int32_t> CrushDoRule(const CrushMap& map, int32_t rule, uint32_t x, size_t result_max,
                                 absl::Span<const uint32_t> weights, int64_t choose_args) {
  const CrushRule* found = map.FindRule(rule);
  if (!found) return {};
  auto set = map.choose_args.find(choose_args);
  if (set == map.choose_args.end()) set = map.choose_args.find(CrushMap::kDefaultChooseArgs);
  return Mapper(map, x, result_max, weights, set == map.choose_args.end() ? nullptr : &set->second)
      .Run(*found);
}

}  // namespace siphon::rados
