#include "event/make_event_driver.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "event/epoll_driver.h"
#include "event/poll_driver.h"

namespace siphon {

absl::StatusOr<std::unique_ptr<EventDriver>> MakeEventDriver(std::string_view name, int expected) {
  std::unique_ptr<EventDriver> driver;
  if (name == "epoll") {
    driver = std::make_unique<EpollDriver>();
  } else if (name == "poll") {
    driver = std::make_unique<PollDriver>();
  } else {
    return absl::NotFoundError(absl::StrCat("no event driver \"", std::string(name),
                                            "\"; ms_async_driver is epoll or poll"));
  }
  if (absl::Status status = driver->Init(expected); !status.ok()) return status;
  return driver;
}

}  // namespace siphon
