#include "services/common/start_network_stack.h"

#include <string>
#include <utility>

#include "net/make_network_stack.h"

namespace siphon {

absl::StatusOr<std::unique_ptr<NetworkStack>> StartNetworkStack(const Config& config) {
  const std::string driver = config.GetString("ms_async_driver");
  NetworkStackOptions options;
  options.workers = static_cast<int>(config.GetInt("ms_async_op_threads"));
  options.event_driver = driver;
  absl::StatusOr<std::unique_ptr<NetworkStack>> stack =
      MakeNetworkStack(config.GetString("ms_type"), options);
  if (!stack.ok()) return stack.status();
  if (absl::Status status = (*stack)->Start(); !status.ok()) return status;
  return stack;
}

}  // namespace siphon
