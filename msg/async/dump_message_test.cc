#include "msg/async/dump_message.h"

#include <string>

#include "base/buffer_list.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "msg/message_header.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MessageHeader Header() {
  MessageHeader header;
  header.seq = 7;
  header.type = 42;
  header.version = 8;
  return header;
}

TEST(DumpMessageTest, ShowsEachPartThatIsThere) {
  BufferList front, data;
  front.Append("\x01\xff");
  data.Append(std::string(33, 'a'));
  EXPECT_EQ(DumpMessage(Header(), front, {}, data),
            "message 7 of type 42 version 8\n"
            "front, 2 bytes\n  0000  01ff\n"
            "data, 33 bytes\n  0000  " +
                std::string("61616161616161616161616161616161") +
                "61616161616161616161616161616161\n  0020  61");
}

TEST(DumpMessageTest, ALongPartIsCut) {
  BufferList data;
  data.AppendZero(4 << 20);
  const std::string dump = DumpMessage(Header(), {}, {}, data);
  EXPECT_LT(dump.size(), 4096u);
  EXPECT_THAT(dump, HasSubstr("data, 4194304 bytes"));
  EXPECT_THAT(dump, HasSubstr("and 4193280 more"));
  EXPECT_THAT(dump, Not(HasSubstr("front")));
}

}  // namespace
}  // namespace siphon
