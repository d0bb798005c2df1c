// FakeClock: time that passes when the test says so.
//
// Threads: any.
#ifndef SIPHON_TESTING_FAKES_FAKE_CLOCK_H_
#define SIPHON_TESTING_FAKES_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "base/clock.h"

namespace siphon {

class FakeClock final : public Clock {
 public:
  absl::Time Now() override { return absl::FromUnixSeconds(1'700'000'000) + Passed(); }
  MonoNanos Monotonic() override { return absl::ToInt64Nanoseconds(Passed()); }
  void Advance(absl::Duration by) { nanos_ += absl::ToInt64Nanoseconds(by); }
  // Since the beginning.
  absl::Duration Passed() const { return absl::Nanoseconds(nanos_.load()); }

 private:
  std::atomic<int64_t> nanos_{0};
};

}  // namespace siphon

#endif  // SIPHON_TESTING_FAKES_FAKE_CLOCK_H_
