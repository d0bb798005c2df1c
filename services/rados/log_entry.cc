#include "services/rados/log_entry.h"

namespace siphon::rados {

void LogEntry::Encode(Encoder& e, uint64_t features) const {
  Encoder::Versioned v(e, 5, 5);
  e.U32(auth_type);
  e.String(auth_id);
  rank.Encode(e);
  addrs.Encode(e, features);
  e.Time(stamp);
  e.U64(seq);
  e.U16(priority);
  e.String(message);
  e.String(channel);
}

LogEntry LogEntry::Decode(Decoder& d) {
  LogEntry l;
  Decoder::Versioned v(d, 5, "LogEntry");
  if (d.ok() && v.version() < 5) d.Fail("LogEntry is older than version 5 (Ceph 14)");
  l.auth_type = d.U32();
  l.auth_id = d.String();
  l.rank = EntityName::Decode(d);
  l.addrs = EntityAddrVec::Decode(d);
  l.stamp = d.Time();
  l.seq = d.U64();
  l.priority = d.U16();
  l.message = d.String();
  l.channel = d.String();
  return l;
}

}  // namespace siphon::rados
