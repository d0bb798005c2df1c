#include "msg/auth/cephx/message_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace siphon::cephx {
namespace {

using ::testing::HasSubstr;

// Real messages are in recorded_streams_test.
class MessageSignerTest : public ::testing::Test {
 protected:
  MessageSignerTest() {
    header_.seq = 5;
    header_.front_len = 10;
    footer_ = {.front_crc = 1, .middle_crc = 2, .data_crc = 3, .sig = 0, .flags = 5};
    footer_.sig = signer_.Sign(header_, 77, footer_);
  }
  bool Verifies(const MessageHeader& header, uint32_t crc, const MessageFooter& footer) {
    return signer_.Verify(header, crc, footer).ok();
  }

  MessageSigner signer_{std::string(16, 'k')};
  MessageHeader header_;
  MessageFooter footer_;
};

TEST_F(MessageSignerTest, EverythingThatIsSignedCounts) {
  EXPECT_TRUE(Verifies(header_, 77, footer_));
  EXPECT_FALSE(Verifies(header_, 78, footer_));
  MessageHeader header = header_;
  header.seq = 6;
  EXPECT_FALSE(Verifies(header, 77, footer_));
  header = header_;
  header.data_len = 1;
  EXPECT_FALSE(Verifies(header, 77, footer_));
  for (uint32_t MessageFooter::* crc :
       {&MessageFooter::front_crc, &MessageFooter::middle_crc, &MessageFooter::data_crc}) {
    MessageFooter footer = footer_;
    footer.*crc += 1;
    EXPECT_FALSE(Verifies(header_, 77, footer));
  }
  EXPECT_TRUE(Verifies(header_, 77, footer_)) << "refusals change nothing";
}

TEST_F(MessageSignerTest, RefusesAnUnsignedMessageAndAnotherKeys) {
  MessageFooter footer = footer_;
  footer.flags = MessageFooter::kComplete;
  EXPECT_THAT(signer_.Verify(header_, 77, footer).ToString(), HasSubstr("is not signed"));
  MessageSigner other(std::string(16, 'K'));
  EXPECT_TRUE(absl::IsPermissionDenied(other.Verify(header_, 77, footer_)));
}

// By `openssl enc -aes-128-cbc` of u8 1, the magic number, u32 16 and the four crcs.
TEST_F(MessageSignerTest, PeersOfBeforeCephxV2GetTheFirstWordOfTheEncryptedCrcs) {
  MessageSigner old(std::string(16, 'k'), SignatureForm::kBeforeCephxV2);
  EXPECT_EQ(old.Sign(header_, 77, footer_), 0x51954a198d931d0au);
  footer_.sig = old.Sign(header_, 77, footer_);
  EXPECT_TRUE(old.Verify(header_, 77, footer_).ok());
  EXPECT_FALSE(old.Verify(header_, 78, footer_).ok());
  EXPECT_FALSE(signer_.Verify(header_, 77, footer_).ok()) << "the forms differ";
  header_.seq = 6;
  EXPECT_TRUE(old.Verify(header_, 77, footer_).ok()) << "only the header's crc counts";
}

TEST_F(MessageSignerTest, WithoutAKeyNothingVerifies) {
  MessageSigner none("");
  MessageFooter footer = footer_;
  footer.sig = none.Sign(header_, 77, footer);
  EXPECT_FALSE(none.Verify(header_, 77, footer).ok());
}

}  // namespace
}  // namespace siphon::cephx
