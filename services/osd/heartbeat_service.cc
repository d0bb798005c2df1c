#include "services/osd/heartbeat_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "msg/entity_type.h"
#include "services/osd/heartbeat_peers.h"

namespace siphon::osd {
namespace {

using rados::MOsdPing;
using rados::OsdMap;

// More pings than this are never waited for: the oldest tells how long the silence is.
constexpr size_t kMaxUnanswered = 64;

absl::Duration Since(MonoNanos then, MonoNanos now) { return absl::Nanoseconds(now - then); }

}  // namespace

HeartbeatService::HeartbeatService(const Options& options) : options_(options) {}

void HeartbeatService::Start() {
  MutexLock lock(mutex_);
  running_ = true;
  Arm();
}

void HeartbeatService::Stop() {
  Timer::Id timer = 0;
  {
    MutexLock lock(mutex_);
    running_ = false;
    timer = std::exchange(timer_, 0);
  }
  options_.timer->Cancel(timer);
  options_.timer->Drain();
}

void HeartbeatService::Arm() {
  // Spread, so that OSDs that began together do not ping together.
  const absl::Duration interval = options_.config->GetDuration("osd_heartbeat_interval");
  timer_ = options_.timer->After(interval * (0.5 + 0.5 * options_.random->Fraction()),
                                 [this] { Tick(); });
}

void HeartbeatService::SetMap(std::shared_ptr<const OsdMap> map) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    const std::vector<int32_t> wanted = ChooseHeartbeatPeers(*map, options_.whoami, kMaxPeers);
    std::map<int32_t, Peer> next;
    for (const int32_t osd : wanted) {
      const uint32_t up_from = map->osd_info[osd].up_from;
      const auto old = peers_.find(osd);
      if (old != peers_.end() && old->second.up_from == up_from) {
        next[osd] = std::move(old->second);
        peers_.erase(old);
      } else {
        next[osd].up_from = up_from;
      }
    }
    for (const auto& [osd, peer] : peers_) {
      for (const Link& link : peer.links) {
        if (link.connection != nullptr) effects.drop.push_back(link.connection);
      }
    }
    peers_ = std::move(next);
    map_.swap(map);
  }
  Perform(std::move(effects));
}

void HeartbeatService::ReportAgain() {
  MutexLock lock(mutex_);
  for (auto& [osd, peer] : peers_) peer.failed = false;
}

void HeartbeatService::Tick() {
  std::shared_ptr<const OsdMap> map;
  Effects effects;
  {
    MutexLock lock(mutex_);
    if (!running_) return;
    CheckPeers(&effects);
    map = map_;
    Arm();
  }
  Perform(std::move(effects));
  if (map != nullptr) SendPings(map);
}

void HeartbeatService::CheckPeers(Effects* effects) {
  const MonoNanos now = options_.clock->Monotonic();
  const absl::Duration grace = options_.config->GetDuration("osd_heartbeat_grace");
  for (auto& [osd, peer] : peers_) {
    if (peer.failed) continue;
    absl::Duration silence;
    for (const Link& link : peer.links) {
      if (!link.unanswered.empty()) {
        silence = std::max(silence, Since(link.unanswered.front().sent, now));
      }
    }
    if (silence <= grace) continue;
    peer.failed = true;
    peer.reported = {osd, map_->ClientAddrs(osd), map_->epoch, silence, false};
    effects->failed.push_back(peer.reported);
  }
}

void HeartbeatService::Perform(Effects effects) {
  for (const ConnectionPtr& connection : effects.drop) connection->MarkDown();
  for (const Failure& failure : effects.failed) {
    const std::string what =
        failure.immediate
            ? "nobody listens at its heartbeat address"
            : absl::StrCat("no answer for ", absl::FormatDuration(failure.failed_for));
    LOG(WARNING) << "osd." << options_.whoami << ": osd." << failure.osd << ": " << what
                 << "; told the monitor";
    options_.listener->OnPeerFailed(failure);
  }
  for (const Failure& failure : effects.alive) options_.listener->OnPeerAlive(failure);
}

std::unique_ptr<MOsdPing> HeartbeatService::MakePing(const OsdMap& map, uint8_t op) const {
  auto ping = std::make_unique<MOsdPing>();
  ping->fsid = map.fsid;
  ping->map_epoch = map.epoch;
  ping->op = op;
  if (map.Exists(options_.whoami)) ping->up_from = map.osd_info[options_.whoami].up_from;
  ping->mono_send_stamp = absl::Nanoseconds(options_.clock->Monotonic());
  ping->PadTo(static_cast<size_t>(options_.config->GetInt("osd_heartbeat_min_size")));
  return ping;
}

void HeartbeatService::SendPings(const std::shared_ptr<const OsdMap>& map) {
  // Only an OSD that is up is a peer to others.
  if (!map->IsUp(options_.whoami)) return;
  std::vector<int32_t> osds;
  {
    MutexLock lock(mutex_);
    for (const auto& [osd, peer] : peers_) osds.push_back(osd);
  }
  for (const int32_t osd : osds) {
    SendPing(*map, osd, kBack);
    SendPing(*map, osd, kFront);
  }
}

ConnectionPtr HeartbeatService::ConnectTo(const OsdMap& map, int32_t osd, Side side) {
  {
    MutexLock lock(mutex_);
    const auto it = peers_.find(osd);
    if (it == peers_.end()) return nullptr;
    if (it->second.links[side].connection != nullptr) return it->second.links[side].connection;
  }
  const EntityAddrVec addrs =
      side == kBack ? map.HeartbeatBackAddrs(osd) : map.HeartbeatFrontAddrs(osd);
  auto connection = ClientOf(side)->ConnectTo(kEntityOsd, addrs);
  if (connection.ok()) return *std::move(connection);
  VLOG(1) << "no heartbeat to osd." << osd << ": " << connection.status();
  return nullptr;
}

void HeartbeatService::SendPing(const OsdMap& map, int32_t osd, Side side) {
  const ConnectionPtr connection = ConnectTo(map, osd, side);
  if (connection == nullptr) return;
  auto ping = MakePing(map, MOsdPing::kPing);
  ping->ping_stamp = options_.clock->Now();
  ping->mono_ping_stamp = ping->mono_send_stamp;
  {
    MutexLock lock(mutex_);
    const auto it = peers_.find(osd);
    if (it == peers_.end()) return;
    Link& link = it->second.links[side];
    link.connection = connection;
    if (link.unanswered.size() < kMaxUnanswered) {
      link.unanswered.push_back({ping->ping_stamp, options_.clock->Monotonic()});
    }
  }
  connection->Send(std::move(ping));
}

void HeartbeatService::FastDispatch(MessagePtr message) {
  const MOsdPing& ping = MessageAs<MOsdPing>(*message);
  switch (ping.op) {
    case MOsdPing::kPing:
      return HandlePing(ping, message->connection());
    case MOsdPing::kPingReply:
      return HandleReply(ping, message->connection());
    case MOsdPing::kYouDied:
      return options_.listener->OnToldDead(ping.map_epoch);
    default:
      return;  // operations of releases long gone
  }
}

void HeartbeatService::HandlePing(const MOsdPing& ping, const ConnectionPtr& connection) {
  std::shared_ptr<const OsdMap> map;
  {
    MutexLock lock(mutex_);
    if (running_) map = map_;
  }
  if (map == nullptr || ping.fsid != map->fsid) return;
  auto reply = MakePing(*map, MOsdPing::kPingReply);
  reply->ping_stamp = ping.ping_stamp;
  reply->mono_ping_stamp = ping.mono_ping_stamp;
  connection->Send(std::move(reply));
  // One that our newer map has down does not know it yet.
  const int32_t from = static_cast<int32_t>(ping.source().num);
  if (ping.map_epoch < map->epoch && map->Exists(from) && !map->IsUp(from)) {
    connection->Send(MakePing(*map, MOsdPing::kYouDied));
  }
}

void HeartbeatService::HandleReply(const MOsdPing& reply, const ConnectionPtr& connection) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    int32_t osd = -1;
    Link* link = nullptr;
    if (!FindLink(connection.get(), &osd, &link)) return;
    while (!link->unanswered.empty() && link->unanswered.front().stamp <= reply.ping_stamp) {
      link->unanswered.pop_front();
    }
    Peer& peer = peers_[osd];
    const bool waits = std::any_of(peer.links.begin(), peer.links.end(), [](const Link& l) {
      return l.unanswered.size() > 1;  // one may just be on its way
    });
    if (peer.failed && !waits) {
      peer.failed = false;
      effects.alive.push_back(peer.reported);
    }
  }
  Perform(std::move(effects));
}

bool HeartbeatService::FindLink(const Connection* connection, int32_t* osd, Link** link) {
  for (auto& [number, peer] : peers_) {
    for (Link& candidate : peer.links) {
      if (candidate.connection.get() != connection) continue;
      *osd = number;
      *link = &candidate;
      return true;
    }
  }
  return false;
}

bool HeartbeatService::HandleReset(const ConnectionPtr& connection) {
  MutexLock lock(mutex_);
  int32_t osd = -1;
  Link* link = nullptr;
  // The next ping dials again; what was unanswered stays so.
  if (FindLink(connection.get(), &osd, &link)) link->connection = nullptr;
  return true;
}

bool HeartbeatService::HandleRefused(const ConnectionPtr& connection) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    int32_t osd = -1;
    Link* link = nullptr;
    if (!running_ || !FindLink(connection.get(), &osd, &link)) return true;
    link->connection = nullptr;
    Peer& peer = peers_[osd];
    if (!peer.failed) {
      peer.failed = true;
      peer.reported = {osd, map_->ClientAddrs(osd), map_->epoch, absl::ZeroDuration(), true};
      effects.failed.push_back(peer.reported);
    }
  }
  Perform(std::move(effects));
  return true;
}

std::vector<HeartbeatService::PeerInfo> HeartbeatService::Peers() {
  const MonoNanos now = options_.clock->Monotonic();
  std::vector<PeerInfo> infos;
  MutexLock lock(mutex_);
  for (const auto& [osd, peer] : peers_) {
    PeerInfo info;
    info.osd = osd;
    info.back_connected = peer.links[kBack].connection != nullptr;
    info.front_connected = peer.links[kFront].connection != nullptr;
    info.failed = peer.failed;
    for (const Link& link : peer.links) {
      if (!link.unanswered.empty()) {
        info.longest_wait = std::max(info.longest_wait, Since(link.unanswered.front().sent, now));
      }
    }
    infos.push_back(info);
  }
  return infos;
}

}  // namespace siphon::osd
