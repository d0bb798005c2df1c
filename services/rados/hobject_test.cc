#include "services/rados/hobject.h"

#include <string>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"

namespace siphon::rados {
namespace {

HObject Named(const std::string& oid, uint32_t hash) {
  HObject o;
  o.oid = oid;
  o.hash = hash;
  o.snap = kSnapHead;
  o.pool = 1;
  return o;
}

TEST(HObjectTest, ReversesBits) {
  EXPECT_EQ(ReverseBits(1), 0x80000000u);
  EXPECT_EQ(ReverseBits(0x12345678u), 0x1e6a2c48u);
  EXPECT_EQ(ReverseBits(ReverseBits(0xdeadbeefu)), 0xdeadbeefu);
}

TEST(HObjectTest, OrdersByReversedHashThenNamespaceThenName) {
  EXPECT_LT(Named("z", 2), Named("a", 1));  // 0x40000000 before 0x80000000
  EXPECT_LT(Named("a", 1), Named("b", 1));
  HObject in_namespace = Named("a", 1);
  in_namespace.nspace = "n";
  EXPECT_LT(Named("b", 1), in_namespace);
  HObject other_pool = Named("a", 0);
  other_pool.pool = 2;
  EXPECT_LT(Named("a", 0xffffffffu), other_pool);
}

TEST(HObjectTest, AKeyStandsInForTheName) {
  HObject keyed = Named("zzz", 1);
  keyed.key = "b";
  EXPECT_LT(Named("a", 1), keyed);
  EXPECT_LT(keyed, Named("c", 1));
}

TEST(HObjectTest, MinAndMaxEncloseAll) {
  EXPECT_LT(HObject::Min(), Named("", 0));
  EXPECT_LT(Named("a", 0xffffffffu), HObject::Max());
  EXPECT_EQ(HObject::Max(), HObject::Max());
  EXPECT_TRUE(HObject::Min().is_min());
  EXPECT_FALSE(HObject::Max().is_min());
}

TEST(HObjectTest, DecodesWhatItEncodes) {
  HObject o = Named("name", 0x1234);
  o.key = "key";
  o.nspace = "space";
  BufferList bytes;
  Encoder e(&bytes);
  o.Encode(e);
  EXPECT_EQ(bytes.size(), 6u + 33u + 4u + 3u + 5u);
  Decoder d(bytes);
  EXPECT_EQ(HObject::Decode(d), o);
  EXPECT_TRUE(d.ok());
  EXPECT_EQ(d.remaining(), 0u);
}

TEST(HObjectTest, RefusesOldForms) {
  BufferList bytes;
  {
    Encoder e(&bytes);
    Encoder::Versioned v(e, 3, 3);
    e.U64(0);
  }
  Decoder d(bytes);
  HObject::Decode(d);
  EXPECT_FALSE(d.ok());
}

}  // namespace
}  // namespace siphon::rados
