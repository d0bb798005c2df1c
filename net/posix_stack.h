// PosixStack: workers that are threads, over the kernel's TCP.
//
// Threads and errors: NetworkStack's. A stopped stack may be started again. Destroying it stops it.
#ifndef SIPHON_NET_POSIX_STACK_H_
#define SIPHON_NET_POSIX_STACK_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "net/network_stack.h"

namespace siphon {

class PosixStack final : public NetworkStack {
 public:
  // InvalidArgument: `workers` is not 1 to kMaxWorkers. NotFound, Unavailable: as MakeEventDriver.
  static absl::StatusOr<std::unique_ptr<PosixStack>> Create(int workers,
                                                            std::string_view event_driver,
                                                            Clock* clock);
  ~PosixStack() override;

  std::string_view name() const override { return "posix"; }
  // ResourceExhausted: the system gives no more threads; none runs then.
  absl::Status Start() override;
  void Stop() override;

 private:
  PosixStack() = default;
};

}  // namespace siphon

#endif  // SIPHON_NET_POSIX_STACK_H_
