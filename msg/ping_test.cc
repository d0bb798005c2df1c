#include "msg/ping.h"

#include <gtest/gtest.h>

#include "base/buffer_list.h"
#include "msg/decoder.h"
#include "msg/message_header.h"
#include "msg/message_registry.h"

namespace siphon {
namespace {

TEST(PingTest, TravelsWithoutContents) {
  MPing ping;
  ping.Encode(0);
  EXPECT_EQ(ping.type(), 2);
  EXPECT_EQ(ping.TotalSize(), 0u);
  MessageRegistry registry;
  registry.Register<MPing>();
  const auto got = DecodeMessage(registry, {}, ping.header(), MessageFooter(), BufferList(),
                                 BufferList(), BufferList());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ((*got)->Summary(), "ping");
}

}  // namespace
}  // namespace siphon
