#include "msg/entity_addr.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/hash/hash_testing.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace siphon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EntityAddr Addr(std::string_view text) {
  absl::StatusOr<EntityAddr> addr = EntityAddr::Parse(text);
  EXPECT_TRUE(addr.ok()) << addr.status();
  return addr.ok() ? *addr : EntityAddr();
}

std::string ErrorOf(std::string_view text) {
  absl::StatusOr<EntityAddr> addr = EntityAddr::Parse(text);
  EXPECT_EQ(addr.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(addr.status().message());
}

TEST(EntityAddrTest, ParsesTypesHostsPortsAndNonces) {
  const EntityAddr v1 = Addr("v1:127.0.0.1:6789/17");
  EXPECT_EQ(v1.type(), EntityAddr::kLegacy);
  EXPECT_TRUE(v1.is_ipv4());
  EXPECT_EQ(v1.port(), 6789);
  EXPECT_EQ(v1.nonce(), 17u);

  const EntityAddr v2 = Addr("v2:[2001:db8::1]:3300");
  EXPECT_EQ(v2.type(), EntityAddr::kMsgr2);
  EXPECT_TRUE(v2.is_ipv6());
  EXPECT_EQ(v2.port(), 3300);
  EXPECT_EQ(v2.nonce(), 0u);

  EXPECT_EQ(Addr("any:10.1.2.3").type(), EntityAddr::kAny);
  EXPECT_EQ(Addr("10.1.2.3/4294967295").nonce(), 4294967295u);
  EXPECT_EQ(Addr("[::1]").port(), 0);
  EXPECT_EQ(Addr("::1/5"), Addr("[::1]:0/5"));
  EXPECT_EQ(EntityAddr::Parse("10.1.2.3:1", EntityAddr::kMsgr2)->type(), EntityAddr::kMsgr2);
  EXPECT_TRUE(Addr("-").is_blank());
}

TEST(EntityAddrTest, TextAndBackIsTheSameAddress) {
  for (const char* text : {"v1:127.0.0.1:6789/0", "v2:[::1]:3300/17", "10.0.0.1:0/4", "v1::/99",
                           "v2:[fe80::1:2]:1/1", "-", "v1:0.0.0.0:0/7"}) {
    EXPECT_EQ(Addr(text).ToString(), text);
  }
  EXPECT_EQ(Addr("v1:127.0.0.1:6789/3").HostPortNonce(), "127.0.0.1:6789/3");
}

TEST(EntityAddrTest, SaysWhatIsWrongWithAText) {
  EXPECT_THAT(ErrorOf("127.0.0.1:99999"), HasSubstr("the port is no number from 0 to 65535"));
  EXPECT_THAT(ErrorOf("127.0.0.1:"), HasSubstr("the port"));
  EXPECT_THAT(ErrorOf("127.0.0.1:+5"), HasSubstr("the port"));
  EXPECT_THAT(ErrorOf("127.0.0.1:5/4294967296"), HasSubstr("what follows the slash"));
  EXPECT_THAT(ErrorOf("127.0.0.1:5/"), HasSubstr("what follows the slash"));
  EXPECT_THAT(ErrorOf("[::1:5"), HasSubstr("bracket"));
  EXPECT_THAT(ErrorOf("[::1]5"), HasSubstr("bracket"));
  EXPECT_THAT(ErrorOf("[127.0.0.1]:5"), HasSubstr("\"127.0.0.1\" is no IP address"));
  EXPECT_THAT(ErrorOf("v3:127.0.0.1"), HasSubstr("is no address"));
  EXPECT_THAT(ErrorOf("mon.example"), HasSubstr("\"mon.example\" is no IP address"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("give [v1:|v2:]HOST[:PORT][/NONCE]"));
}

TEST(EntityAddrTest, TakesTheSystemsForm) {
  sockaddr_in sin{};
  sin.sin_family = AF_INET;
  sin.sin_port = htons(6800);
  inet_pton(AF_INET, "192.168.1.2", &sin.sin_addr);
  const EntityAddr addr = EntityAddr::FromSockaddr(reinterpret_cast<const sockaddr*>(&sin));
  EXPECT_EQ(addr.HostPortNonce(), "192.168.1.2:6800/0");
  EXPECT_EQ(addr.sockaddr_len(), sizeof(sockaddr_in));
  EXPECT_EQ(Addr("[::1]:1").sockaddr_len(), sizeof(sockaddr_in6));

  sockaddr unix_socket{};
  unix_socket.sa_family = AF_UNIX;
  EXPECT_TRUE(EntityAddr::FromSockaddr(&unix_socket).is_blank());
}

TEST(EntityAddrTest, TakesAnIpAndKeepsPortNonceAndType) {
  EntityAddr addr = Addr("v1:0.0.0.0:6800/5");
  EXPECT_TRUE(addr.is_blank_ip());
  addr.set_ip_from(Addr("v2:10.0.0.9:1234/77"));
  EXPECT_EQ(addr.ToString(), "v1:10.0.0.9:6800/5");
  EXPECT_FALSE(addr.is_blank_ip());
  addr.set_ip_from(Addr("[::2]:4"));
  EXPECT_EQ(addr.ToString(), "v1:[::2]:6800/5");
  EntityAddr blank = Addr("v1::/6");
  blank.set_ip_from(Addr("10.0.0.9:1234"));
  EXPECT_EQ(blank.ToString(), "v1:10.0.0.9:0/6");
}

TEST(EntityAddrTest, ComparesIpsWithoutPortNonceAndType) {
  EXPECT_TRUE(Addr("v1:10.0.0.1:1/1").SameIp(Addr("v2:10.0.0.1:2/2")));
  EXPECT_FALSE(Addr("10.0.0.1:1").SameIp(Addr("10.0.0.2:1")));
  EXPECT_TRUE(Addr("[::1]:1").SameIp(Addr("[::1]:2")));
  EXPECT_FALSE(Addr("[::]:1").SameIp(Addr("0.0.0.0:1")));
}

// Bytewise in little-endian memory: type, nonce (least significant byte first), family, port and
// address (both in network order).
TEST(EntityAddrTest, OrdersBytewiseAsTheRaceOfConnectionsNeeds) {
  const std::vector<std::string_view> ascending = {
      "v1:200.0.0.1:9/0",
      "v1:127.0.0.1:6789/512",     // 00 02 00 00
      "v1:127.0.0.1:6789/1025",    // 01 04 00 00
      "v1:127.0.0.1:6789/256001",  // 01 e8 03 00
      "v1:127.0.0.1:6789/2",
      "v1:127.0.0.1:6790/2",  // port in network order
      "v1:127.0.0.2:6790/2",
      "v1:128.0.0.1:6790/2",
      "v1:1.0.0.1:7045/2",  // 1b 85
      "v1:[::1]:1/2",       // family 10 is more than 2
      "v2:1.0.0.1:1/0",
      "any:1.0.0.1:1/0",
  };
  std::vector<EntityAddr> addrs;
  for (const std::string_view text : ascending) addrs.push_back(Addr(text));
  for (size_t i = 0; i < addrs.size(); ++i) {
    for (size_t j = 0; j < addrs.size(); ++j) {
      EXPECT_EQ(addrs[i] <=> addrs[j], i <=> j)
          << addrs[i].ToString() << " " << addrs[j].ToString();
      EXPECT_EQ(addrs[i] == addrs[j], i == j);
    }
  }
}

TEST(EntityAddrTest, HashesAsItCompares) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {EntityAddr(), Addr("v1:10.0.0.1:1/1"), Addr("v2:10.0.0.1:1/1"), Addr("v1:10.0.0.1:1/2"),
       Addr("v1:10.0.0.1:2/1"), Addr("v1:[::1]:1/1"), Addr("v1:10.0.0.1:1/1")}));
}

TEST(EntityAddrVecTest, ParsesListsAndSingleAddresses) {
  const absl::StatusOr<EntityAddrVec> both =
      EntityAddrVec::Parse("[v2:127.0.0.1:3300/1,v1:[::1]:6789/2]");
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_THAT(both->addrs(), ElementsAre(Addr("v2:127.0.0.1:3300/1"), Addr("v1:[::1]:6789/2")));
  EXPECT_EQ(both->ToString(), "[v2:127.0.0.1:3300/1,v1:[::1]:6789/2]");
  EXPECT_EQ(both->legacy(), Addr("v1:[::1]:6789/2"));
  EXPECT_EQ(both->msgr2(), both->front());
  EXPECT_TRUE(both->Contains(Addr("v1:[::1]:6789/2")));
  EXPECT_FALSE(both->Contains(Addr("v1:[::1]:6789/3")));

  EXPECT_EQ(EntityAddrVec::Parse("v1:10.0.0.1:1/2")->ToString(), "v1:10.0.0.1:1/2");
  EXPECT_EQ(EntityAddrVec::Parse("[::1]:7", EntityAddr::kLegacy)->front(), Addr("v1:[::1]:7"));
  EXPECT_EQ(EntityAddrVec::Parse("[::1]")->front(), Addr("[::1]"));
  EXPECT_EQ(EntityAddrVec::Parse("[10.0.0.1:1]")->front(), Addr("10.0.0.1:1"));
  EXPECT_TRUE(EntityAddrVec::Parse("-")->empty());
  EXPECT_EQ(EntityAddrVec().ToString(), "-");
  EXPECT_TRUE(EntityAddrVec().legacy().is_blank());
}

TEST(EntityAddrVecTest, SaysWhichAddressOfAListIsWrong) {
  const absl::Status status = EntityAddrVec::Parse("[v2:127.0.0.1:3300,v1:127.0.0.1:x]").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"v1:127.0.0.1:x\" is no address"));
  EXPECT_FALSE(EntityAddrVec::Parse("[v2:127.0.0.1:3300,]").ok());
  EXPECT_FALSE(EntityAddrVec::Parse("v1:10.0.0.1:1,v1:10.0.0.2:1").ok());
}

TEST(EntityAddrVecTest, SetsTheNonceOfAll) {
  EntityAddrVec vec = *EntityAddrVec::Parse("[v2:10.0.0.1:1/0,v1:10.0.0.1:2/0]");
  vec.set_nonce(9);
  EXPECT_EQ(vec.ToString(), "[v2:10.0.0.1:1/9,v1:10.0.0.1:2/9]");
}

}  // namespace
}  // namespace siphon
