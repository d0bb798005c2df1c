// StartNetworkStack: the network stack that a process's options ask for.
#ifndef SIPHON_SERVICES_COMMON_START_NETWORK_STACK_H_
#define SIPHON_SERVICES_COMMON_START_NETWORK_STACK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/config.h"
#include "net/network_stack.h"

namespace siphon {

// Made by ms_type, ms_async_op_threads and ms_async_driver, and started: call it after the process
// went into the background. Errors: as MakeNetworkStack() and NetworkStack::Start().
absl::StatusOr<std::unique_ptr<NetworkStack>> StartNetworkStack(const Config& config);

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_START_NETWORK_STACK_H_
