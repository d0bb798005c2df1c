#include "admin/watch_reactor.h"

#include <chrono>
#include <utility>

#include "admin/grpc_status.h"

namespace siphon {

WatchReactor::WatchReactor(AdminService* service, std::shared_ptr<std::atomic<int>> watchers,
                           admin::v1::WatchRequest request)
    : service_(service), watchers_(std::move(watchers)), request_(std::move(request)) {
  watchers_->fetch_add(1);
}

void WatchReactor::Begin() {
  const absl::StatusOr<absl::Duration> interval = AdminService::WatchInterval(request_);
  if (!interval.ok()) return Refuse(interval.status());
  interval_ = *interval;
  WriteSample();
}

void WatchReactor::Refuse(const absl::Status& status) { Finish(ToGrpcStatus(status)); }

void WatchReactor::WriteSample() {
  absl::StatusOr<admin::v1::WatchResponse> sample = service_->Sample(request_);
  if (!sample.ok()) return Refuse(sample.status());
  sample_ = *std::move(sample);
  StartWrite(&sample_);
}

void WatchReactor::OnWriteDone(bool ok) {
  if (!ok) return FinishCancelled();
  {
    MutexLock lock(mutex_);
    if (!cancelled_) {
      alarm_ = std::make_unique<grpc::Alarm>();
      alarm_->Set(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(interval_),
                  [this](bool expired) { OnAlarm(expired); });
      return;
    }
  }
  FinishCancelled();
}

void WatchReactor::OnAlarm(bool expired) {
  std::unique_ptr<grpc::Alarm> done;  // destroyed without the lock
  bool cancelled;
  {
    MutexLock lock(mutex_);
    done = std::move(alarm_);
    cancelled = cancelled_ || !expired;
  }
  if (cancelled) return FinishCancelled();
  WriteSample();
}

void WatchReactor::OnCancel() {
  MutexLock lock(mutex_);
  cancelled_ = true;
  // OnAlarm() is called by gRPC's executor, never from within Cancel().
  if (alarm_ != nullptr) alarm_->Cancel();
}

void WatchReactor::FinishCancelled() {
  Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the watch was ended"));
}

}  // namespace siphon
