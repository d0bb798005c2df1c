// A placement group's watches: what happens to them besides requests.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "glog/logging.h"
#include "services/osd/pg/pg.h"

namespace siphon::osd {

using rados::HObject;

void Pg::ListenToWatches() {
  const std::weak_ptr<Pg> weak = weak_from_this();
  MutexLock lock(mutex_);
  watches_.Listen(
      [weak](const HObject& object, const WatchKey& key) {
        if (const auto self = weak.lock()) self->OnWatchDue(object, key);
      },
      [weak](uint64_t id) {
        if (const auto self = weak.lock()) self->OnNotifyDue(id);
      });
}

void Pg::OnNotifyDue(uint64_t id) {
  MutexLock lock(mutex_);
  watches_.ExpireNotify(id);
}

void Pg::OnWatchDue(const HObject& object, const WatchKey& key) {
  MutexLock lock(mutex_);
  if (!watches_.OnDue(object, key)) return;
  LOG(INFO) << id_.ToString() << ": the watch of " << key.client.ToString() << " on \""
            << object.oid << "\" lapsed";
  EndWatch(object, key);
}

void Pg::EndWatch(const HObject& object, const WatchKey& key) {
  ObjectState head = LoadObject(*collection_, object);
  if (head.present && head.info.watches.erase(key) > 0) {
    Transaction transaction;
    head.info.version = NextVersion(0);
    transaction.SetAttrs(object, {{std::string(ObjectInfo::kAttr), head.info.Encode()}});
    const absl::Status applied = Commit(std::move(transaction), head.info.version, 0);
    LOG_IF(ERROR, !applied.ok()) << id_.ToString() << ": a lapsed watch stays on \"" << object.oid
                                 << "\": " << applied;
  }
  watches_.Remove(object, key, /*tell=*/true);
}

void Pg::OnReset(const Connection* connection) {
  MutexLock lock(mutex_);
  watches_.OnReset(connection);
}

std::vector<WatchTable::Listed> Pg::Watches() {
  MutexLock lock(mutex_);
  return watches_.List();
}

void Pg::DropWatches(const std::function<bool(const EntityAddr&)>& is_blocked) {
  MutexLock lock(mutex_);
  const auto blocked =
      watches_.Find([&](const WatchInfo& watch) { return is_blocked(watch.addr); });
  for (const auto& [object, key] : blocked) EndWatch(object, key);
}

}  // namespace siphon::osd
