#include "testing/scenarios/stalled_peer.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/buffer.h"
#include "glog/logging.h"
#include "msg/connection_info.h"
#include "msg/fault_injection.h"
#include "testing/scenarios/fixture.h"
#include "testing/scenarios/scenario_message.h"
#include "testing/scenarios/session_dispatcher.h"

namespace siphon {
namespace {

// One worker serves every connection of both sides.
class StalledPeer : private ScenarioFixture {
 public:
  explicit StalledPeer(const StalledPeerOptions& options)
      : ScenarioFixture(/*workers=*/1),
        options_(options),
        data_(Buffer::Allocate(options.message_bytes)) {
    Set("ms_out_queue_max_bytes", absl::StrCat(options.limit));
    Set("ms_out_queue_overflow_closes", options.closes ? "true" : "false");
    busy_side_.replies = busy_side_.fast = true;
    stalled_side_.fast = true;
    stalled_ = Peer(0, Policy::StatefulServer(0), &stalled_side_);
    busy_ = Peer(1, Policy::StatefulServer(0), &busy_side_);
    sender_ = Client(Policy::LosslessClient(0), &sender_side_);
    busy_client_ = Client(Policy::LosslessClient(0), &loop_);
  }
  ~StalledPeer() { Destroy(busy_client_); }  // before its dispatcher

  StalledPeerResult Play();

 private:
  // What the other connection does when nothing is wrong.
  std::optional<BusyLoop::Speed> Calm(const ConnectionPtr& to_busy) {
    const absl::Duration calm = std::min(options_.stall, absl::Seconds(5));
    loop_.Run(to_busy, calm / 5);  // warms up
    return loop_.Run(to_busy, calm);
  }
  // Sends a message if one is due after `elapsed` of the stall. Only one, for it is the worker, in
  // its next turn, that holds the queue to its limit. Worker.
  void SendDue(absl::Duration elapsed) {
    const double part = std::min(1.0, absl::FDivDuration(elapsed, options_.stall));
    const uint64_t due = static_cast<uint64_t>(part * static_cast<double>(options_.messages));
    if (result_.sent < due) SendOne();
  }
  // Over the session that there is, or a new one if that was reset.
  void SendOne() {
    if (const int resets = sender_side_.resets; connection_ == nullptr || resets != seen_resets_) {
      seen_resets_ = resets;
      connection_ = Dial(sender_, stalled_);
      first_of_session_ = result_.sent + 1;
    }
    auto ping = std::make_unique<ScenarioMessage>(++result_.sent);
    ping->mutable_data().Append(data_);
    connection_->Send(std::move(ping));
  }
  void LookAtQueue() {
    for (const ConnectionInfo& info : sender_->ListConnections()) {
      result_.most_waiting =
          std::max<size_t>(result_.most_waiting, info.out_queue_bytes + info.unacked_bytes);
    }
  }
  bool LastArrived() const {
    const std::vector<uint64_t> pings = stalled_side_.Pings();
    return !pings.empty() && pings.back() == result_.sent;
  }
  void CatchUp();
  std::string Judge() const;

  const StalledPeerOptions options_;
  const Buffer data_;
  BusyLoop loop_{4096};
  SessionDispatcher& stalled_side_ = NewDispatcher();
  SessionDispatcher& busy_side_ = NewDispatcher();
  SessionDispatcher& sender_side_ = NewDispatcher();
  Messenger* stalled_ = nullptr;
  Messenger* busy_ = nullptr;
  Messenger* sender_ = nullptr;
  Messenger* busy_client_ = nullptr;
  // The worker's during the stall, the caller's else.
  ConnectionPtr connection_;
  int seen_resets_ = 0;
  uint64_t first_of_session_ = 0;
  StalledPeerResult result_;
};

StalledPeerResult StalledPeer::Play() {
  SendOne();
  CHECK(stalled_side_.WaitFor([this] { return LastArrived(); }));
  const ConnectionPtr to_busy = Dial(busy_client_, busy_);
  const std::optional<BusyLoop::Speed> before = Calm(to_busy);
  CHECK(before.has_value());
  result_.before = *before;
  CHECK(stalled_->InjectFault({FaultInjection::Kind::kPauseReading, "client.12"}).ok());
  const std::optional<BusyLoop::Speed> during = loop_.Run(
      to_busy, options_.stall, [this](absl::Duration elapsed) { SendDue(elapsed); },
      [this] { LookAtQueue(); });
  if (during.has_value()) {
    result_.during = *during;
    CatchUp();
    result_.violation = Judge();
  } else {
    result_.violation = "the other connection stood still for half a minute";
  }
  return result_;
}

// The peer reads again, and everything arrives.
void StalledPeer::CatchUp() {
  stack().Drain();
  LookAtQueue();
  result_.arrived_before_resume = stalled_side_.PingCount();
  const absl::Time begun = absl::Now();
  CHECK(stalled_->InjectFault({FaultInjection::Kind::kResumeReading, ""}).ok());
  stalled_side_.WaitFor([this] {
    // The last message may have gone with its session.
    if (sender_side_.resets != seen_resets_) SendOne();
    return LastArrived();
  });
  result_.caught_up = absl::Now() - begun;
  result_.arrived = stalled_side_.PingCount();
  result_.resets = static_cast<uint64_t>(sender_side_.resets.load());
  for (const FaultRecord& fault : sender_->Info().recent_faults) {
    result_.reports += absl::StrContains(fault.reason, "ms_out_queue_max_bytes") ? 1 : 0;
  }
}

std::string StalledPeer::Judge() const {
  const std::vector<uint64_t> pings = stalled_side_.Pings();
  if (std::adjacent_find(pings.begin(), pings.end(), std::greater_equal<>()) != pings.end()) {
    return "messages came twice or out of order";
  }
  if (!LastArrived()) return "the last message did not arrive";
  // They are in order and end with the last one.
  const uint64_t complete = options_.closes ? result_.sent - first_of_session_ + 1 : result_.sent;
  if (pings.size() < complete || pings[pings.size() - complete] != result_.sent - complete + 1) {
    return "messages are lost";
  }
  if (result_.reports == 0) return "nothing told that the queue grew beyond its limit";
  if (!options_.closes && result_.resets != 0) return "a session was reset that was to go on";
  if (!options_.closes && result_.reports != 1)
    return "the long queue was reported again and again";
  if (options_.closes && result_.resets == 0) return "no reset told of the queue that was dropped";
  // A message counts as half a KiB more than its data, and the one that is too much is still taken.
  if (options_.closes && result_.most_waiting > options_.limit + options_.message_bytes + 1024) {
    return "the queue grew beyond its limit";
  }
  if (result_.during.per_second < result_.before.per_second / 10) {
    return "the other connection was held back";
  }
  return "";
}

}  // namespace

std::string StalledPeerResult::Text() const {
  const auto speed = [](const BusyLoop::Speed& s) {
    return absl::StrFormat("%.0f round trips/s (slowest second %.0f, longest trip %s)",
                           s.per_second, s.slowest,
                           absl::FormatDuration(absl::Trunc(s.longest, absl::Microseconds(1))));
  };
  return absl::StrFormat(
      "  the other connection, before: %s\n  the other connection, during: %s\n"
      "  to the stalled peer: %d messages sent, %d arrived before it read again, %d in the end, "
      "%s later\n"
      "  most that waited: %.1f MiB; %d reports of a long queue, %d resets\n  %s\n",
      speed(before), speed(during), sent, arrived_before_resume, arrived,
      absl::FormatDuration(absl::Trunc(caught_up, absl::Milliseconds(1))),
      static_cast<double>(most_waiting) / (1 << 20), reports, resets,
      violation.empty() ? "nothing wrong" : violation);
}

StalledPeerResult RunStalledPeer(const StalledPeerOptions& options) {
  return StalledPeer(options).Play();
}

}  // namespace siphon
