// PrioritizedQueue: what a dispatch queue serves next (messenger model section 4).
//
// Strict items come first, highest priority first. Below them the weighted ones share by token
// buckets: each priority has a bucket that fills, in proportion to the priority, with every item
// served; the lowest priority whose first item costs less than its tokens is served and pays, and
// if none can pay, the highest is served. So a low priority is slowed, not starved. Within one
// priority classes (connections) are served in turn, see FairQueue.
//
// Cost: O(1) in the number of items; Dequeue() is linear in the number of weighted priorities in
// use.
// Threads: one at a time.
#ifndef SIPHON_DISPATCH_PRIORITIZED_QUEUE_H_
#define SIPHON_DISPATCH_PRIORITIZED_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "dispatch/fair_queue.h"

namespace siphon {

template <typename T>
class PrioritizedQueue {
 public:
  // What an item costs lies in [min_cost, max_tokens]; a bucket holds `max_tokens` at most.
  PrioritizedQueue(uint64_t max_tokens, uint64_t min_cost)
      : max_tokens_(max_tokens), min_cost_(std::min(min_cost, max_tokens)) {}
  PrioritizedQueue(const PrioritizedQueue&) = delete;
  PrioritizedQueue& operator=(const PrioritizedQueue&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  void EnqueueStrict(uint64_t id, int priority, T item) {
    BucketAt(&strict_, priority)->second.queue.Push(id, 0, std::move(item));
    ++size_;
  }

  // `priority` is not negative; `cost` in bytes.
  void Enqueue(uint64_t id, int priority, uint64_t cost, T item) {
    cost = std::clamp(cost, min_cost_, max_tokens_);
    BucketAt(&weighted_, priority)->second.queue.Push(id, cost, std::move(item));
    ++size_;
  }

  // Not for an empty queue.
  T Dequeue() {
    --size_;
    if (!strict_.empty()) return PopFrom(&strict_, std::prev(strict_.end()));
    auto it = weighted_.begin();
    while (it != weighted_.end() && it->second.queue.front_cost() >= it->second.tokens) ++it;
    const bool pays = it != weighted_.end();
    if (!pays) it = std::prev(weighted_.end());
    const uint64_t cost = it->second.queue.front_cost();
    if (pays) it->second.tokens -= cost;
    T item = PopFrom(&weighted_, it);
    ShareOutTokens(cost);
    return item;
  }

  // Every item of class `id`, the highest priority's first, each priority's in order.
  std::vector<T> RemoveByClass(uint64_t id) {
    std::vector<T> removed;
    RemoveFrom(&strict_, id, &removed);
    RemoveFrom(&weighted_, id, &removed);
    size_ -= removed.size();
    return removed;
  }

  // Calls `f(int priority, size_t items)`, the highest priority first, without the empty ones.
  template <typename F>
  void ForEachPriority(F f) const {
    for (const Buckets* buckets : {&strict_, &weighted_}) {
      for (auto it = buckets->rbegin(); it != buckets->rend(); ++it) {
        f(it->first, it->second.queue.size());
      }
    }
  }

  // Calls `f(const T&)` with the oldest item of each class in each priority.
  template <typename F>
  void ForEachFront(F f) const {
    for (const Buckets* buckets : {&strict_, &weighted_}) {
      for (const auto& [priority, bucket] : *buckets) bucket.queue.ForEachFront(f);
    }
  }

 private:
  struct Bucket {
    explicit Bucket(typename FairQueue<T>::Pool* pool) : queue(pool) {}
    FairQueue<T> queue;
    uint64_t tokens = 0;
  };
  using Buckets = std::map<int, Bucket>;  // none is empty

  typename Buckets::iterator BucketAt(Buckets* buckets, int priority) {
    const auto it = buckets->lower_bound(priority);
    if (it != buckets->end() && it->first == priority) return it;
    if (buckets == &weighted_) total_priority_ += priority;
    if (spare_.empty()) return buckets->emplace_hint(it, priority, &pool_);
    spare_.key() = priority;
    spare_.mapped().tokens = 0;
    return buckets->insert(it, std::move(spare_));
  }

  T PopFrom(Buckets* buckets, typename Buckets::iterator it) {
    T item = it->second.queue.Pop();
    if (it->second.queue.empty()) DropBucket(buckets, it);
    return item;
  }

  // Keeps one, as a queue that goes empty and full again needs it each time.
  void DropBucket(Buckets* buckets, typename Buckets::iterator it) {
    if (buckets == &weighted_) total_priority_ -= it->first;
    spare_ = buckets->extract(it);
  }

  void RemoveFrom(Buckets* buckets, uint64_t id, std::vector<T>* removed) {
    for (auto it = buckets->end(); it != buckets->begin();) {
      const auto bucket = std::prev(it);
      bucket->second.queue.RemoveClass(id, removed);
      if (bucket->second.queue.empty()) {
        DropBucket(buckets, bucket);
      } else {
        it = bucket;
      }
    }
  }

  void ShareOutTokens(uint64_t cost) {
    if (total_priority_ == 0) return;
    for (auto& [priority, bucket] : weighted_) {
      const uint64_t share = static_cast<uint64_t>(priority) * cost / total_priority_ + 1;
      bucket.tokens = std::min(bucket.tokens + share, max_tokens_);
    }
  }

  const uint64_t max_tokens_;
  const uint64_t min_cost_;
  typename FairQueue<T>::Pool pool_;
  Buckets strict_;
  Buckets weighted_;
  typename Buckets::node_type spare_;
  uint64_t total_priority_ = 0;  // of the weighted ones
  size_t size_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_PRIORITIZED_QUEUE_H_
