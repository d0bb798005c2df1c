#include "testing/messages/raw_message.h"

#include <gtest/gtest.h>

#include "absl/status/statusor.h"
#include "msg/decoder.h"
#include "msg/message_header.h"

namespace siphon {
namespace {

TEST(RawMessageTest, ComesBackWithItsTypeBodyAndDataFromAnyRegisteredNumber) {
  MessageRegistry registry;
  RawMessage::RegisterAs(4711, &registry);
  RawMessage sent(4711, BufferList::CopyOf("front"), BufferList::CopyOf("bulk"));
  sent.Encode(0);
  MessageFooter footer;
  footer.front_crc = sent.payload().Crc32c(0);
  footer.data_crc = sent.data().Crc32c(0);

  absl::StatusOr<MessagePtr> got = DecodeMessage(registry, {}, sent.header(), footer,
                                                 sent.payload(), sent.middle(), sent.data());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ((*got)->type(), 4711);
  EXPECT_TRUE(MessageAs<RawMessage>(**got).body() == "front");
  EXPECT_TRUE((*got)->data() == "bulk");
}

TEST(RawMessageTest, SaysWhatItIsInOneLine) {
  const RawMessage message(9, BufferList::CopyOf("abc"), BufferList::CopyOf("defgh"));
  EXPECT_EQ(message.Summary(), "raw(type 9, 3 + 5 bytes)");
}

}  // namespace
}  // namespace siphon
