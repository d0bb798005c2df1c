// RecordingHost: a MachineHost for tests that remembers what a v2 machine told it; and parties to
// an authentication whose outcome the test says.
#ifndef SIPHON_MSG_PROTOCOL_V2_RECORDING_HOST_H_
#define SIPHON_MSG_PROTOCOL_V2_RECORDING_HOST_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/absl_view.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_methods.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/entity_type.h"
#include "msg/features.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/protocol/machine_host.h"

namespace siphon::v2 {

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

// What both parties of a keyed authentication come to.
struct KeyedAuth {
  uint32_t method = kAuthCephx;
  std::string authorizer = "authorizer";
  uint64_t global_id = 4131;
  std::vector<uint32_t> modes;  // the client's, or what the server allows
  std::string session_key = "0123456789abcdef";
  std::string connection_secret = std::string(64, 's');
  std::string challenge{};  // the server's; empty for none
  int refusals = 0;         // AUTH_BAD_METHODs before it is content
  bool faults = false;      // instead of an answer
};

class KeyedAuthClient final : public AuthClientExchange {
 public:
  explicit KeyedAuthClient(KeyedAuth auth) : auth_(std::move(auth)) {}
  absl::StatusOr<Request> Begin() override { return TheRequest(); }
  absl::StatusOr<Request> OnBadMethod(const BadMethod&) override {
    if (auth_.refusals-- == 0) return absl::PermissionDeniedError("no other method");
    return TheRequest();
  }
  absl::StatusOr<std::string> OnReplyMore(std::string_view payload) override {
    return absl::StrCat("answer to ", AbslView(payload));
  }
  absl::StatusOr<AuthSecrets> OnDone(uint64_t, ConMode mode, std::string_view) override {
    return AuthSecrets{
        .session_key = auth_.session_key,
        .connection_secret = mode == ConMode::kSecure ? auth_.connection_secret : std::string()};
  }

 private:
  Request TheRequest() const {
    return {.method = auth_.method, .modes = auth_.modes, .payload = auth_.authorizer};
  }
  KeyedAuth auth_;
};

class KeyedAuthServer final : public AuthServerExchange {
 public:
  // `auth` outlives it: refusals are counted over all exchanges of a connection.
  explicit KeyedAuthServer(KeyedAuth* auth) : auth_(auth) {}
  Answer OnRequest(uint32_t, const std::vector<uint32_t>& modes, std::string_view) override {
    Answer answer;
    answer.reason = "as the test says";
    if (auth_->faults) return answer;
    for (const uint32_t mode : modes) {
      if (answer.kind == Answer::Kind::kFault &&
          std::find(auth_->modes.begin(), auth_->modes.end(), mode) != auth_->modes.end()) {
        answer.kind = Answer::Kind::kDone;
        answer.mode = static_cast<ConMode>(mode);
      }
    }
    if (answer.kind == Answer::Kind::kFault || auth_->refusals > 0) {
      --auth_->refusals;
      answer.kind = Answer::Kind::kBadMethod;
      answer.bad = {.method = kAuthCephx,
                    .result = -95,
                    .allowed_methods = {kAuthCephx},
                    .allowed_modes = auth_->modes};
      return answer;
    }
    mode_ = answer.mode;
    if (auth_->challenge.empty()) return Done();
    answer.kind = Answer::Kind::kMore;
    answer.payload = auth_->challenge;
    return answer;
  }
  Answer OnRequestMore(std::string_view payload) override {
    if (payload == "answer to " + auth_->challenge) return Done();
    Answer answer;
    answer.kind = Answer::Kind::kBadMethod;
    answer.reason = "the answer is wrong";
    answer.bad.result = -13;
    return answer;
  }

 private:
  Answer Done() const {
    Answer answer;
    answer.kind = Answer::Kind::kDone;
    answer.mode = mode_;
    answer.global_id = auth_->global_id;
    answer.secrets.session_key = auth_->session_key;
    if (mode_ == ConMode::kSecure) answer.secrets.connection_secret = auth_->connection_secret;
    auto peer = std::make_shared<PeerIdentity>();
    peer->entity = "client.keyed";
    answer.peer = std::move(peer);
    return answer;
  }

  KeyedAuth* const auth_;
  ConMode mode_ = ConMode::kCrc;
};

class RecordingHost : public MachineHost {
 public:
  struct Received {
    MessageHeader header;
    MessageFooter footer;
    BufferList front, middle, data;
    uint64_t acked = 0;  // what had been acknowledged, with it or before
  };

  // --- What the host answers.
  EntityName my_name{kEntityClient, -1};
  EntityAddrVec my_addrs;
  AcceptTerms accept_terms{.features_supported = kFeaturesSupported,
                           .features_required = 0,
                           .protocol_version = 0,
                           .lossy = false};
  std::optional<KeyedAuth> auth;  // none: no exchange, which is method none
  absl::Status identified;        // what OnServerIdentified() says
  bool is_my_addr = true;
  uint64_t next_global_seq = 0;
  uint64_t next_cookie = 0x1000;
  int refuse_shares = 0;  // so many shares are not to be had at once
  absl::Status on_message;
  std::function<void(const ConnectRequest&)> decide;  // in the call; else the test does, later

  // --- What happened.
  std::vector<Received> messages;
  std::vector<MessageHeader> preambles;
  std::vector<uint64_t> acks;
  std::vector<absl::Time> keepalives, keepalive_acks;
  std::vector<std::string_view> transitions;
  std::vector<ConnectRequest> requests;
  std::vector<std::string> refusals;
  std::vector<bool> session_resets;  // full?
  std::optional<EntityAddrVec> server_addrs;
  std::optional<EntityAddr> seen_as;
  std::optional<EntityType> peer_type;
  int64_t server_num = -1;
  int ready = 0;
  int shares_taken = 0;
  uint64_t bytes_taken = 0;
  int aborted = 0;

  uint64_t NextGlobalSeq(uint64_t at_least) override {
    return next_global_seq = std::max(next_global_seq, at_least) + 1;
  }
  uint64_t RandomCookie() override { return ++next_cookie; }
  EntityName MyName() override { return my_name; }
  EntityAddrVec MyAddrs() override { return my_addrs; }
  std::unique_ptr<AuthClientExchange> NewAuthClientExchange() override {
    if (!auth.has_value()) return nullptr;
    return std::make_unique<KeyedAuthClient>(*auth);
  }
  void OnSeenAs(const EntityAddr& me) override { seen_as = me; }
  absl::Status OnServerIdentified(const EntityAddrVec& server, int64_t num) override {
    server_addrs = server;
    server_num = num;
    return identified;
  }
  void OnSessionReset(bool full) override { session_resets.push_back(full); }
  AcceptTerms TermsFor(EntityType type) override {
    peer_type = type;
    return accept_terms;
  }
  std::unique_ptr<AuthServerExchange> NewAuthServerExchange(EntityType) override {
    if (!auth.has_value()) return nullptr;
    return std::make_unique<KeyedAuthServer>(&*auth);
  }
  void OnAuthRefused(std::string_view reason) override { refusals.emplace_back(reason); }
  bool IsMyAddr(const EntityAddr&) override { return is_my_addr; }
  void OnConnectRequest(const ConnectRequest& request) override {
    requests.push_back(request);
    if (decide) decide(request);
  }
  void OnReady() override { ++ready; }
  bool TakeShare(ThrottleStage stage, uint64_t amount) override {
    if (refuse_shares > 0) {
      --refuse_shares;
      return false;
    }
    ++shares_taken;
    if (stage == ThrottleStage::kBytes) bytes_taken += amount;
    return true;
  }
  void OnMessageHeader(const MessageHeader& header) override { preambles.push_back(header); }
  void OnMessageAborted() override { ++aborted; }
  absl::Status OnMessage(const MessageHeader& header, const MessageFooter& footer, BufferList front,
                         BufferList middle, BufferList data) override {
    messages.push_back({.header = header,
                        .footer = footer,
                        .front = std::move(front),
                        .middle = std::move(middle),
                        .data = std::move(data),
                        .acked = acks.empty() ? 0 : acks.back()});
    return on_message;
  }
  void OnAck(uint64_t seq) override { acks.push_back(seq); }
  void OnKeepalive(absl::Time stamp) override { keepalives.push_back(stamp); }
  void OnKeepaliveAck(absl::Time stamp) override { keepalive_acks.push_back(stamp); }
  void OnTransition(std::string_view state) override { transitions.push_back(state); }
};

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_RECORDING_HOST_H_
