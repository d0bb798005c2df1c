// WatchTable: who watches the objects of one placement group now, and which notifications have not
// been answered by all.
//
// A watch is kept with its object (ObjectInfo::watches); here is its live side: the connection, and
// when it lapses. A watch read from the store waits for its client to come back. Each lapses when
// its client gave no sign of life for the watch's time-out; the placement group is told, and
// removes it from the object.
//
// A notification ends when each watcher has answered or is gone, or at its time-out; the notifier
// is then sent all answers, and who is missing.
//
// Threads: one at a time, under the placement group's lock. Options' callbacks run on the timer's
// thread without it. After Clear() none of them comes for what was there.
// Bounds: by the clients' own watches and notifications, each of which a request brought.
#ifndef SIPHON_SERVICES_OSD_PG_WATCH_TABLE_H_
#define SIPHON_SERVICES_OSD_PG_WATCH_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/clock.h"
#include "msg/connection.h"
#include "msg/entity_name.h"
#include "services/common/timer.h"
#include "services/osd/pg/object_info.h"
#include "services/osd/pg/op_effects.h"
#include "services/rados/hobject.h"

namespace siphon::osd {

class WatchTable {
 public:
  struct Options {
    Timer* timer = nullptr;  // null: nothing lapses
    Clock* clock = &Clock::Real();
    // A watch may have lapsed: call OnDue().
    std::function<void(const rados::HObject&, const WatchKey&)> on_watch_due;
    // A notification is overdue: call ExpireNotify().
    std::function<void(uint64_t)> on_notify_due;
  };

  explicit WatchTable(Options options) : options_(std::move(options)) {}
  // Sets the callbacks; before anything else is called.
  void Listen(std::function<void(const rados::HObject&, const WatchKey&)> on_watch_due,
              std::function<void(uint64_t)> on_notify_due) {
    options_.on_watch_due = std::move(on_watch_due);
    options_.on_notify_due = std::move(on_notify_due);
  }
  ~WatchTable() { Clear(); }

  // Lets the watches that `object` was kept with wait for their clients.
  void Populate(const rados::HObject& object, const std::map<WatchKey, WatchInfo>& watches);
  bool IsConnected(const rados::HObject& object, const WatchKey& key) const;
  uint64_t NextNotifyId(uint32_t epoch) {
    return uint64_t{epoch} << 32 | (++last_notify_ & 0xffffffff);
  }

  // Performs what a request of `client` on `connection` brought. `version`: the object's.
  void Perform(const rados::HObject& object, const OpEffects& effects, const EntityName& client,
               const ConnectionPtr& connection, uint64_t version);
  void Remove(const rados::HObject& object, const WatchKey& key, bool tell);
  // True if the watch has lapsed; if not, it is looked at again when it may have.
  bool OnDue(const rados::HObject& object, const WatchKey& key);
  void ExpireNotify(uint64_t id);
  // The connection is gone; its watches wait for their client.
  void OnReset(const Connection* connection);
  // Watches for which `pred` holds.
  std::vector<std::pair<rados::HObject, WatchKey>> Find(
      const std::function<bool(const WatchInfo&)>& pred) const;
  // All, with their objects.
  struct Listed {
    rados::HObject object;
    WatchKey key;
    WatchInfo info;
  };
  std::vector<Listed> List() const;
  // Forgets everything, without a word to anyone.
  void Clear();

  size_t watches() const { return watches_.size(); }
  size_t notifies() const { return notifies_.size(); }

 private:
  using Place = std::pair<rados::HObject, WatchKey>;
  struct Watch {
    WatchInfo info;
    ConnectionPtr connection;
    bool pings = true;
    MonoNanos alive_at = 0;
    Timer::Id timer = 0;
    std::set<uint64_t> notifies;  // that it has not answered
  };
  struct Notify {
    ConnectionPtr connection;
    EntityName client;
    uint64_t cookie = 0;
    uint64_t version = 0;
    BufferList payload;
    Timer::Id timer = 0;
    std::set<WatchKey> waits_for;
    std::vector<std::pair<WatchKey, BufferList>> replies;
  };

  // The range of one object's watches.
  std::map<Place, Watch>::iterator Begin(const rados::HObject& object) {
    return watches_.lower_bound({object, WatchKey()});
  }
  void Connect(const rados::HObject& object, const OpEffects::Connect& connect,
               const ConnectionPtr& connection);
  void Start(const rados::HObject& object, const OpEffects::Notify& wanted,
             const EntityName& client, const ConnectionPtr& connection, uint64_t version);
  void Acknowledge(const rados::HObject& object, const OpEffects::Ack& ack,
                   const EntityName& client);
  void SendNotify(const Watch& watch, const WatchKey& key, uint64_t id, const Notify& notify);
  // A watcher of the notification has answered, or is gone.
  void Settle(uint64_t id, const WatchKey& key, const BufferList* reply);
  void Complete(uint64_t id, bool timed_out);
  void Arm(const Place& place, Watch& watch, absl::Duration delay);
  void Disarm(Watch& watch);
  void Touch(const Place& place, Watch& watch);

  Options options_;
  std::map<Place, Watch> watches_;
  std::map<uint64_t, Notify> notifies_;
  uint64_t last_notify_ = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_WATCH_TABLE_H_
