#include "msg/message_registry.h"

#include <glog/logging.h>

namespace siphon {

void MessageRegistry::Add(uint16_t type, Entry entry) {
  const auto [it, added] = entries_.emplace(type, entry);
  CHECK(added ||
        (it->second.factory == entry.factory && it->second.head_version == entry.head_version))
      << "two message types have the number " << type;
}

const MessageRegistry::Entry* MessageRegistry::Find(uint16_t type) const {
  const auto it = entries_.find(type);
  return it == entries_.end() ? nullptr : &it->second;
}

}  // namespace siphon
