#include "msg/message.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message_header.h"
#include "msg/throttle.h"

namespace siphon {
namespace {

constexpr uint64_t kOldPeer = 1;
constexpr uint64_t kNewPeer = 2;

// Writes "old" at version 3 for an old peer and "new" at 5 for others.
class TwoFaced final : public Message {
 public:
  explicit TwoFaced(uint16_t compat_version) : Message(900, 5, compat_version) {}
  std::string_view type_name() const override { return "two_faced"; }
  void EncodePayload(Encoder& e, uint64_t features) override {
    ++encodings;
    if (features == kOldPeer) {
      mutable_header().version = 3;
      e.Raw("old");
    } else {
      e.Raw(text);
    }
  }
  absl::Status DecodePayload(Decoder& d) override { return absl::OkStatus(); }

  int encodings = 0;
  std::string text = "newer";
};

TEST(MessageTest, EncodesOnceForTheSameFeaturesAndAnewForOthers) {
  TwoFaced message(4);
  message.mutable_data().Append("data");
  message.mutable_middle().Append("mid");
  message.Encode(kNewPeer);
  message.Encode(kNewPeer);
  EXPECT_EQ(message.encodings, 1);
  EXPECT_TRUE(message.payload() == "newer");
  EXPECT_EQ(message.header().front_len, 5u);
  EXPECT_EQ(message.header().middle_len, 3u);
  EXPECT_EQ(message.header().data_len, 4u);
  EXPECT_EQ(message.TotalSize(), 12u);

  message.Encode(kOldPeer);
  EXPECT_TRUE(message.payload() == "old");
  EXPECT_EQ(message.header().version, 3);
  EXPECT_EQ(message.header().front_len, 3u);

  message.Encode(kNewPeer);
  EXPECT_TRUE(message.payload() == "newer");
  EXPECT_EQ(message.header().version, 5) << "what an old peer needed must not stick";
  EXPECT_EQ(message.header().compat_version, 4);
}

TEST(MessageTest, WithoutACompatVersionOnlyReadersOfWhatWasWrittenCanReadIt) {
  TwoFaced message(0);
  message.Encode(kNewPeer);
  EXPECT_EQ(message.header().compat_version, 5);
  message.Encode(kOldPeer);
  EXPECT_EQ(message.header().compat_version, 3);
}

TEST(MessageTest, AReceivedMessageGoesOutAsItCame) {
  TwoFaced message(4);
  MessageHeader header;
  header.type = 900;
  header.version = 9;
  header.compat_version = 2;
  header.tid = 77;
  message.SetSegments(header, BufferList::CopyOf("as received"), BufferList(),
                      BufferList::CopyOf("bulk"));
  message.Encode(kNewPeer);
  EXPECT_EQ(message.encodings, 0);
  EXPECT_TRUE(message.payload() == "as received");
  EXPECT_EQ(message.header().version, 9);
  EXPECT_EQ(message.header().front_len, 11u);
  EXPECT_EQ(message.tid(), 77u);

  message.ClearPayload();
  message.Encode(kNewPeer);
  EXPECT_TRUE(message.payload() == "newer");
  EXPECT_EQ(message.header().version, 5);
}

TEST(MessageTest, ClearPayloadMakesChangedFieldsGoOut) {
  TwoFaced message(4);
  message.Encode(kNewPeer);
  message.text = "newest";
  message.Encode(kNewPeer);
  EXPECT_TRUE(message.payload() == "newer");
  message.ClearPayload();
  message.Encode(kNewPeer);
  EXPECT_TRUE(message.payload() == "newest");
}

TEST(MessageTest, GivesItsSharesBackWhenItEndsAndTheDispatchShareWhenAsked) {
  const auto messages = std::make_shared<Throttle>("messages", 10);
  const auto bytes = std::make_shared<Throttle>("bytes", 1000);
  const auto dispatch = std::make_shared<Throttle>("dispatch", 1000);
  {
    TwoFaced message(4);
    messages->Take(1);
    bytes->Take(500);
    dispatch->Take(500);
    message.HoldShares(ThrottleShare(messages, 1), ThrottleShare(bytes, 500));
    message.HoldDispatchShare(ThrottleShare(dispatch, 500));
    {
      const ThrottleShare taken = message.TakeDispatchShare();
    }
    EXPECT_EQ(dispatch->stats().current, 0u);
    message.ReleaseDispatchShare();
    EXPECT_EQ(bytes->stats().current, 500u);
  }
  EXPECT_EQ(messages->stats().current, 0u);
  EXPECT_EQ(bytes->stats().current, 0u);
}

}  // namespace
}  // namespace siphon
