#include "testing/sim/checker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

std::string Name(uint64_t packed) {
  const ConnectionKey key = ConnectionKey::Unpack(packed);
  return absl::StrCat("connection ", key.id, " of node ", key.node, " life ", key.incarnation + 1);
}

}  // namespace

void Checker::Violate(const std::string& what) {
  if (violation_.empty()) violation_ = what;
}

std::string Checker::Describe(const Sender& sender, uint16_t priority, uint64_t index) const {
  return absl::StrCat("message ", index, " of priority ", priority, " from ",
                      Name(sender.key.packed()), " to node ", sender.peer,
                      sender.lossy ? " (lossy)" : " (lossless)");
}

Checker::Sender& Checker::SenderOf(const ConnectionKey& key, int peer, bool lossy) {
  auto [it, fresh] = senders_.try_emplace(key.packed());
  if (fresh) {
    it->second.key = key;
    it->second.peer = peer;
    it->second.lossy = lossy;
  }
  return it->second;
}

std::unique_ptr<SimMessage> Checker::MakeMessage(const ConnectionKey& from, int to, bool lossy,
                                                 uint16_t priority, size_t data_bytes) {
  Sender& sender = SenderOf(from, to, lossy);
  std::vector<Sent>& messages = sender.messages[priority];
  const uint64_t index = messages.size();
  messages.push_back({.serial = ++serial_, .bytes = static_cast<uint32_t>(data_bytes)});
  ++sent_;
  trace_->Add(from.node, "sends $1 of priority $2 on connection $0", from.id, index, priority);
  auto message = std::make_unique<SimMessage>(from.packed(), index, serial_, data_bytes);
  message->set_priority(priority);
  return message;
}

void Checker::OnArrived(const ConnectionKey& at, const SimMessage& message) {
  Receiver& receiver = receivers_[at.packed()];
  const uint64_t expected = receiver.last_seq + 1;
  if (receiver.last_sender == message.stream && message.seq() != expected) {
    const auto it = senders_.find(message.stream);
    if (it != senders_.end()) ++it->second.jumps;
    trace_->Add(at.node, "sequence jumps to $1 where $2 is expected on connection $0", at.id,
                message.seq(), expected);
  }
  receiver.last_sender = message.stream;
  receiver.last_seq = message.seq();
}

void Checker::OnDelivered(const ConnectionKey& at, const SimMessage& message) {
  trace_->Add(at.node, "gets $1 of priority $2 on connection $0", at.id, message.index,
              message.priority());
  const auto it = senders_.find(message.stream);
  if (it == senders_.end()) return Violate("a message arrived that nobody sent");
  Sender& sender = it->second;
  std::vector<Sent>& messages = sender.messages[message.priority()];
  if (message.index >= messages.size() || messages[message.index].serial != message.serial) {
    return Violate("a message arrived that was sent otherwise");
  }
  Sent& sent = messages[message.index];
  const std::string data = SimMessage::Pattern(message.serial, sent.bytes);
  if (message.data().ToString() != data) {
    return Violate(absl::StrCat(Describe(sender, message.priority(), message.index),
                                " arrived with other contents"));
  }
  if (at.node != sender.peer) {
    return Violate(absl::StrCat(Describe(sender, message.priority(), message.index),
                                " arrived at node ", at.node));
  }
  uint64_t& next = receivers_[at.packed()].next[{message.stream, message.priority()}];
  if (message.index < next) {
    return Violate(absl::StrCat(Describe(sender, message.priority(), message.index),
                                " arrived again, or behind message ", next - 1, ", at ",
                                Name(at.packed())));
  }
  next = message.index + 1;
  if (sent.delivered_at != 0) delivered_twice_.push_back({sent.delivered_at, message.stream});
  sent.delivered_at = at.packed();
  ++delivered_;
}

void Checker::Die(const ConnectionKey& at, int peer) {
  ++serial_;
  dead_.insert(at.packed());
  uint64_t& died = pair_died_[{at.node, peer}];
  died = serial_;
  const auto it = senders_.find(at.packed());
  if (it != senders_.end()) it->second.excused_until = serial_;
}

void Checker::OnReset(const ConnectionKey& at, int peer) {
  trace_->Add(at.node, "is told that connection $0 is reset", at.id);
  ++resets_;
  if (no_resets_) Violate(absl::StrCat(Name(at.packed()), " was reset without a cause"));
  if (++reset_count_[at.packed()] > 1) {
    Violate(absl::StrCat(Name(at.packed()), " was reset twice"));
  }
  const auto it = senders_.find(at.packed());
  if (it != senders_.end() && !it->second.lossy) {
    Violate(absl::StrCat(Name(at.packed()), " is lossless, and was reset for good"));
  }
  Die(at, peer);
}

void Checker::OnRemoteReset(const ConnectionKey& at, int /*peer*/) {
  trace_->Add(at.node, "is told of a remote reset of connection $0", at.id);
  ++resets_;
  if (no_resets_) Violate(absl::StrCat(Name(at.packed()), " was remotely reset without a cause"));
  const auto it = senders_.find(at.packed());
  if (it == senders_.end()) return;
  ++it->second.remote_resets;
  it->second.excused_until = ++serial_;
}

void Checker::OnMarkedDown(const ConnectionKey& at, int peer) {
  trace_->Add(at.node, "marks connection $0 with node $1 down", at.id, static_cast<uint64_t>(peer));
  Die(at, peer);
}

void Checker::OnDisposable(const ConnectionKey& at, int peer) {
  trace_->Add(at.node, "makes connection $0 disposable", at.id);
  SenderOf(at, peer, true).lossy = true;
}

void Checker::OnCrash(int node) {
  crashed_[node] = ++serial_;
  ++dead_incarnations_[node];
  for (auto& [packed, sender] : senders_) {
    if (sender.key.node == node) sender.excused_until = serial_;
  }
}

bool Checker::PeerDied(const Sender& sender, const Sent& sent) const {
  const auto crash = crashed_.find(sender.peer);
  if (crash != crashed_.end() && sent.serial <= crash->second) return true;
  const auto died = pair_died_.find({sender.peer, sender.key.node});
  return died != pair_died_.end() && sent.serial <= died->second;
}

void Checker::Finish() {
  for (const auto& [receiver, stream] : delivered_twice_) {
    const ConnectionKey key = ConnectionKey::Unpack(receiver);
    const auto lives = dead_incarnations_.find(key.node);
    const bool crashed = lives != dead_incarnations_.end() && key.incarnation < lives->second;
    if (!crashed && !dead_.contains(receiver)) {
      Violate(absl::StrCat("a message of ", Name(stream), " was delivered to ", Name(receiver),
                           " and, though that one lives, to another connection"));
    }
  }
  for (const auto& [packed, sender] : senders_) {
    if (sender.jumps > sender.remote_resets) {
      Violate(absl::StrCat("the sequence numbers of ", Name(packed), " jumped ", sender.jumps,
                           " times, with ", sender.remote_resets, " remote resets"));
    }
  }
}

}  // namespace siphon
