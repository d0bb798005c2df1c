#include "net/processor.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "glog/logging.h"

namespace siphon {
namespace {

// After so many connections the worker's others get their turn; the rest waits for the next round.
constexpr int kMaxAcceptsPerRound = 64;
constexpr absl::Duration kPause = absl::Milliseconds(100);

bool MayPass(const absl::Status& status) {
  return absl::IsAlreadyExists(status) || absl::IsUnavailable(status);
}

}  // namespace

Processor::Processor(NetworkStack* stack, Worker* worker, AcceptCallback on_accept)
    : stack_(stack), worker_(worker), on_accept_(std::move(on_accept)) {}

Processor::~Processor() { Stop(); }

absl::Status Processor::Bind(const EntityAddr& addr, const BindOptions& options) {
  {
    MutexLock lock(mutex_);
    if (bound_) {
      return absl::FailedPreconditionError(
          absl::StrCat("bind to ", addr.ToString(), ": already bound to ", addr_.ToString()));
    }
    stopping_ = false;
  }
  options_ = options;
  absl::Status status;
  const int tries = std::max(options.retry_count, 1);
  for (int i = 1; i <= tries; ++i) {
    worker_->center()->SubmitAndWait([&] { status = TryBind(addr); });
    if (status.ok() || !MayPass(status) || i == tries) break;
    LOG(WARNING) << status.message() << "; try " << i << " of " << tries << ", the next in "
                 << absl::FormatDuration(options_.retry_delay);
    if (!WaitForRetry()) break;
  }
  {
    MutexLock lock(mutex_);
    bound_ = status.ok() && !stopping_;
    if (bound_ || (!status.ok() && !stopping_)) return status;
  }
  worker_->center()->SubmitAndWait([this] { Close(); });
  return absl::CancelledError(absl::StrCat("bind to ", addr.ToString(), ": stopped meanwhile"));
}

bool Processor::WaitForRetry() {
  const absl::Time due = absl::Now() + options_.retry_delay;
  MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Duration left = due - absl::Now();
    if (left <= absl::ZeroDuration()) return true;
    stop_requested_.WaitFor(mutex_, left);
  }
  return false;
}

absl::Status Processor::TryBind(const EntityAddr& addr) {
  absl::Status status;
  if (addr.port() == 0 && options_.port_max == 0) {
    status = BindWhereTheSystemChooses(addr);
  } else if (addr.port() == 0) {
    status = BindInRange(addr);
  } else {
    auto listener = worker_->Listen(addr, options_.socket);
    status = listener.status();
    if (listener.ok()) listener_ = *std::move(listener);
  }
  if (!status.ok()) return status;
  addr_ = addr;
  addr_.set_port(listener_->LocalAddr().port());
  VLOG(1) << worker_->center()->name() << ": listening on " << addr_.ToString();
  return absl::OkStatus();
}

absl::Status Processor::BindInRange(EntityAddr addr) {
  for (int port = options_.port_min; port <= options_.port_max; ++port) {
    if (options_.avoid_ports.contains(port)) continue;
    addr.set_port(port);
    auto listener = worker_->Listen(addr, options_.socket);
    if (listener.ok()) {
      listener_ = *std::move(listener);
      return absl::OkStatus();
    }
    // No other port mends an address that is not ours.
    if (!absl::IsAlreadyExists(listener.status())) return listener.status();
  }
  addr.set_port(0);
  std::string avoided;
  if (!options_.avoid_ports.empty()) {
    avoided = absl::StrCat(" (or to be avoided: ", absl::StrJoin(options_.avoid_ports, ", "), ")");
  }
  return absl::AlreadyExistsError(absl::StrCat(
      "bind to ", addr.ToString(), ": every port from ", options_.port_min, " to ",
      options_.port_max, " is taken", avoided, "; widen ms_bind_port_min and ms_bind_port_max"));
}

absl::Status Processor::BindWhereTheSystemChooses(EntityAddr addr) {
  // Unwanted choices are held until a wanted one comes, so that none comes twice.
  std::vector<std::unique_ptr<ServerSocket>> unwanted;
  while (true) {
    auto listener = worker_->Listen(addr, options_.socket);
    if (!listener.ok()) return listener.status();
    if (!options_.avoid_ports.contains((*listener)->LocalAddr().port())) {
      listener_ = *std::move(listener);
      return absl::OkStatus();
    }
    unwanted.push_back(*std::move(listener));
  }
}

void Processor::Start() {
  worker_->center()->SubmitAndWait([this] {
    CHECK(listener_ != nullptr) << "Start() needs a successful Bind()";
    if (started_) return;
    started_ = true;
    Watch();
  });
}

void Processor::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stop_requested_.SignalAll();
    // A Bind() under way sees stopping_ and closes what it opens.
    if (!std::exchange(bound_, false)) return;
  }
  worker_->center()->SubmitAndWait([this] { Close(); });
}

void Processor::Close() {
  if (listener_ == nullptr) return;
  worker_->center()->DeleteTimeEvent(std::exchange(resume_timer_, 0));
  worker_->center()->DeleteFileEvent(listener_->fd(), kEventReadable);
  listener_.reset();
  started_ = false;
  told_out_of_descriptors_ = false;
  consecutive_failures_ = 0;
}

void Processor::Watch() {
  const absl::Status status =
      worker_->center()->CreateFileEvent(listener_->fd(), kEventReadable, this);
  if (status.ok()) return;
  LOG(ERROR) << "watching the listener on " << addr_.ToString() << ": " << status.message()
             << "; trying again in " << absl::FormatDuration(kPause);
  PauseAccepting();
}

void Processor::OnReadable(int /*fd*/) { AcceptAll(); }

void Processor::AcceptAll() {
  // The callback may stop this processor, hence the look at listener_.
  for (int i = 0; i < kMaxAcceptsPerRound && listener_ != nullptr; ++i) {
    std::unique_ptr<ConnectedSocket> socket;
    const int error = listener_->Accept(options_.socket, &socket);
    if (error != 0) {
      if (!GoOnAfter(error)) return;
      continue;
    }
    consecutive_failures_ = 0;
    told_out_of_descriptors_ = false;
    on_accept_(std::move(socket), stack_->AcquireLeastLoaded());
  }
}

bool Processor::GoOnAfter(int error) {
  switch (error) {
    case EAGAIN:
      return false;
    case EINTR:
    case ECONNABORTED:
      return true;
    case EMFILE:
    case ENFILE:
      if (!std::exchange(told_out_of_descriptors_, true)) {
        LOG(ERROR) << addr_.ToString() << ": accept: " << strerror(error)
                   << "; new connections wait until descriptors are free (raise ulimit -n)";
      }
      PauseAccepting();
      return false;
    default:
      ++consecutive_failures_;
      LOG_IF(ERROR, consecutive_failures_ <= options_.max_accept_failures)
          << addr_.ToString() << ": accept: " << strerror(error) << " (failure "
          << consecutive_failures_ << " in a row)";
      // Below the limit the level-triggered watch tries again in the next round.
      if (consecutive_failures_ >= options_.max_accept_failures) PauseAccepting();
      return false;
  }
}

void Processor::PauseAccepting() {
  EventCenter* const center = worker_->center();
  center->DeleteFileEvent(listener_->fd(), kEventReadable);
  resume_timer_ = center->CreateTimeEvent(kPause, [this] {
    resume_timer_ = 0;
    Watch();
  });
}

}  // namespace siphon
