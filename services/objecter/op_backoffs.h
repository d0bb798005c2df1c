// OpBackoffs: the ranges of objects for which an OSD asked this client to hold operations back.
//
// Threads: one at a time.
#ifndef SIPHON_SERVICES_CLIENT_OP_BACKOFFS_H_
#define SIPHON_SERVICES_CLIENT_OP_BACKOFFS_H_

#include <cstdint>
#include <map>
#include <optional>

#include "services/rados/hobject.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/pg_id.h"

namespace siphon::client {

struct OpBackoff {
  rados::ShardedPgId pg;
  rados::HObject begin;
  rados::HObject end;  // not within, unless it equals `begin`

  bool Covers(const rados::ShardedPgId& other_pg, const rados::HObject& object) const {
    if (pg != other_pg || object < begin) return false;
    return object < end || (begin == end && object == begin);
  }
};

class OpBackoffs {
 public:
  // More than any OSD has; what a peer asks for beyond it is not kept.
  static constexpr size_t kMax = 65536;

  void Block(const rados::MOsdBackoff& message) {
    if (by_id_.size() >= kMax) return;
    by_id_[message.id] = OpBackoff{message.pg, message.begin, message.end};
  }
  // What is free again; nothing for an unknown one.
  std::optional<OpBackoff> Unblock(uint64_t id) {
    const auto node = by_id_.extract(id);
    if (node.empty()) return std::nullopt;
    return node.mapped();
  }
  bool Blocks(const rados::ShardedPgId& pg, const rados::HObject& object) const {
    for (const auto& [id, backoff] : by_id_) {
      if (backoff.Covers(pg, object)) return true;
    }
    return false;
  }
  void Clear() { by_id_.clear(); }
  bool empty() const { return by_id_.empty(); }

 private:
  std::map<uint64_t, OpBackoff> by_id_;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OP_BACKOFFS_H_
