#include "msg/async/create_messenger.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/async/async_messenger.h"

namespace siphon {

absl::StatusOr<std::unique_ptr<Messenger>> CreateMessenger(std::string_view type,
                                                           MessengerOptions options) {
  if (type != "async+posix" && type != "async") {
    return absl::InvalidArgumentError(absl::StrCat("messenger type \"", AbslView(type),
                                                   "\": there are \"async+posix\" and \"async\""));
  }
  if (options.stack == nullptr || options.config == nullptr || options.registry == nullptr) {
    return absl::InvalidArgumentError("a messenger needs a stack, a config and a message registry");
  }
  if (options.clock == nullptr) options.clock = &Clock::Real();
  if (options.random == nullptr) options.random = &RandomSource::Real();
  return std::unique_ptr<Messenger>(
      std::make_unique<AsyncMessenger>(std::string(type), std::move(options)));
}

}  // namespace siphon
