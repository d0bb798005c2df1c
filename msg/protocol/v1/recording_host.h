// RecordingHost: a MachineHost for tests that remembers what the machine told it.
#ifndef SIPHON_MSG_PROTOCOL_V1_RECORDING_HOST_H_
#define SIPHON_MSG_PROTOCOL_V1_RECORDING_HOST_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/auth_exchange.h"
#include "msg/features.h"
#include "msg/message.h"
#include "msg/protocol/machine_host.h"
#include "msg/protocol/v1/connection_fsm.h"
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

// Shows `method` and `payload`, and believes the server.
class FixedAuthClient final : public AuthClientExchange {
 public:
  FixedAuthClient(Request request, std::string session_key)
      : request_(std::move(request)), session_key_(std::move(session_key)) {}
  absl::StatusOr<Request> Begin() override { return request_; }
  absl::StatusOr<Request> OnBadMethod(const BadMethod&) override {
    return absl::PermissionDeniedError("no other method");
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view payload) override {
    return absl::StrCat("answer to ", AbslView(payload));
  }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t, ConMode, std::string_view) override {
    return AuthSecrets{.session_key = session_key_, .connection_secret = ""};
  }

 private:
  const Request request_;
  const std::string session_key_;
};

// Answers everything with `answer`; first with a challenge, if there is one and the peer can
// answer.
class FixedAuthServer final : public AuthServerExchange {
 public:
  FixedAuthServer(Answer answer, std::string challenge)
      : answer_(std::move(answer)), challenge_(std::move(challenge)) {}
  void SkipChallenge() override { challenge_.clear(); }
  Answer OnRequest(uint32_t, const std::vector<uint32_t>&, std::string_view) override {
    if (challenge_.empty()) return answer_;
    Answer more;
    more.kind = Answer::Kind::kMore;
    more.payload = challenge_;
    return more;
  }
  Answer OnRequestMore(std::string_view) override { return answer_; }

 private:
  const Answer answer_;
  std::string challenge_;
};

class RecordingHost : public MachineHost {
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
  AuthClientExchange::Request authorizer;
  bool accepts = true;      // whatever authorizer is shown
  std::string challenge;    // shown to it before
  std::string session_key;  // that either exchange ends with
  absl::Status identified;  // what OnServerIdentified() says
  uint64_t next_global_seq = 0;
  int refuse_shares = 0;  // so many shares are not to be had at once
  absl::Status on_message;

  // --- What happened.
  std::vector<Item> items;
  std::vector<std::string_view> transitions;
  std::vector<ConnectRequest> requests;
  std::optional<EntityAddr> server_addr, seen_addr;
  int ready = 0;
  int session_resets = 0;
  int shares_taken = 0;

  uint64_t NextGlobalSeq(uint64_t at_least) override {
    return next_global_seq = std::max(next_global_seq, at_least) + 1;
  }
  uint64_t RandomCookie() override { return 1; }
  EntityName MyName() override { return {kEntityClient, -1}; }
  EntityAddrVec MyAddrs() override { return EntityAddrVec(my_addr); }
  std::unique_ptr<AuthClientExchange> NewAuthClientExchange() override {
    return std::make_unique<FixedAuthClient>(authorizer, session_key);
  }
  void OnSeenAs(const EntityAddr& me) override { seen_addr = me; }
  absl::Status OnServerIdentified(const EntityAddrVec& server, int64_t) override {
    server_addr = server.front();
    return identified;
  }
  void OnSessionReset(bool) override { ++session_resets; }
  AcceptTerms TermsFor(EntityType) override { return accept_terms; }
  std::unique_ptr<AuthServerExchange> NewAuthServerExchange(EntityType) override {
    AuthServerExchange::Answer answer;
    answer.kind = accepts ? AuthServerExchange::Answer::Kind::kDone
                          : AuthServerExchange::Answer::Kind::kBadMethod;
    answer.peer = std::make_shared<PeerIdentity>();
    answer.secrets.session_key = session_key;
    return std::make_unique<FixedAuthServer>(std::move(answer), challenge);
  }
  void OnAuthRefused(std::string_view) override {}
  bool IsMyAddr(const EntityAddr& addr) override { return addr == my_addr; }
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
  void OnMessageAborted() override {}
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
  void OnTransition(std::string_view to) override { transitions.push_back(to); }

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
