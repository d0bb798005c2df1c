#include "net/make_network_stack.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "net/posix_stack.h"

namespace siphon {

absl::StatusOr<std::unique_ptr<NetworkStack>> MakeNetworkStack(std::string_view transport,
                                                               const NetworkStackOptions& options) {
  if (transport != "posix" && transport != "async+posix" && transport != "async") {
    return absl::NotFoundError(absl::StrCat("no transport \"", AbslView(transport),
                                            "\"; ms_type is async+posix (or posix, async)"));
  }
  Clock* const clock = options.clock != nullptr ? options.clock : &Clock::Real();
  return PosixStack::Create(options.workers, options.event_driver, clock);
}

}  // namespace siphon
