// CreateMessenger: makes a messenger by its type ("async+posix", "async").
#ifndef SIPHON_MSG_ASYNC_CREATE_MESSENGER_H_
#define SIPHON_MSG_ASYNC_CREATE_MESSENGER_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "msg/async/messenger_options.h"
#include "msg/messenger.h"

namespace siphon {

// InvalidArgument: a type that is none, or a missing option.
absl::StatusOr<std::unique_ptr<Messenger>> CreateMessenger(std::string_view type,
                                                           MessengerOptions options);

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_CREATE_MESSENGER_H_
