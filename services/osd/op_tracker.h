// OpTracker: which requests an OSD has under way, how far each is, and which took long.
//
// Of finished requests it remembers those that took longest within a time, and the last slow ones,
// as Ceph's dump_historic_ops and dump_historic_slow_ops do.
//
// Threads: any. A request's own events are recorded by one thread at a time. A request costs two
// short locks of one of a few parts; text is made only for what is shown or remembered.
// Ownership: requests keep the tracker's parts alive, so they may outlive it.
#ifndef SIPHON_SERVICES_OSD_OP_TRACKER_H_
#define SIPHON_SERVICES_OSD_OP_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/config.h"
#include "msg/entity_addr.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/osd_reqid.h"

namespace siphon::osd {

class OpTracker {
 public:
  // One request, from its arrival until the last pointer to it goes away.
  class Op;
  using OpPtr = std::unique_ptr<Op>;

  // Both are borrowed and outlive this and all Ops. Changes of the options take effect at once.
  OpTracker(Config* config, Clock* clock);
  ~OpTracker();

  OpPtr Begin(const rados::MOsdOp& request, const EntityAddr& client_addr);

  // JSON with Ceph's fields.
  std::string DumpInFlight() const;
  // Those under way for longer than osd_op_complaint_time.
  std::string DumpBlocked() const;
  std::string DumpHistory(bool by_duration) const;
  std::string DumpSlowHistory() const;

  struct Slow {
    size_t count = 0;        // requests under way for longer than osd_op_complaint_time
    absl::Duration longest;  // of these
    std::string oldest;      // the request that is
  };
  Slow FindSlow() const;
  size_t in_flight() const;

 private:
  struct Record;
  struct State;

  const std::shared_ptr<State> state_;
  const std::shared_ptr<Config::Subscription> option_changes_;
};

class OpTracker::Op {
 public:
  ~Op();
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;

  // `event` is a literal: "waiting for a map".
  void Mark(const char* event);

 private:
  friend class OpTracker;
  Op(std::shared_ptr<State> state, std::shared_ptr<Record> record);

  const std::shared_ptr<State> state_;
  const std::shared_ptr<Record> record_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_TRACKER_H_
