// Watches and notifications. What they do to connections is an effect, performed later.
#include <cerrno>

#include "base/encoder.h"
#include "msg/features.h"
#include "services/osd/pg/op_executor.h"

namespace siphon::osd {

using rados::OsdOp;

int32_t OpExecutor::Watch(const OsdOp& op) {
  if (!exists_) return -ENOENT;
  const auto asked = op.Get<OsdOp::Watch>();
  const WatchKey key{asked.cookie, context_.client};
  const auto known = info_.watches.find(key);
  const bool exists = known != info_.watches.end();
  WatchInfo info{context_.client_addr, asked.timeout};
  if (info.timeout_seconds == 0) info.timeout_seconds = limits_.watch_timeout_seconds;
  switch (asked.op) {
    case rados::kWatchOpLegacyWatch:
    case rados::kWatchOpWatch:
      if (!exists) {
        info_.watches[key] = info;
        info_changed_ = true;
      }
      effects_.connects.push_back({key, info, asked.op == rados::kWatchOpWatch});
      return 0;
    case rados::kWatchOpReconnect:
      if (!exists) return -ENOTCONN;
      effects_.connects.push_back({key, info, /*pings=*/true});
      return 0;
    case rados::kWatchOpPing:
      if (!exists) return -ENOTCONN;
      // The client is to reconnect the watch first.
      if (!context_.watches->IsConnected(object_, key)) return -ETIMEDOUT;
      effects_.pings.push_back(key);
      return 0;
    case rados::kWatchOpUnwatch:
      if (!exists) return 0;
      info_.watches.erase(known);
      info_changed_ = true;
      effects_.disconnects.push_back({key, /*tell=*/false});
      return 0;
    default:
      return -EINVAL;
  }
}

// Input: u32 version, u32 time-out in seconds, blob payload. Output: u64 id of the notification.
int32_t OpExecutor::Notify(OsdOp& op) {
  OpEffects::Notify notify;
  notify.cookie = op.Get<OsdOp::Watch>().cookie;
  Decoder d(op.in);
  d.U32();
  notify.timeout_seconds = d.U32();
  notify.payload = d.Blob();
  if (!d.ok() || notify.timeout_seconds == 0) {
    notify.timeout_seconds = limits_.notify_timeout_seconds;
  }
  notify.id = context_.watches->NextNotifyId(context_.epoch);
  Encoder e(&op.out);
  e.U64(notify.id);
  effects_.notifies.push_back(std::move(notify));
  return 0;
}

// Input: u64 id of the notification, u64 cookie of the watch, and maybe blob answer.
int32_t OpExecutor::NotifyAck(const OsdOp& op) {
  OpEffects::Ack ack;
  Decoder d(op.in);
  ack.notify_id = d.U64();
  const uint64_t cookie = d.U64();
  if (d.ok()) {
    ack.cookie = cookie;
    if (d.remaining() > 0) ack.reply = d.Blob();
  }
  // Old clients give the notification's id in the parameters.
  if (!d.ok()) ack = {op.Get<OsdOp::Watch>().cookie, std::nullopt, {}};
  effects_.acks.push_back(std::move(ack));
  return 0;
}

int32_t OpExecutor::ListWatchers(OsdOp& op) {
  Encoder e(&op.out);
  Encoder::Versioned v(e, 1, 1);
  e.U32(static_cast<uint32_t>(info_.watches.size()));
  for (const auto& [key, watch] : info_.watches) {
    Encoder::Versioned each(e, 2, 1);
    key.client.Encode(e);
    e.U64(key.cookie);
    e.U32(watch.timeout_seconds);
    watch.addr.Encode(e, kFeaturesPacific);
  }
  return 0;
}

}  // namespace siphon::osd
