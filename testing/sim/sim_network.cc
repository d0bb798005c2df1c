#include "testing/sim/sim_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace siphon {

EntityAddr SimNetwork::NodeAddr(int node, int port) {
  sockaddr_in sin{};
  sin.sin_family = AF_INET;
  sin.sin_addr.s_addr = htonl(0x0a000001u + static_cast<uint32_t>(node));
  sin.sin_port = htons(static_cast<uint16_t>(port));
  return EntityAddr::FromSockaddr(reinterpret_cast<const sockaddr*>(&sin));
}

MonoNanos SimNetwork::Latency() {
  if (random_->OneIn(weather_.late_one_in)) {
    return static_cast<MonoNanos>(random_->Below(static_cast<uint64_t>(weather_.late_max)));
  }
  return static_cast<MonoNanos>(random_->Between(static_cast<uint64_t>(weather_.latency_min),
                                                 static_cast<uint64_t>(weather_.latency_max)));
}

size_t SimNetwork::Budget(size_t wanted) {
  if (!random_->OneIn(weather_.short_one_in)) return wanted;
  return std::min<size_t>(wanted, 1 + random_->Below(weather_.short_max));
}

bool SimNetwork::Apart(int a, int b) const {
  return !partitions_.empty() && partitions_.contains({std::min(a, b), std::max(a, b)});
}

// --- Connecting.

std::shared_ptr<SimNetwork::Listener> SimNetwork::Listen(int node, const EntityAddr& addr) {
  for (const auto& listener : listeners_) {
    if (listener->node == node && listener->addr.port() == addr.port()) return nullptr;
  }
  auto listener = std::make_shared<Listener>();
  listener->node = node;
  listener->addr = addr;
  listeners_.push_back(listener);
  return listener;
}

void SimNetwork::CloseListener(const std::shared_ptr<Listener>& listener) {
  for (const StreamPtr& stream : listener->backlog) {
    Fail(*stream, 0, ECONNRESET, clock_->now() + Latency());
    stream->side[1].closed = true;
  }
  listener->backlog.clear();
  std::erase(listeners_, listener);
}

SimNetwork::StreamPtr SimNetwork::Connect(int node, const EntityAddr& to) {
  auto stream = std::make_shared<Stream>();
  stream->id = next_stream_++;
  stream->side[0].node = node;
  stream->side[0].addr = NodeAddr(node, next_port_++);
  const auto* sin = reinterpret_cast<const sockaddr_in*>(to.sockaddr_ptr());
  stream->side[1].node = static_cast<int>(ntohl(sin->sin_addr.s_addr) - 0x0a000001u);
  stream->side[1].addr = NodeAddr(stream->side[1].node, to.port());
  PlanCut(*stream);
  if (streams_.size() > 64) {
    std::erase_if(streams_, [](const std::weak_ptr<Stream>& s) { return s.expired(); });
  }
  streams_.push_back(stream);
  dials_.push_back({stream, to, clock_->now() + Latency()});
  return stream;
}

void SimNetwork::PlanCut(Stream& stream) {
  if (!random_->OneIn(weather_.cut_one_in)) return;
  Stream::Side& writer = stream.side[random_->Below(kSides)];
  const bool early = random_->OneIn(weather_.handshake_cut_in);
  writer.cut_after = random_->Below(early ? 500 : 6000);
  const uint64_t kind = random_->Below(8);
  stream.cut = kind == 0 ? Break::kSilence : kind < 3 ? Break::kEnd : Break::kReset;
}

bool SimNetwork::Advance() {
  bool happened = false;
  for (size_t i = 0; i < dials_.size();) {
    Dial& dial = dials_[i];
    const Stream& s = *dial.stream;
    if (s.side[0].closed || s.silent) {
      // Nobody waits for it any more.
    } else if (dial.due <= clock_->now() && !Apart(s)) {
      Arrive(dial);
      happened = true;
    } else {
      ++i;
      continue;
    }
    dials_.erase(dials_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return happened;
}

void SimNetwork::Arrive(Dial& dial) {
  Stream& s = *dial.stream;
  for (const auto& listener : listeners_) {
    if (listener->node != s.side[1].node || listener->addr.port() != dial.to.port()) continue;
    if (random_->OneIn(weather_.refuse_one_in)) break;
    s.connected_at = clock_->now() + Latency();
    s.side[0].last_due = s.connected_at;
    listener->backlog.push_back(dial.stream);
    return;
  }
  trace_->Add(s.side[0].node, "stream $0 is refused", s.id);
  Fail(s, 0, ECONNREFUSED, clock_->now() + Latency());
}

MonoNanos SimNetwork::NextArrival() const {
  MonoNanos next = kNever;
  for (const Dial& dial : dials_) {
    if (!Apart(*dial.stream)) next = std::min(next, dial.due);
  }
  return next;
}

int SimNetwork::ConnectProgress(const Stream& s) const {
  if (s.side[0].error_due <= clock_->now()) return s.side[0].error;
  return s.connected_at <= clock_->now() ? 0 : EINPROGRESS;
}

// --- Bytes.

MonoNanos SimNetwork::ReadableAt(const Stream& s, int side) const {
  const Stream::Side& me = s.side[side];
  if (me.closed) return 0;
  MonoNanos at = me.error_due;
  if (Apart(s) || s.silent) return at;
  if (side == 0 && s.connected_at == kNever) return at;
  if (!me.inbound.empty()) return std::min(at, me.inbound.front().due);
  return std::min(at, me.end_due);
}

MonoNanos SimNetwork::WritableAt(const Stream& s, int side) const {
  const Stream::Side& me = s.side[side];
  if (me.closed) return 0;
  MonoNanos at = me.error_due;
  if (side == 0 && (s.connected_at == kNever || s.connected_at > clock_->now())) {
    return std::min(at, s.connected_at);
  }
  if (s.side[1 - side].inbound_bytes < weather_.buffer_bytes) at = 0;
  return at;
}

IoResult SimNetwork::Read(Stream& s, int side, absl::Span<const iovec> pieces) {
  Stream::Side& me = s.side[side];
  const MonoNanos now = clock_->now();
  if (me.closed) return {};
  if (me.error_due <= now) return {.bytes = 0, .error = me.error};
  if (s.silent || Apart(s)) return {.bytes = 0, .error = EAGAIN};
  size_t wanted = 0;
  for (const iovec& piece : pieces) wanted += piece.iov_len;
  size_t budget = Budget(wanted);
  IoResult result;
  size_t piece = 0;
  size_t filled = 0;  // of the piece
  while (budget > 0 && !me.inbound.empty() && me.inbound.front().due <= now) {
    Stream::Chunk& chunk = me.inbound.front();
    if (filled == pieces[piece].iov_len) {
      ++piece;
      filled = 0;
      continue;
    }
    const size_t n =
        std::min({budget, chunk.bytes.size() - chunk.taken, pieces[piece].iov_len - filled});
    std::memcpy(static_cast<char*>(pieces[piece].iov_base) + filled,
                chunk.bytes.data() + chunk.taken, n);
    chunk.taken += n;
    filled += n;
    budget -= n;
    result.bytes += n;
    if (chunk.taken == chunk.bytes.size()) me.inbound.pop_front();
  }
  me.inbound_bytes -= result.bytes;
  if (result.bytes == 0 && !(me.inbound.empty() && me.end_due <= now)) result.error = EAGAIN;
  return result;
}

IoResult SimNetwork::Write(Stream& s, int side, absl::Span<const iovec> pieces) {
  Stream::Side& me = s.side[side];
  Stream::Side& peer = s.side[1 - side];
  const MonoNanos now = clock_->now();
  if (me.closed) return {.bytes = 0, .error = EPIPE};
  if (me.error_due <= now) return {.bytes = 0, .error = me.error};
  size_t wanted = 0;
  for (const iovec& piece : pieces) wanted += piece.iov_len;
  const size_t room = weather_.buffer_bytes - std::min(weather_.buffer_bytes, peer.inbound_bytes);
  const size_t n = std::min(room, Budget(wanted));
  if (n == 0) return {.bytes = 0, .error = EAGAIN};

  // What is written at or behind the cut is lost, though the writer believes it sent.
  const size_t passes =
      static_cast<size_t>(std::min<uint64_t>(n, me.cut_after - std::min(me.cut_after, me.written)));
  me.written += n;
  peer.inbound_bytes += n;
  if (s.silent) {
    if (me.error_due == kNever) Fail(s, side, ETIMEDOUT, now + weather_.give_up_after);
    return {.bytes = n, .error = 0};
  }
  if (peer.closed) {
    // The other kernel answers with a reset.
    Fail(s, side, ECONNRESET, now + Latency());
    return {.bytes = n, .error = 0};
  }
  std::string bytes;
  bytes.reserve(passes);
  for (const iovec& piece : pieces) {
    const size_t part = std::min(piece.iov_len, passes - bytes.size());
    bytes.append(static_cast<const char*>(piece.iov_base), part);
  }
  peer.last_due = std::max(peer.last_due, now + Latency());
  if (!bytes.empty()) peer.inbound.push_back({peer.last_due, std::move(bytes)});
  if (passes < n) {
    peer.inbound_bytes -= n - passes;
    if (!s.broken) {
      trace_->Add(me.node, "stream $0 breaks after $1 bytes from here", s.id, me.cut_after);
      BreakStream(s, s.cut);
    }
  }
  return {.bytes = n, .error = 0};
}

void SimNetwork::Shutdown(Stream& s, int side) {
  Stream::Side& me = s.side[side];
  Stream::Side& peer = s.side[1 - side];
  if (me.closed) return;
  me.closed = true;
  if (!s.silent && !peer.closed && peer.end_due == kNever) {
    peer.last_due = std::max(peer.last_due, clock_->now() + Latency());
    // Unread bytes turn the orderly end into a reset.
    if (me.inbound.empty()) {
      peer.end_due = peer.last_due;
    } else {
      Fail(s, 1 - side, ECONNRESET, peer.last_due);
    }
  }
  me.inbound.clear();
}

void SimNetwork::Fail(Stream& s, int side, int error, MonoNanos due) {
  Stream::Side& me = s.side[side];
  if (me.error_due <= due) return;
  me.error_due = due;
  me.error = error;
}

// --- Faults.

void SimNetwork::BreakStream(Stream& s, Break how) {
  ++breaks_;
  s.broken = true;
  const MonoNanos now = clock_->now();
  for (int side = 0; side < kSides; ++side) {
    Stream::Side& me = s.side[side];
    switch (how) {
      case Break::kSilence:
        s.silent = true;
        // Who has bytes on the way waits for their acknowledgement.
        if (!s.side[1 - side].inbound.empty()) {
          Fail(s, side, ETIMEDOUT, now + weather_.give_up_after);
        }
        break;
      case Break::kEnd:
        me.end_due = std::max(me.last_due, now + Latency());
        Fail(s, side, ECONNRESET, me.end_due + Latency());
        break;
      case Break::kReset:
        // Before, between or behind what is still on the way.
        Fail(s, side, ECONNRESET,
             random_->OneIn(2) ? now + Latency() : std::max(me.last_due, now) + Latency());
        break;
    }
  }
}

void SimNetwork::Calm() {
  weather_.cut_one_in = weather_.refuse_one_in = weather_.late_one_in = 0;
  for (const auto& weak : streams_) {
    const StreamPtr stream = weak.lock();
    if (stream == nullptr) continue;
    if (stream->broken) continue;
    for (Stream::Side& side : stream->side) side.cut_after = ~uint64_t{0};
  }
}

bool SimNetwork::BreakOne(Break how) {
  std::vector<StreamPtr> open;
  for (const auto& weak : streams_) {
    StreamPtr s = weak.lock();
    if (s != nullptr && !s->side[0].closed && !s->side[1].closed && !s->broken) open.push_back(s);
  }
  if (open.empty()) return false;
  Stream& chosen = *open[random_->Below(open.size())];
  trace_->Add(-1, "stream $0 breaks ($1: 0 reset, 1 end, 2 silence)", chosen.id,
              static_cast<uint64_t>(how));
  BreakStream(chosen, how);
  return true;
}

void SimNetwork::SetPartition(int a, int b, bool apart) {
  const std::pair<int, int> pair{std::min(a, b), std::max(a, b)};
  if (apart) {
    partitions_.insert(pair);
  } else {
    partitions_.erase(pair);
  }
}

void SimNetwork::DropNode(int node, bool silently) {
  for (const auto& weak : streams_) {
    const StreamPtr s = weak.lock();
    if (s == nullptr) continue;
    for (int side = 0; side < kSides; ++side) {
      if (s->side[side].node != node || s->side[side].closed) continue;
      Fail(*s, side, ECONNRESET, clock_->now());
      if (silently) continue;  // who writes next is told
      s->side[side].closed = true;
      Fail(*s, 1 - side, ECONNRESET, clock_->now() + Latency());
    }
    if (silently && (s->side[0].node == node || s->side[1].node == node)) s->silent = true;
  }
}

void SimNetwork::LoseWhatIsUnderWay(int node) {
  for (const auto& weak : streams_) {
    const StreamPtr s = weak.lock();
    if (s == nullptr) continue;
    for (int side = 0; side < kSides; ++side) {
      Stream::Side& peer = s->side[1 - side];
      if (s->side[side].node != node || peer.inbound.empty()) continue;
      peer.inbound.clear();
      Fail(*s, 1 - side, ECONNRESET, clock_->now() + Latency());
    }
  }
}

size_t SimNetwork::open_streams() {
  std::erase_if(streams_, [](const std::weak_ptr<Stream>& s) { return s.expired(); });
  return streams_.size();
}

}  // namespace siphon
