// MakeNetworkStack: a network stack by the name of its transport (ms_type).
#ifndef SIPHON_NET_MAKE_NETWORK_STACK_H_
#define SIPHON_NET_MAKE_NETWORK_STACK_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "net/network_stack.h"

namespace siphon {

struct NetworkStackOptions {
  int workers = 3;                          // ms_async_op_threads, 1 to kMaxWorkers
  std::string_view event_driver = "epoll";  // ms_async_driver
  Clock* clock = nullptr;                   // null: the real one
};

// Makes a stack by the name of its transport: "posix" (also "async+posix", "async"). It is not
// started yet.
// NotFound: no transport or event driver of that name. InvalidArgument: a number of workers out of
// range. Unavailable: the kernel refuses the event driver.
absl::StatusOr<std::unique_ptr<NetworkStack>> MakeNetworkStack(std::string_view transport,
                                                               const NetworkStackOptions& options);

}  // namespace siphon

#endif  // SIPHON_NET_MAKE_NETWORK_STACK_H_
