#include "msg/auth/auth_name.h"

#include <gtest/gtest.h>

#include <string>

#include "base/buffer_list.h"

namespace siphon {
namespace {

TEST(AuthNameTest, ReadsAndWritesTheFieldsNames) {
  for (const char* text : {"client.admin", "osd.3", "mon.", "client.rgw.a.b", "mgr.x"}) {
    const auto name = AuthName::Parse(text);
    ASSERT_TRUE(name.ok()) << name.status();
    EXPECT_EQ(name->ToString(), text);
    BufferList bytes;
    Encoder e(&bytes);
    name->Encode(e);
    Decoder d(bytes);
    EXPECT_EQ(AuthName::Decode(d), *name);
    EXPECT_TRUE(d.ok());
  }
}

TEST(AuthNameTest, RefusesWhatIsNoName) {
  for (const std::string text :
       {"", "client", "client.", ".admin", "Client.a", "client.a b", "client.a\n", "client.[a]"}) {
    EXPECT_FALSE(AuthName::Parse(text).ok()) << text;
  }
  EXPECT_FALSE(AuthName::Parse("client." + std::string(257, 'a')).ok());
}

TEST(AuthNameTest, FailsForPeersTypesAndIdsThatCannotBe) {
  const auto fails = [](uint32_t type, const std::string& id) {
    BufferList bytes;
    Encoder e(&bytes);
    e.U32(type);
    e.String(id);
    Decoder d(bytes);
    return AuthName::Decode(d).empty() && !d.ok();
  };
  EXPECT_TRUE(fails(0, "a"));
  EXPECT_TRUE(fails(0x108, "a"));
  EXPECT_TRUE(fails(3, "a"));
  EXPECT_TRUE(fails(kEntityClient, "a\n[mon.]"));
  EXPECT_TRUE(fails(kEntityClient, std::string(257, 'a')));
  EXPECT_FALSE(fails(kEntityClient, std::string(256, 'a')));
}

}  // namespace
}  // namespace siphon
