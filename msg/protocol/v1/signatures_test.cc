// Two machines back to back that authenticate by cephx: whom the options let in, and how messages
// are signed.
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/buffer_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/cephx/message_signature.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/features.h"
#include "msg/message_header.h"
#include "msg/policy.h"
#include "msg/protocol/connection_machine.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v1/connection_fsm.h"
#include "msg/protocol/v1/recording_host.h"
#include "msg/protocol/v1/wire.h"

namespace siphon::v1 {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kAll = kFeaturesSupported;
constexpr uint64_t kOld = kFeaturesSupported & ~kFeatureCephxV2;
constexpr uint64_t kAncient = kOld & ~kFeatureMsgAuth;

EntityAddr Addr(const char* text) { return *EntityAddr::Parse(text, EntityAddr::kLegacy); }

class SignaturesTest : public testing::Test {
 protected:
  SignaturesTest() {
    server_host_.challenge = "prove it";
    for (RecordingHost* host : {&client_host_, &server_host_}) host->session_key = key_;
    client_host_.authorizer = {.method = kAuthCephx, .modes = {}, .payload = "ticket"};
  }

  // Connects a client and a server with these features, as far as they come.
  void Connect(uint64_t client, uint64_t server) {
    for (RecordingHost* host : {&client_host_, &server_host_}) {
      host->items.clear();
      host->requests.clear();
      host->transitions.clear();
    }
    client_session_.emplace(Policy::LosslessClient(0));
    server_session_.emplace(Policy::StatefulServer(0));
    client_ = std::make_unique<ConnectionFsm>(client_options_, &client_host_);
    server_ = std::make_unique<ConnectionFsm>(server_options_, &server_host_);
    server_host_.accept_terms.features_supported = server;
    server_->StartAccept(Addr("v1:127.0.0.1:6800/7"), Addr("v1:127.0.0.1:4000/0"));
    ConnectTerms terms;
    terms.features_supported = client;
    terms.cephx_features_required = required_of_server_;
    terms.protocol_version = 15;
    client_->StartConnect(terms, &*client_session_);
    client_->OnConnected();
    Exchange();
  }
  void Exchange() {
    for (int i = 0; i < 20; ++i) {
      Move(*client_, *server_);
      if (!server_host_.requests.empty() && server_->blocked()) {
        server_->Open(&*server_session_, false);
      }
      Move(*server_, *client_);
    }
  }
  static void Move(ConnectionFsm& from, ConnectionFsm& to) {
    const std::string bytes = from.out().ToString();
    from.out().Clear();
    to.Consume(bytes);
  }

  // Sends one message, and returns its bytes.
  static std::string Frame(ConnectionFsm& from) {
    MessageHeader header;
    header.seq = 1;
    SegmentsMessage message(header, BufferList::CopyOf("front"), {}, BufferList::CopyOf("data"));
    from.AppendMessage(message);
    const std::string frame = from.out().ToString();
    from.out().Clear();
    return frame;
  }
  // What the server made of the client's message.
  const RecordingHost::Item* Deliver(std::string_view frame) {
    server_host_.items.clear();
    server_->Consume(frame);
    return server_host_.items.empty() ? nullptr : &server_host_.items[0];
  }
  bool IsOpen() { return client_->is_open() && server_->is_open(); }

  const std::string key_ = std::string(16, 'k');
  RecordingHost client_host_, server_host_;
  MachineOptions client_options_{.self_type = kEntityClient};
  MachineOptions server_options_{.self_type = kEntityOsd};
  uint64_t required_of_server_ = 0;
  std::optional<Session> client_session_, server_session_;
  std::unique_ptr<ConnectionFsm> client_, server_;
};

TEST_F(SignaturesTest, SignsWithEverythingThatBothHave) {
  Connect(kAll, kAll);
  ASSERT_TRUE(IsOpen()) << client_->fault() << server_->fault();
  for (ConnectionFsm* from : {client_.get(), server_.get()}) {
    ConnectionFsm* to = from == client_.get() ? server_.get() : client_.get();
    to->Consume(Frame(*from));
    EXPECT_TRUE(to->fault().ok()) << to->fault();
  }
  ASSERT_EQ(server_host_.items.size(), 1u);
  EXPECT_EQ(server_host_.items[0].footer.flags, MessageFooter::kComplete | MessageFooter::kSigned);
}

TEST_F(SignaturesTest, TheSignatureHasTheFormThatBothKnow) {
  for (const auto& [client, server] : {std::pair(kOld, kAll), std::pair(kAll, kOld)}) {
    Connect(client, server);
    ASSERT_TRUE(IsOpen()) << client_->fault() << server_->fault();
    const RecordingHost::Item* item = Deliver(Frame(*client_));
    ASSERT_NE(item, nullptr) << server_->fault();
    cephx::MessageSigner old(key_, cephx::SignatureForm::kBeforeCephxV2);
    std::string head(kHeaderSize, '\0');
    EncodeHeader(item->header, true, head.data());
    uint32_t header_crc;
    std::memcpy(&header_crc, head.data() + kHeaderSize - 4, 4);
    EXPECT_EQ(item->footer.sig, old.Sign(item->header, header_crc, item->footer));
    client_->Consume(Frame(*server_));
    EXPECT_EQ(client_host_.items.size(), 1u) << client_->fault();
  }
}

TEST_F(SignaturesTest, AFlippedBitAnywhereInAMessageIsFoundOut) {
  Connect(kAll, kAll);
  std::string frame = Frame(*client_);
  // In the high byte of the signature, which no checksum covers.
  frame[frame.size() - 2] = static_cast<char>(frame[frame.size() - 2] ^ 1);
  EXPECT_EQ(Deliver(frame), nullptr);
  EXPECT_THAT(std::string(server_->fault().message()), HasSubstr("signature of message 1"));
}

TEST_F(SignaturesTest, AnotherKeysMessagesAreRefused) {
  client_host_.session_key = std::string(16, 'K');
  for (const uint64_t features : {kAll, kOld}) {
    Connect(features, features);
    ASSERT_TRUE(IsOpen());
    EXPECT_EQ(Deliver(Frame(*client_)), nullptr);
    EXPECT_THAT(std::string(server_->fault().message()), HasSubstr("is wrong"));
  }
}

TEST_F(SignaturesTest, WithoutCephxSignMessagesNothingIsSignedNorChecked) {
  server_options_.sign = client_options_.sign = false;
  Connect(kAll, kAll);
  const RecordingHost::Item* item = Deliver(Frame(*client_));
  ASSERT_NE(item, nullptr) << server_->fault();
  EXPECT_EQ(item->footer.flags, MessageFooter::kComplete);
  EXPECT_EQ(item->footer.sig, 0u);
}

TEST_F(SignaturesTest, WhoSignsTakesNoUnsignedMessages) {
  client_options_.sign = false;
  Connect(kAll, kAll);
  EXPECT_EQ(Deliver(Frame(*client_)), nullptr);
  EXPECT_THAT(std::string(server_->fault().message()), HasSubstr("is not signed"));
}

TEST_F(SignaturesTest, APeerThatCannotSignIsNotAskedTo) {
  Connect(kAncient, kAll);
  ASSERT_TRUE(IsOpen()) << client_->fault();
  const RecordingHost::Item* item = Deliver(Frame(*client_));
  ASSERT_NE(item, nullptr) << server_->fault();
  EXPECT_EQ(item->footer.flags, MessageFooter::kComplete);
}

TEST_F(SignaturesTest, RequiredOfClientsIsFeaturesToThemUntilTheyHaveThem) {
  server_host_.accept_terms.cephx_features_required = kFeatureMsgAuth | kFeatureCephxV2;
  for (const uint64_t features : {kOld, kAncient}) {
    Connect(features, kAll);
    EXPECT_FALSE(IsOpen());
    EXPECT_TRUE(server_host_.requests.empty());
    EXPECT_THAT(std::string(client_->fault().message()),
                HasSubstr(absl::StrCat("0x", absl::Hex(kAll & ~features))));
  }
  Connect(kAll, kAll);
  EXPECT_TRUE(IsOpen()) << client_->fault() << server_->fault();
}

TEST_F(SignaturesTest, RequiredOfClientsIsNothingToThoseOfMethodNone) {
  server_host_.accept_terms.cephx_features_required = kFeatureMsgAuth | kFeatureCephxV2;
  client_host_.authorizer.method = kAuthNone;
  server_host_.session_key = client_host_.session_key = "";
  Connect(kAncient, kAll);
  EXPECT_TRUE(IsOpen()) << client_->fault() << server_->fault();
}

TEST_F(SignaturesTest, AServerThatCannotSignIsLeftIfSignaturesAreRequired) {
  required_of_server_ = kFeatureMsgAuth;
  Connect(kAll, kAncient);
  EXPECT_FALSE(client_->is_open());
  EXPECT_THAT(std::string(client_->fault().message()), HasSubstr("requires: 0x800000"));
}

TEST_F(SignaturesTest, OnlyAPeerThatCanAnswerIsChallenged) {
  Connect(kAll, kAll);
  const size_t with_challenge = client_host_.transitions.size();
  Connect(kOld, kAll);
  ASSERT_TRUE(IsOpen()) << client_->fault() << server_->fault();
  EXPECT_LT(client_host_.transitions.size(), with_challenge);
}

}  // namespace
}  // namespace siphon::v1
