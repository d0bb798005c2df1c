// An AsyncConnection's messages: out of the session, and in to the dispatchers.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "glog/logging.h"
#include "msg/async/async_connection.h"
#include "msg/async/async_messenger.h"
#include "msg/async/dump_message.h"
#include "msg/decoder.h"

namespace siphon {

// --- Out: center.

void AsyncConnection::DrainInbox() {
  TakeInbox();
  if (phase_ == Phase::kClosed) return;
  WakeFromStandby();
  ScheduleFlush();
}

void AsyncConnection::TakeInbox() {
  std::vector<MessagePtr> messages;
  {
    MutexLock lock(inbox_mutex_);
    messages.swap(inbox_);
    inbox_waits_.store(false, std::memory_order_relaxed);
  }
  if (phase_ == Phase::kClosed) return;
  for (MessagePtr& message : messages) session_.Enqueue(std::move(message));
  CheckOutQueue();
}

void AsyncConnection::EnqueueOut(MessagePtr message) {
  if (phase_ == Phase::kClosed) return;
  // What another thread sent before is first.
  if (inbox_waits_.load(std::memory_order_relaxed) && !Mutated(Mutant::kSendOvertakesTheInbox)) {
    TakeInbox();
  }
  if (phase_ == Phase::kClosed) return;
  session_.Enqueue(std::move(message));
  CheckOutQueue();
  if (phase_ == Phase::kClosed) return;
  WakeFromStandby();
  ScheduleFlush();
}

void AsyncConnection::CheckOutQueue() {
  const uint64_t limit = owner()->settings().out_queue_max_bytes();
  const uint64_t held = session_.HeldBytes();
  if (limit == 0 || held <= limit) {
    over_limit_ = false;
    return;
  }
  const bool closes = owner()->settings().out_queue_overflow_closes();
  if (std::exchange(over_limit_, true) && !closes) return;
  last_fault_ = absl::StrCat(held, " bytes wait to be sent or acknowledged, more than ",
                             "ms_out_queue_max_bytes (", limit, ")",
                             closes ? "; closed (ms_out_queue_overflow_closes)" : "");
  owner()->RecordNotice(PeerText(), StateText(), last_fault_);
  if (closes) Close(Tell::kReset);
}

void AsyncConnection::ScheduleFlush() {
  if (link_ && phase_ != Phase::kClosed) center()->AtEndOfRound(this);
}

void AsyncConnection::OnEndOfRound() {
  if (link_) link_->Flush();
}

void AsyncConnection::OnWritable() {
  ConnectionMachine& machine = link_->machine();
  if (std::exchange(keepalive_due_, false)) machine.AppendKeepalive(center()->clock()->Now());
  uint64_t count = 0;
  while (machine.out().size() < Link::kGatherBytes) {
    MessagePtr message = session_.TakeNext();
    if (!message) break;
    machine.AppendMessage(*message);
    if (owner()->settings().dump_on_send()) {
      LOG(INFO) << owner()->name() << " to " << PeerText() << ": "
                << DumpMessage(message->header(), message->payload(), message->middle(),
                               message->data());
    }
    session_.Sent(std::move(message));
    ++count;
  }
  if (count != 0) {
    messages_out_ += count;
    owner()->counters(worker_).messages_out.fetch_add(count, std::memory_order_relaxed);
    worker_->counters().send_messages.fetch_add(count, std::memory_order_relaxed);
  }
  if (session_.HasQueued()) return;
  if (const std::optional<uint64_t> ack = session_.TakeAck()) machine.AppendAck(*ack);
}

void AsyncConnection::OnBytesOut(size_t n) {
  bytes_out_ += n;
  last_active_ = center()->clock()->Monotonic();
  owner()->counters(worker_).bytes_out.fetch_add(n, std::memory_order_relaxed);
  worker_->counters().send_bytes.fetch_add(n, std::memory_order_relaxed);
}

// --- In: center.

bool AsyncConnection::InjectSocketFailure() { return owner()->InjectSocketFailure(); }

void AsyncConnection::HeedInjectedFaults() {
  if (phase_ == Phase::kClosed || !link_) return;
  const EntityAddr peer = peer_addr();
  if (owner()->injected_faults().IsPartitioned(peer)) {
    link_->Close();
    return OnLinkFault(absl::UnavailableError("partitioned by an injected fault"));
  }
  const bool pause = phase_ == Phase::kOpen && owner()->injected_faults().IsReadingPaused(peer);
  if (pause == std::exchange(reading_paused_, pause)) return;
  if (!pause) last_active_ = center()->clock()->Monotonic();
  link_->PauseReading(pause);
}

void AsyncConnection::OnBytesIn(size_t n) {
  bytes_in_ += n;
  last_active_ = center()->clock()->Monotonic();
  owner()->counters(worker_).bytes_in.fetch_add(n, std::memory_order_relaxed);
  worker_->counters().recv_bytes.fetch_add(n, std::memory_order_relaxed);
}

bool AsyncConnection::TakeShare(ThrottleStage stage, uint64_t amount) {
  const std::shared_ptr<Throttle>& throttle =
      stage == ThrottleStage::kMessages ? session_.policy().throttler_messages
      : stage == ThrottleStage::kBytes  ? session_.policy().throttler_bytes
                                        : owner()->dispatch_queue().throttle();
  if (throttle == nullptr) return true;
  if (!throttle->TryTake(amount)) {
    auto waiter = std::make_shared<ShareWaiter>(Self(), center(), throttle, stage, amount);
    waiter_ = waiter;
    if (!ShareWaiter::Wait(waiter)) return false;
    waiter_.reset();
  }
  if (Mutated(Mutant::kThrottleShareIsNotReturned)) return true;
  shares_[static_cast<size_t>(stage)] = ThrottleShare(throttle, amount);
  return true;
}

void AsyncConnection::OnShareGranted(ThrottleStage stage, ThrottleShare share) {
  if (!link_ || !link_->machine().blocked()) return;
  shares_[static_cast<size_t>(stage)] = std::move(share);
  last_active_ = center()->clock()->Monotonic();  // it was this side that stood still
  link_->machine().Resume();
  link_->ResumeReading();
}

void AsyncConnection::OnMessageHeader(const MessageHeader& header) { header_stamp_ = last_active_; }

void AsyncConnection::OnMessageAborted() {
  for (ThrottleShare& share : shares_) share.Release();
}

absl::Status AsyncConnection::OnMessage(const MessageHeader& header, const MessageFooter& footer,
                                        BufferList front, BufferList middle, BufferList data) {
  // In v2 the frames have checksums, or tags, and these were verified.
  const bool v1 = version_ == ProtocolVersion::kV1;
  const DecodeOptions options{.verify_front_crc = v1 && owner()->settings().crc_header(),
                              .verify_data_crc = v1 && owner()->settings().crc_data()};
  // Kept, by reference, to show them if they do not decode.
  BufferList bytes[3];
  const bool dump = VLOG_IS_ON(owner()->settings().dump_corrupt_level());
  if (dump) bytes[0] = front, bytes[1] = middle, bytes[2] = data;
  absl::StatusOr<MessagePtr> decoded =
      DecodeMessage(*owner()->options().registry, options, header, footer, std::move(front),
                    std::move(middle), std::move(data));
  if (!decoded.ok()) {
    if (dump) {
      LOG(INFO) << owner()->name() << " from " << PeerText() << ": "
                << DumpMessage(header, bytes[0], bytes[1], bytes[2]);
    }
    LOG_IF(FATAL, owner()->settings().die_on_bad_message())
        << decoded.status() << " (ms_die_on_bad_msg)";
    return decoded.status();
  }
  // Nor acknowledged: it may have been sent after the mark-down, for the peer's session goes on.
  if (closed()) {
    OnMessageAborted();
    return absl::OkStatus();
  }
  MessagePtr message = *std::move(decoded);
  message->HoldShares(std::move(shares_[0]), std::move(shares_[1]));
  message->HoldDispatchShare(std::move(shares_[2]));
  switch (session_.OnMessage(header.seq)) {
    case Session::Verdict::kDuplicate:
      LOG_IF(FATAL, owner()->settings().die_on_old_message())
          << PeerText() << " sent message " << header.seq << " again (ms_die_on_old_message)";
      VLOG(2) << owner()->name() << ": " << peer_name().ToString() << " sent message " << header.seq
              << " again; dropped";
      return absl::OkStatus();
    case Session::Verdict::kGap:
      LOG_IF(FATAL, owner()->settings().die_on_skipped_message())
          << PeerText() << " skipped to message " << header.seq << " (ms_die_on_skipped_message)";
      LOG_EVERY_N(WARNING, 100) << owner()->name() << ": " << peer_name().ToString()
                                << " skipped to message " << header.seq;
      break;
    case Session::Verdict::kNext:
      break;
  }
  LearnPeerNum(header.src.num);
  ++messages_in_;
  owner()->counters(worker_).messages_in.fetch_add(1, std::memory_order_relaxed);
  worker_->counters().recv_messages.fetch_add(1, std::memory_order_relaxed);
  if (owner()->settings().Swallows(peer_type_)) return absl::OkStatus();
  message->set_connection(shared_from_this());
  message->stamps().received = header_stamp_;
  message->stamps().complete = last_active_;
  Deliver(std::move(message));
  // The ack goes with whatever the dispatcher sends back in this round.
  if (session_.OwesAck()) ScheduleFlush();
  return absl::OkStatus();
}

void AsyncConnection::Deliver(MessagePtr message) {
  owner()->dispatch_queue().FastPreprocess(*message);
  const bool inject = owner()->settings().InjectsDelays(peer_type_);
  // What is held back already keeps its place before what comes now.
  if (!inject && (delayed_ == nullptr || delayed_->empty())) {
    return DispatchNow(std::move(message));
  }
  if (delayed_ == nullptr) {
    delayed_ = std::make_unique<DelayedDelivery>(
        center(), [this](MessagePtr m) { DispatchNow(std::move(m)); });
  }
  delayed_->Queue(std::move(message), inject ? owner()->settings().RandomDelay(owner()->random())
                                             : absl::ZeroDuration());
}

void AsyncConnection::DispatchNow(MessagePtr message) {
  if (closed()) return;
  DispatchQueue& queue = owner()->dispatch_queue();
  if (queue.CanFastDispatch(*message)) {
    message->ReleaseDispatchShare();
    queue.FastDispatch(std::move(message));
  } else {
    queue.Enqueue(std::move(message), id(), &closed_);
  }
}

void AsyncConnection::OnAck(uint64_t seq) { session_.OnAck(seq); }

void AsyncConnection::OnKeepalive(absl::Time) { set_last_keepalive(center()->clock()->Now()); }

void AsyncConnection::OnKeepaliveAck(absl::Time stamp) { set_last_keepalive_ack(stamp); }

}  // namespace siphon
