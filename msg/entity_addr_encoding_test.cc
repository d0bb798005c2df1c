// Both encodings of addresses, against bytes of the protocol and of real Ceph programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/features.h"

namespace siphon {
namespace {

using ::testing::HasSubstr;

EntityAddr Addr(const char* text) { return *EntityAddr::Parse(text); }

std::string Hex(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != ' ') digits += c;
  }
  return std::string(absl::HexStringToBytes(digits));
}

template <typename T>
std::string Encoded(const T& value, uint64_t features) {
  BufferList out;
  Encoder e(&out);
  value.Encode(e, features);
  return out.ToString();
}

EntityAddr Decoded(std::string_view bytes) {
  Decoder d(bytes);
  const EntityAddr addr = EntityAddr::Decode(d);
  EXPECT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(d.remaining(), 0u);
  return addr;
}

EntityAddrVec DecodedVec(std::string_view bytes) {
  Decoder d(bytes);
  const EntityAddrVec vec = EntityAddrVec::Decode(d);
  EXPECT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(d.remaining(), 0u);
  return vec;
}

template <typename T>
std::string DecodeError(std::string_view bytes) {
  Decoder d(bytes);
  EXPECT_EQ(T::Decode(d), T());
  EXPECT_EQ(d.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(d.status().message());
}

std::string ReadVector(const std::string& name) {
  std::ifstream file("testing/vectors/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const std::string kZeroes(128, '\0');

TEST(LegacyAddrTest, IsTheProtocolsExample) {
  const std::string bytes = Hex("00000000 00000000 0002 1a85 7f000001") + kZeroes.substr(0, 120);
  EXPECT_EQ(Encoded(Addr("v1:127.0.0.1:6789/0"), 0), bytes);
  EXPECT_EQ(Decoded(bytes), Addr("v1:127.0.0.1:6789/0"));
}

TEST(LegacyAddrTest, WritesIpv6WithABigEndianFamily) {
  const std::string bytes = Hex("00000000 0d0c0b0a 000a 1a85 00000000 20010db8") +
                            kZeroes.substr(0, 11) + Hex("01") + kZeroes.substr(0, 104);
  ASSERT_EQ(bytes.size(), EntityAddr::kLegacySize);
  EXPECT_EQ(Encoded(Addr("v1:[2001:db8::1]:6789/168496141"), 0), bytes);
  EXPECT_EQ(Decoded(bytes), Addr("v1:[2001:db8::1]:6789/168496141"));
}

TEST(LegacyAddrTest, LosesTheTypeOnTheWire) {
  EXPECT_EQ(Decoded(Encoded(Addr("v2:10.0.0.1:1/2"), 0)), Addr("v1:10.0.0.1:1/2"));
}

TEST(LegacyAddrTest, WithoutAFamilyHasNoTypeAndKeepsTheNonce) {
  const EntityAddr addr = Decoded(Encoded(Addr("v1::/7"), 0));
  EXPECT_TRUE(addr.is_blank());
  EXPECT_EQ(addr.nonce(), 7u);
}

TEST(LegacyAddrTest, ReadsWhatARealOsdAndClientSent) {
  const std::string server = ReadVector("streams/v1_none_client_osd_put.server.bin");
  const std::string client = ReadVector("streams/v1_none_client_osd_put.client.bin");
  constexpr size_t kBanner = 9;
  ASSERT_GT(server.size(), kBanner + 2 * EntityAddr::kLegacySize);
  const std::string osd = server.substr(kBanner, EntityAddr::kLegacySize);
  const std::string client_as_seen =
      server.substr(kBanner + EntityAddr::kLegacySize, EntityAddr::kLegacySize);
  EXPECT_EQ(Decoded(osd).HostPortNonce(), "127.0.0.1:18304/13963");
  EXPECT_EQ(Decoded(client_as_seen).HostPortNonce(), "127.0.0.1:60140/0");
  EXPECT_EQ(Encoded(Decoded(osd), 0), osd);
  EXPECT_EQ(Encoded(Decoded(client_as_seen), 0), client_as_seen);
  const EntityAddr claimed = Decoded(client.substr(kBanner, EntityAddr::kLegacySize));
  EXPECT_EQ(claimed.ToString(), "v1:127.0.0.1:0/2215179334");
}

TEST(ModernAddrTest, IsTheProtocolsLayout) {
  const std::string bytes =
      Hex("01 01 01 1c000000 01000000 05000000 10000000 0200 1a85 7f000001 0000000000000000");
  EXPECT_EQ(bytes.size(), 35u);
  EXPECT_EQ(Encoded(Addr("v1:127.0.0.1:6789/5"), kFeaturesSupported), bytes);
  EXPECT_EQ(Decoded(bytes), Addr("v1:127.0.0.1:6789/5"));
}

TEST(ModernAddrTest, TakesFortySevenBytesForIpv6AndForNoFamily) {
  const std::string ipv6 = Encoded(Addr("v2:[::1]:3300/1"), kFeaturesSupported);
  EXPECT_EQ(ipv6.size(), 47u);
  EXPECT_EQ(ipv6.substr(0, 23), Hex("010101 28000000 02000000 01000000 1c000000 0a00 0ce4"));
  EXPECT_EQ(Decoded(ipv6), Addr("v2:[::1]:3300/1"));
  const std::string blank = Encoded(EntityAddr(), kFeaturesSupported);
  EXPECT_EQ(blank, Hex("010101 28000000 00000000 00000000 1c000000") + kZeroes.substr(0, 28));
  EXPECT_TRUE(Decoded(blank).is_blank());
}

TEST(ModernAddrTest, MapsAnyToLegacyForThoseWhoDoNotKnowIt) {
  const EntityAddr addr = Addr("any:10.0.0.1:1/2");
  EXPECT_EQ(Decoded(Encoded(addr, kFeatureMsgAddr2)).type(), EntityAddr::kLegacy);
  EXPECT_EQ(Decoded(Encoded(addr, kFeaturesSupported)).type(), EntityAddr::kAny);
  EXPECT_EQ(Decoded(Encoded(Addr("v2:10.0.0.1:1/2"), kFeatureMsgAddr2)).type(), EntityAddr::kMsgr2);
}

TEST(ModernAddrTest, AcceptsNoSocketAddressAndAShortOne) {
  const EntityAddr none = Decoded(Hex("010101 0c000000 02000000 03000000 00000000"));
  EXPECT_EQ(none.ToString(), "v2::/3");
  EXPECT_EQ(Decoded(Hex("010101 10000000 02000000 03000000 04000000 0200 0ce4")),
            Addr("v2:0.0.0.0:3300/3"));
}

TEST(ModernAddrTest, SkipsWhatANewerVersionAdds) {
  const std::string bytes = Hex(
      "01 09 01 1f000000 01000000 05000000 10000000 0200 1a85 7f000001 0000000000000000 aabbcc");
  EXPECT_EQ(Decoded(bytes), Addr("v1:127.0.0.1:6789/5"));
}

TEST(AddrErrorTest, NamesWhatCannotBeRight) {
  EXPECT_THAT(DecodeError<EntityAddr>(Hex("02")), HasSubstr("begins with 2"));
  EXPECT_THAT(DecodeError<EntityAddr>(Hex("01 02 02 00000000")), HasSubstr("from version 2 on"));
  // A struct_len beyond the input, one too short for the fields, and one too short for elen.
  EXPECT_THAT(DecodeError<EntityAddr>(Hex("010101 ffffffff 01000000")), HasSubstr("4294967295"));
  EXPECT_THAT(DecodeError<EntityAddr>(Hex("010101 04000000 01000000 05000000 00000000")),
              HasSubstr("truncated"));
  EXPECT_THAT(DecodeError<EntityAddr>(Hex("010101 0e000000 01000000 05000000 10000000 0200") +
                                      kZeroes.substr(0, 14)),
              HasSubstr("truncated"));
  const std::string head = Hex("010101 28000000 01000000 05000000");
  EXPECT_THAT(DecodeError<EntityAddr>(head + Hex("01000000") + kZeroes.substr(0, 28)),
              HasSubstr("a socket address of 1 bytes"));
  EXPECT_THAT(DecodeError<EntityAddr>(head + Hex("ffffffff") + kZeroes.substr(0, 28)),
              HasSubstr("a socket address of 4294967295 bytes"));
  EXPECT_THAT(DecodeError<EntityAddr>(head + Hex("11000000 0200") + kZeroes.substr(0, 26)),
              HasSubstr("has 16 bytes, not 17"));
  EXPECT_THAT(DecodeError<EntityAddr>(head + Hex("10000000 0100") + kZeroes.substr(0, 26)),
              HasSubstr("address family 1 is neither"));
  EXPECT_THAT(DecodeError<EntityAddr>(Hex("00000000 00000000 0200") + kZeroes.substr(0, 126)),
              HasSubstr("address family 512 is neither"));
}

TEST(AddrErrorTest, ACutAnywhereIsTruncatedNotAnAddress) {
  for (const uint64_t features : {uint64_t{0}, kFeaturesSupported}) {
    const EntityAddrVec vec = *EntityAddrVec::Parse("[v1:10.0.0.1:1/1,v2:[::1]:2/2]");
    const std::string whole = Encoded(vec, features);
    for (size_t size = 0; size < whole.size(); ++size) {
      DecodeError<EntityAddrVec>(std::string_view(whole).substr(0, size));
    }
  }
}

TEST(AddrVecTest, IsOneLegacyAddressForAnOldPeer) {
  const EntityAddrVec vec = *EntityAddrVec::Parse("[v2:10.0.0.1:3300/1,v1:10.0.0.1:6789/1]");
  EXPECT_EQ(Encoded(vec, 0), Encoded(Addr("v1:10.0.0.1:6789/1"), 0));
  EXPECT_EQ(DecodedVec(Encoded(vec, 0)), EntityAddrVec(Addr("v1:10.0.0.1:6789/1")));
  const EntityAddrVec no_v1(Addr("v2:10.0.0.1:3300/1"));
  EXPECT_EQ(Encoded(no_v1, 0), std::string(EntityAddr::kLegacySize, '\0'));
}

TEST(AddrVecTest, AcceptsALegacyAndAModernAddressAsAVectorOfOne) {
  const EntityAddr addr = Addr("v1:10.0.0.1:6789/1");
  EXPECT_EQ(DecodedVec(Encoded(addr, 0)), EntityAddrVec(addr));
  EXPECT_EQ(DecodedVec(Encoded(addr, kFeaturesSupported)), EntityAddrVec(addr));
  EXPECT_EQ(DecodedVec(Encoded(EntityAddrVec(), kFeaturesSupported)), EntityAddrVec());
}

TEST(AddrVecTest, ACountNeverAllocatesMoreThanTheInputHolds) {
  EXPECT_THAT(DecodeError<EntityAddrVec>(Hex("02 ffffffff") + kZeroes),
              HasSubstr("a count of 4294967295"));
  EXPECT_THAT(DecodeError<EntityAddrVec>(Hex("03")), HasSubstr("begins with 3"));
}

TEST(AddrVecTest, ReadsAndWritesWhatMonmaptoolWrote) {
  const std::string map = ReadVector("maps/monmap_3mon.bin");
  for (const char* text : {"[v2:127.0.0.1:3300/0,v1:127.0.0.1:6789/0]",
                           "[v2:127.0.0.2:3300/0,v1:127.0.0.2:6789/0]", "v1:127.0.0.3:6789/0"}) {
    const EntityAddrVec vec = *EntityAddrVec::Parse(text);
    const std::string bytes = Encoded(vec, kFeaturesSupported);
    EXPECT_NE(map.find(bytes), std::string::npos) << text;
    EXPECT_EQ(DecodedVec(bytes).ToString(), text);
  }
}

}  // namespace
}  // namespace siphon
