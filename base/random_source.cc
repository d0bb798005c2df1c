#include "base/random_source.h"

#include <glog/logging.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"

namespace siphon {
namespace {

// Hands out the kernel's random bytes, fetched some at a time.
class SystemRandomSource : public RandomSource {
 public:
  uint64_t Next() override {
    MutexLock lock(mutex_);
    if (next_ == words_.size()) Refill();
    return words_[next_++];
  }

 private:
  void Refill() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    // Up to 256 bytes come whole or not at all.
    ssize_t got;
    do {
      got = getrandom(words_.data(), sizeof(words_), 0);
    } while (got < 0 && errno == EINTR);
    PCHECK(got == static_cast<ssize_t>(sizeof(words_))) << "getrandom: the kernel gives no bytes";
    next_ = 0;
  }

  Mutex mutex_;
  std::array<uint64_t, 32> words_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 32;
};

}  // namespace

RandomSource& RandomSource::Real() {
  static auto* const source = new SystemRandomSource;
  return *source;
}

}  // namespace siphon
