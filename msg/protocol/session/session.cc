#include "msg/protocol/session/session.h"

#include <algorithm>
#include <utility>

#include "base/mutation.h"

namespace siphon {

namespace {

// Middle and data alone: the front is not encoded yet when a message is queued, and its size must
// be the same coming and going.
size_t BytesOf(const Message& message) { return message.middle().size() + message.data().size(); }

}  // namespace

void Session::Count(const Message& message, int sign) {
  const size_t bytes = BytesOf(message);
  if (sign > 0) {
    ++queued_messages_;
    queued_bytes_ += bytes;
  } else {
    --queued_messages_;
    queued_bytes_ -= std::min(queued_bytes_, bytes);
  }
}

void Session::Enqueue(MessagePtr message) {
  Count(*message, +1);
  queues_[message->priority()].push_back(std::move(message));
}

MessagePtr Session::TakeNext() {
  MessagePtr message;
  if (!replay_.empty()) {
    message = std::move(replay_.front());
    replay_.pop_front();
  } else if (!queues_.empty()) {
    auto highest = queues_.begin();
    message = std::move(highest->second.front());
    highest->second.pop_front();
    if (highest->second.empty()) queues_.erase(highest);
  } else {
    return nullptr;
  }
  Count(*message, -1);
  message->mutable_header().seq = ++out_seq_;
  return message;
}

void Session::Sent(MessagePtr message) {
  if (lossy()) return;
  unacked_bytes_ += BytesOf(*message);
  sent_.push_back(std::move(message));
}

std::vector<MessagePtr> Session::OnAck(uint64_t seq) {
  if (Mutated(Mutant::kAckTrimsOneTooMany)) ++seq;
  std::vector<MessagePtr> done;
  while (!sent_.empty() && sent_.front()->seq() <= seq) {
    acked_seq_ = sent_.front()->seq();
    unacked_bytes_ -= std::min(unacked_bytes_, BytesOf(*sent_.front()));
    done.push_back(std::move(sent_.front()));
    sent_.pop_front();
  }
  return done;
}

Session::Verdict Session::OnMessage(uint64_t seq) {
  if (seq <= in_seq_) return Verdict::kDuplicate;
  // A peer that reset the session may begin anywhere.
  const bool next = in_seq_ == 0 || seq == in_seq_ + 1;
  in_seq_ = seq;
  ++ack_owed_;
  return next ? Verdict::kNext : Verdict::kGap;
}

std::optional<uint64_t> Session::TakeAck() {
  if (!OwesAck()) return std::nullopt;
  ack_owed_ = 0;
  return in_seq_;
}

void Session::Requeue() {
  if (!Mutated(Mutant::kReplayForgetsOutSeq)) out_seq_ -= sent_.size();
  if (Mutated(Mutant::kReplaySkipsTheFirst) && !sent_.empty()) sent_.pop_front();
  if (Mutated(Mutant::kReplayReversesTheOrder)) std::reverse(sent_.begin(), sent_.end());
  if (Mutated(Mutant::kInSeqDiesWithTheConnection)) in_seq_ = 0;
  unacked_bytes_ = 0;
  while (!sent_.empty()) {
    Count(*sent_.back(), +1);
    replay_.push_front(std::move(sent_.back()));
    sent_.pop_back();
  }
}

std::vector<MessagePtr> Session::DiscardReceived(uint64_t seq) {
  std::vector<MessagePtr> done;
  while (!replay_.empty() && replay_.front()->seq() <= seq) {
    acked_seq_ = replay_.front()->seq();
    ++out_seq_;
    Count(*replay_.front(), -1);
    done.push_back(std::move(replay_.front()));
    replay_.pop_front();
  }
  // A peer that counts from an earlier life of this side's would take lower numbers for repeats.
  if (replay_.empty() && !Mutated(Mutant::kNewSessionCountsFromOne))
    out_seq_ = std::max(out_seq_, seq);
  return done;
}

std::vector<MessagePtr> Session::Reset(uint64_t first_seq) {
  std::vector<MessagePtr> dropped;
  for (auto& message : sent_) dropped.push_back(std::move(message));
  for (auto& message : replay_) dropped.push_back(std::move(message));
  for (auto& [priority, queue] : queues_) {
    for (auto& message : queue) dropped.push_back(std::move(message));
  }
  sent_.clear();
  replay_.clear();
  queues_.clear();
  queued_messages_ = queued_bytes_ = unacked_bytes_ = 0;
  out_seq_ = acked_seq_ = first_seq;
  if (!Mutated(Mutant::kResetKeepsInSeq)) in_seq_ = 0;
  ack_owed_ = 0;
  connect_seq = 0;
  return dropped;
}

}  // namespace siphon
