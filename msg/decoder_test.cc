#include "msg/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/message_registry.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

// One number; an odd one is refused.
class Number final : public Message {
 public:
  static constexpr uint16_t kType = 901;
  static constexpr uint16_t kHeadVersion = 3;

  explicit Number(uint64_t value = 0) : Message(kType, kHeadVersion, 2), value(value) {}
  std::string_view type_name() const override { return "number"; }
  void EncodePayload(Encoder& e, uint64_t features) override { e.U64(value); }
  absl::Status DecodePayload(Decoder& d) override {
    value = d.U64();
    if (value % 2 != 0) return absl::InvalidArgumentError("the number is odd");
    return absl::OkStatus();
  }

  uint64_t value;
};

class DecodeMessageTest : public ::testing::Test {
 protected:
  DecodeMessageTest() {
    registry_.Register<Number>();
    Fill(42);
  }

  // A valid message with all three segments.
  void Fill(uint64_t value) {
    Number message(value);
    message.Encode(0);
    header_ = message.header();
    header_.seq = 7;
    header_.tid = 99;
    front_ = message.payload();
    middle_ = BufferList::CopyOf("middle");
    data_ = BufferList::CopyOf("data");
    footer_.front_crc = front_.Crc32c(0);
    footer_.middle_crc = middle_.Crc32c(0);
    footer_.data_crc = data_.Crc32c(0);
    footer_.flags = MessageFooter::kComplete;
  }
  absl::StatusOr<MessagePtr> Decode() {
    return DecodeMessage(registry_, options_, header_, footer_, front_, middle_, data_);
  }
  std::string ErrorOf(absl::StatusCode code) {
    const absl::Status status = Decode().status();
    EXPECT_EQ(status.code(), code) << status;
    return std::string(status.message());
  }

  MessageRegistry registry_;
  DecodeOptions options_;
  MessageHeader header_;
  MessageFooter footer_;
  BufferList front_, middle_, data_;
};

TEST_F(DecodeMessageTest, MakesTheTypeWithItsHeaderAndSegments) {
  absl::StatusOr<MessagePtr> message = Decode();
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(MessageAs<Number>(**message).value, 42u);
  EXPECT_EQ((*message)->tid(), 99u);
  EXPECT_EQ((*message)->seq(), 7u);
  EXPECT_TRUE((*message)->middle() == "middle");
  EXPECT_TRUE((*message)->data() == "data");
}

TEST_F(DecodeMessageTest, TheCrcOfAnEmptySegmentIsZero) {
  middle_.Clear();
  data_.Clear();
  footer_.middle_crc = footer_.data_crc = 0;
  EXPECT_TRUE(Decode().ok());
  footer_.data_crc = 1;
  EXPECT_THAT(ErrorOf(absl::StatusCode::kDataLoss),
              HasSubstr("the 0 bytes of its data have crc 0x00000000, the footer says 0x00000001"));
}

TEST_F(DecodeMessageTest, NamesTheSegmentWhoseChecksumDiffersAndBothValues) {
  footer_.front_crc = 0xdeadbeef;
  const std::string front = ErrorOf(absl::StatusCode::kDataLoss);
  EXPECT_THAT(front, HasSubstr("message 7 of type 901: the 8 bytes of its front have crc 0x"));
  EXPECT_THAT(front, HasSubstr("the footer says 0xdeadbeef"));
  Fill(42);
  footer_.middle_crc ^= 1;
  EXPECT_THAT(ErrorOf(absl::StatusCode::kDataLoss), HasSubstr("its middle"));
  Fill(42);
  footer_.data_crc ^= 1;
  EXPECT_THAT(ErrorOf(absl::StatusCode::kDataLoss), HasSubstr("its data"));
}

TEST_F(DecodeMessageTest, ChecksFrontAndMiddleOrDataOnlyIfToldTo) {
  footer_.front_crc ^= 1;
  footer_.middle_crc ^= 1;
  options_.verify_front_crc = false;
  EXPECT_TRUE(Decode().ok());
  footer_.data_crc ^= 1;
  EXPECT_FALSE(Decode().ok());
  options_.verify_data_crc = false;
  EXPECT_TRUE(Decode().ok());
}

TEST_F(DecodeMessageTest, DoesNotCheckDataThatWasSentWithoutAChecksum) {
  footer_.flags |= MessageFooter::kNoCrc;
  footer_.data_crc = 0;
  EXPECT_TRUE(Decode().ok());
  footer_.front_crc ^= 1;
  EXPECT_FALSE(Decode().ok()) << "the flag speaks of the data only";
}

TEST_F(DecodeMessageTest, AnUnknownTypeIsUnimplemented) {
  header_.type = 902;
  EXPECT_THAT(ErrorOf(absl::StatusCode::kUnimplemented),
              HasSubstr("message 7 is of type 902, which this program does not know"));
}

TEST_F(DecodeMessageTest, ANewerVersionIsReadIfItsCompatVersionAllows) {
  header_.version = 9;
  header_.compat_version = Number::kHeadVersion;
  EXPECT_TRUE(Decode().ok());
  header_.compat_version = Number::kHeadVersion + 1;
  EXPECT_THAT(ErrorOf(absl::StatusCode::kUnimplemented),
              HasSubstr("(number): version 9 can be read from version 4 on; this program reads up "
                        "to 3"));
}

TEST_F(DecodeMessageTest, APayloadThatIsShortOrWrongIsInvalid) {
  Fill(43);
  EXPECT_THAT(ErrorOf(absl::StatusCode::kInvalidArgument),
              HasSubstr("message 7 (number version 3) does not decode: the number is odd"));
  Fill(42);
  front_ = front_.Substr(0, 5);
  footer_.front_crc = front_.Crc32c(0);
  EXPECT_THAT(ErrorOf(absl::StatusCode::kInvalidArgument), HasSubstr("truncated"));
}

TEST_F(DecodeMessageTest, SkipsWhatANewerVersionAddedAtTheEnd) {
  front_.Append("more");
  footer_.front_crc = front_.Crc32c(0);
  EXPECT_TRUE(Decode().ok());
}

TEST_F(DecodeMessageTest, ReadsSegmentsInSeveralPieces) {
  BufferList pieces;
  for (size_t i = 0; i < front_.size(); ++i) {
    pieces.Append(Buffer::CopyOf(front_.Substr(i, 1).ToString()));
  }
  front_ = pieces;
  absl::StatusOr<MessagePtr> message = Decode();
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(MessageAs<Number>(**message).value, 42u);
}

}  // namespace
}  // namespace siphon
