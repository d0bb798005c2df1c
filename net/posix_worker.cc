#include "net/posix_worker.h"

#include <pthread.h>

#include <cstdint>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "glog/logging.h"
#include "net/posix_socket.h"

namespace siphon {

PosixWorker::PosixWorker(int index, std::unique_ptr<EventCenter> center)
    : Worker(index, std::move(center)) {}

PosixWorker::~PosixWorker() {
  RequestStop();
  Join();
}

absl::StatusOr<std::unique_ptr<ServerSocket>> PosixWorker::Listen(const EntityAddr& addr,
                                                                  const SocketOptions& options) {
  DCHECK(center()->InCenter());
  return PosixListen(addr, options);
}

absl::StatusOr<std::unique_ptr<ConnectedSocket>> PosixWorker::Connect(const EntityAddr& addr,
                                                                      const SocketOptions& options,
                                                                      const EntityAddr* bind_from) {
  DCHECK(center()->InCenter());
  return PosixConnect(addr, options, bind_from);
}

absl::Status PosixWorker::Start() {
  if (thread_.joinable()) return absl::OkStatus();
  stop_.store(false, std::memory_order_relaxed);
  Notification running;
  try {
    thread_ = std::thread([this, &running] { Run(&running); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("starting the thread ", center()->name(), ": ", error.what(),
                     "; raise the limit on threads (ulimit -u) or lower ms_async_op_threads"));
  }
  running.WaitForNotification();
  return absl::OkStatus();
}

void PosixWorker::RequestStop() {
  stop_.store(true, std::memory_order_release);
  center()->Wake();
}

void PosixWorker::Join() {
  if (thread_.joinable()) thread_.join();
}

void PosixWorker::Run(Notification* running) {
  pthread_setname_np(pthread_self(), center()->name().c_str());
  center()->SetOwner();
  running->Notify();  // not to be touched from here on
  std::atomic<uint64_t>& running_nanos = counters().running_nanos;
  while (!stop_.load(std::memory_order_acquire)) {
    absl::Duration working;
    center()->ProcessEvents(EventCenter::kMaxWait, &working);
    // This thread alone writes it: no locked instruction is needed.
    running_nanos.store(running_nanos.load(std::memory_order_relaxed) +
                            static_cast<uint64_t>(absl::ToInt64Nanoseconds(working)),
                        std::memory_order_relaxed);
  }
  center()->ClearOwner();
}

}  // namespace siphon
