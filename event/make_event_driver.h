// MakeEventDriver: an event driver by its name in ms_async_driver.
#ifndef SIPHON_EVENT_MAKE_EVENT_DRIVER_H_
#define SIPHON_EVENT_MAKE_EVENT_DRIVER_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "event/event_driver.h"

namespace siphon {

// How many descriptors a worker expects.
inline constexpr int kDefaultExpectedEvents = 5000;

// Makes and initialises the driver: "epoll" or "poll".
// NotFound: none of that name (the message lists them). Unavailable: the kernel refuses it.
absl::StatusOr<std::unique_ptr<EventDriver>> MakeEventDriver(std::string_view name,
                                                             int expected = kDefaultExpectedEvents);

}  // namespace siphon

#endif  // SIPHON_EVENT_MAKE_EVENT_DRIVER_H_
