// FairQueue: items of several classes (connections), served in turn.
//
// Items of one class keep their order. Pop() takes one item of the class that has waited longest
// for its turn; a class that was empty joins behind all others.
//
// Cost: every operation is O(1) but for RemoveClass(), which is linear in what it removes. Entries
// come from a pool that several queues share, so that a queue in a steady state allocates nothing.
// Threads: one at a time, together with all queues of the pool. The pool outlives its queues.
#ifndef SIPHON_DISPATCH_FAIR_QUEUE_H_
#define SIPHON_DISPATCH_FAIR_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace siphon {

template <typename T>
class FairQueue {
  struct Node {
    T item{};
    uint64_t cost = 0;
    Node* next = nullptr;
  };
  // A class with at least one item, in the ring of those.
  struct Class {
    uint64_t id = 0;
    Node* head = nullptr;
    Node* tail = nullptr;
    Class* before = nullptr;
    Class* after = nullptr;
  };

 public:
  // Keeps entries that are not in use, up to a bound.
  class Pool {
   public:
    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

   private:
    friend class FairQueue;
    static constexpr size_t kMaxFree = 1024;

    template <typename E>
    static E* Take(std::vector<std::unique_ptr<E>>* free) {
      if (free->empty()) return new E;
      E* entry = free->back().release();
      free->pop_back();
      return entry;
    }
    // Without its contents, which the caller has moved away.
    template <typename E>
    static void Give(std::vector<std::unique_ptr<E>>* free, E* entry) {
      std::unique_ptr<E> owned(entry);
      if (free->size() >= kMaxFree) return;
      *owned = E{};
      free->push_back(std::move(owned));
    }

    std::vector<std::unique_ptr<Node>> nodes_;
    std::vector<std::unique_ptr<Class>> classes_;
  };

  explicit FairQueue(Pool* pool) : pool_(pool) {}
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;
  ~FairQueue() {
    while (!empty()) Pop();
  }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  void Push(uint64_t id, uint64_t cost, T item) {
    Node* node = Pool::Take(&pool_->nodes_);
    node->item = std::move(item);
    node->cost = cost;
    Class*& cls = classes_[id];
    if (cls == nullptr) {
      cls = Pool::Take(&pool_->classes_);
      cls->id = id;
      cls->head = node;
      JoinRing(cls);
    } else {
      cls->tail->next = node;
    }
    cls->tail = node;
    ++size_;
  }

  // The cost of what Pop() takes next. Not for an empty queue.
  uint64_t front_cost() const { return turn_->head->cost; }

  // Not for an empty queue.
  T Pop() {
    Class* cls = turn_;
    T item = TakeHead(cls);
    turn_ = cls->after;
    if (cls->head == nullptr) DropClass(cls);
    return item;
  }

  // Moves every item of class `id` to the end of `removed`, in order.
  void RemoveClass(uint64_t id, std::vector<T>* removed) {
    const auto it = classes_.find(id);
    if (it == classes_.end()) return;
    Class* cls = it->second;
    while (cls->head != nullptr) removed->push_back(TakeHead(cls));
    DropClass(cls);
  }

  // Calls `f(const T&)` with the oldest item of each class.
  template <typename F>
  void ForEachFront(F f) const {
    for (const auto& [id, cls] : classes_) f(cls->head->item);
  }

 private:
  T TakeHead(Class* cls) {
    Node* node = cls->head;
    T item = std::move(node->item);
    cls->head = node->next;
    Pool::Give(&pool_->nodes_, node);
    --size_;
    return item;
  }

  void JoinRing(Class* cls) {
    if (turn_ == nullptr) {
      cls->before = cls->after = turn_ = cls;
      return;
    }
    cls->after = turn_;
    cls->before = turn_->before;
    cls->before->after = cls;
    turn_->before = cls;
  }

  void DropClass(Class* cls) {
    classes_.erase(cls->id);
    if (cls->after == cls) {
      turn_ = nullptr;
    } else {
      cls->before->after = cls->after;
      cls->after->before = cls->before;
      if (turn_ == cls) turn_ = cls->after;
    }
    Pool::Give(&pool_->classes_, cls);
  }

  Pool* const pool_;
  absl::flat_hash_map<uint64_t, Class*> classes_;
  Class* turn_ = nullptr;  // whose turn is next, in the ring of all classes
  size_t size_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_DISPATCH_FAIR_QUEUE_H_
