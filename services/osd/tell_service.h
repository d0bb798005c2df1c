// TellService: answers what an OSD is told by a client ("ceph tell osd.0 ...").
//
// Commands run one after another on a thread of their own: a bench or a count of all objects holds
// up nobody else.
// Who may: clients whose capabilities for OSDs are "allow *", or whom nobody asked.
//
// Ownership: everything in Options is borrowed and outlives this.
// Threads: any. Stop() before what the commands use goes away.
#ifndef SIPHON_SERVICES_OSD_TELL_SERVICE_H_
#define SIPHON_SERVICES_OSD_TELL_SERVICE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "msg/message.h"
#include "services/common/commands/command_table.h"

namespace siphon::osd {

class TellService : public Dispatcher {
 public:
  // Commands that wait; one more is refused with EAGAIN.
  static constexpr size_t kMaxWaiting = 64;

  explicit TellService(const CommandTable* commands) : commands_(commands) {}
  ~TellService() override { Stop(); }

  void Start();
  // Drops what waits and waits for what runs. Idempotent.
  void Stop();

  // Runs a command of somebody on this machine ("ceph daemon osd.0 ..."), after the one under way.
  CommandResult Run(const CommandArgs& args);

  bool Dispatch(MessagePtr& message) override;

 private:
  void Work();
  void Answer(Message& message, CommandResult result);
  CommandResult Execute(Message& message);

  const CommandTable* const commands_;
  Mutex running_;  // held while a command runs
  Mutex mutex_;
  CondVar changed_;
  std::deque<MessagePtr> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_TELL_SERVICE_H_
