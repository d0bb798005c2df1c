// WatchReactor: one Watch call: writes a sample, waits for the interval, writes the next.
//
// At any time exactly one thing is under way, a write or the alarm; whichever ends after the call
// was cancelled finishes it. So it ends at once when the client leaves or the server stops.
//
// Ownership: its own; deletes itself when gRPC is done with it.
// Threads: gRPC's.
#ifndef SIPHON_ADMIN_WATCH_REACTOR_H_
#define SIPHON_ADMIN_WATCH_REACTOR_H_

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "admin/admin_service.h"
#include "base/mutex.h"

namespace siphon {

class WatchReactor final : public grpc::ServerWriteReactor<admin::v1::WatchResponse> {
 public:
  // Counts itself in `watchers` as long as it lives.
  WatchReactor(AdminService* service, std::shared_ptr<std::atomic<int>> watchers,
               admin::v1::WatchRequest request);

  // One of the two, once.
  void Begin();
  void Refuse(const absl::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  ~WatchReactor() override { watchers_->fetch_sub(1); }
  void WriteSample();
  void OnAlarm(bool ok);
  void FinishCancelled();

  AdminService* const service_;
  const std::shared_ptr<std::atomic<int>> watchers_;
  const admin::v1::WatchRequest request_;
  absl::Duration interval_;
  admin::v1::WatchResponse sample_;  // must live while it is being written

  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);  // null: a write is under way
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_WATCH_REACTOR_H_
