// RecordingHost: an FsmHost for tests that remembers what the machine told it.
#ifndef SIPHON_MSG_PROTOCOL_V1_RECORDING_HOST_H_
#define SIPHON_MSG_PROTOCOL_V1_RECORDING_HOST_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "msg/features.h"
#include "msg/message.h"
#include "msg/protocol/v1/connection_fsm.h"
#include "msg/protocol/v1/fsm_host.h"
#include "msg/protocol/v1/wire.h"

namespace siphon::v1 {

// A message of any type whose front is what it was given.
class SegmentsMessage final : public Message {
 public:
  SegmentsMessage(const MessageHeader& header, BufferList front, BufferList middle, BufferList data)
      : Message(header.type, header.version, header.compat_version), front_(std::move(front)) {
    mutable_header() = header;
    mutable_middle() = std::move(middle);
    mutable_data() = std::move(data);
  }
  std::string_view type_name() const override { return "segments"; }
  void EncodePayload(Encoder& e, uint64_t) override { e.Raw(front_); }
  absl::Status DecodePayload(Decoder&) override { return absl::OkStatus(); }

 private:
  BufferList front_;
};

class RecordingHost : public FsmHost {
 public:
  struct Item {
    Tag tag;
    uint64_t seq = 0;      // kAck
    absl::Time stamp;      // keepalives
    MessageHeader header;  // kMsg
    MessageFooter footer;
    BufferList front, middle, data;
  };

  // --- What the host answers.
  EntityAddr my_addr;
  AcceptTerms accept_terms{.features_supported = kFeaturesSupported,
                           .features_required = 0,
                           .protocol_version = 15,
                           .lossy = true};
  Authorizer authorizer;
  AuthServer::Verdict verdict{.accepted = true, .reply = "", .reason = "", .entity = ""};
  absl::Status identified;  // what OnServerIdentified() says
  uint32_t next_global_seq = 0;
  int refuse_shares = 0;  // so many shares are not to be had at once
  absl::Status on_message;

  // --- What happened.
  std::vector<Item> items;
  std::vector<State> transitions;
  std::vector<ConnectRequest> requests;
  std::optional<EntityAddr> server_addr, seen_addr;
  int ready = 0;
  int session_resets = 0;
  int shares_taken = 0;

  uint32_t NextGlobalSeq(uint32_t at_least) override {
    return next_global_seq = std::max(next_global_seq, at_least) + 1;
  }
  absl::StatusOr<Authorizer> MakeAuthorizer() override { return authorizer; }
  absl::StatusOr<EntityAddr> OnServerIdentified(const EntityAddr& server,
                                                const EntityAddr& me) override {
    server_addr = server;
    seen_addr = me;
    if (!identified.ok()) return identified;
    return my_addr;
  }
  void OnSessionReset() override { ++session_resets; }
  AcceptTerms TermsFor(EntityType) override { return accept_terms; }
  AuthServer::Verdict VerifyAuthorizer(EntityType, uint32_t, std::string_view) override {
    return verdict;
  }
  void OnConnectRequest(const ConnectRequest& request) override { requests.push_back(request); }
  void OnReady() override { ++ready; }
  bool TakeShare(ThrottleStage, uint64_t) override {
    if (refuse_shares > 0) {
      --refuse_shares;
      return false;
    }
    ++shares_taken;
    return true;
  }
  void OnMessageHeader(const MessageHeader&) override {}
  absl::Status OnMessage(const MessageHeader& header, const MessageFooter& footer, BufferList front,
                         BufferList middle, BufferList data) override {
    items.push_back({.tag = Tag::kMsg,
                     .stamp = {},
                     .header = header,
                     .footer = footer,
                     .front = std::move(front),
                     .middle = std::move(middle),
                     .data = std::move(data)});
    return on_message;
  }
  void OnAck(uint64_t seq) override {
    Item item{};
    item.tag = Tag::kAck;
    item.seq = seq;
    items.push_back(std::move(item));
  }
  void OnKeepalive(absl::Time stamp) override { Stamp(Tag::kKeepalive2, stamp); }
  void OnKeepaliveAck(absl::Time stamp) override { Stamp(Tag::kKeepalive2Ack, stamp); }
  void OnTransition(State to) override { transitions.push_back(to); }

 private:
  void Stamp(Tag tag, absl::Time stamp) {
    Item item{};
    item.tag = tag;
    item.stamp = stamp;
    items.push_back(std::move(item));
  }
};

}  // namespace siphon::v1

#endif  // SIPHON_MSG_PROTOCOL_V1_RECORDING_HOST_H_
