#include "net/posix_stack.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event/event_center.h"
#include "event/make_event_driver.h"
#include "net/posix_worker.h"

namespace siphon {
namespace {

PosixWorker& AsPosix(const std::unique_ptr<Worker>& worker) {
  return static_cast<PosixWorker&>(*worker);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PosixStack>> PosixStack::Create(int workers,
                                                               std::string_view event_driver,
                                                               Clock* clock) {
  if (workers < 1 || workers > kMaxWorkers) {
    return absl::InvalidArgumentError(
        absl::StrCat("ms_async_op_threads is ", workers, "; give 1 to ", kMaxWorkers, " workers"));
  }
  std::unique_ptr<PosixStack> stack(new PosixStack());
  for (int i = 0; i < workers; ++i) {
    auto driver = MakeEventDriver(event_driver);
    if (!driver.ok()) return driver.status();
    // The kernel shows 15 letters of a thread's name.
    auto center =
        std::make_unique<EventCenter>(absl::StrCat("msgr-worker-", i), *std::move(driver), clock);
    stack->workers_.push_back(std::make_unique<PosixWorker>(i, std::move(center)));
  }
  return stack;
}

PosixStack::~PosixStack() { Stop(); }

absl::Status PosixStack::Start() {
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (absl::Status status = AsPosix(worker).Start(); !status.ok()) {
      Stop();
      return status;
    }
  }
  return absl::OkStatus();
}

void PosixStack::Stop() {
  // All are told before any is waited for.
  for (const std::unique_ptr<Worker>& worker : workers_) AsPosix(worker).RequestStop();
  for (const std::unique_ptr<Worker>& worker : workers_) AsPosix(worker).Join();
}

}  // namespace siphon
