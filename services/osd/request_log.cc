#include "services/osd/request_log.h"

namespace siphon::osd {

const RequestLog::Entry* RequestLog::Find(const rados::OsdReqId& id) const {
  const auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : &it->second;
}

void RequestLog::Add(const rados::OsdReqId& id, const Entry& entry) {
  if (!entries_.insert_or_assign(id, entry).second) return;
  order_.push_back(id);
  if (order_.size() <= kMaxEntries) return;
  entries_.erase(order_.front());
  order_.pop_front();
}

}  // namespace siphon::osd
