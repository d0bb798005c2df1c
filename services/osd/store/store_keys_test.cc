#include "services/osd/store/store_keys.h"

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

using rados::HObject;

constexpr rados::PgId kPg{7, 3};

std::vector<HObject> SomeObjects() {
  const std::vector<std::string> texts = {
      "",      "a", "ab",   std::string("a\0", 2), std::string("a\0b", 3),
      "a\x01", "b", "\xff", std::string("\0", 1)};
  std::mt19937 random(3);
  const auto text = [&] { return texts[random() % texts.size()]; };
  std::vector<HObject> objects;
  for (int i = 0; i < 3000; ++i) {
    HObject o;
    o.pool = std::vector<int64_t>{-5, 0, 7, std::numeric_limits<int64_t>::max()}[random() % 4];
    o.hash = std::vector<uint32_t>{0, 1, 2, 0x80000000u}[random() % 4];
    o.nspace = text();
    o.key = text();
    o.oid = text();
    o.snap = std::vector<uint64_t>{1, 256, rados::kSnapHead}[random() % 3];
    objects.push_back(o);
  }
  objects.push_back(HObject::Min());
  return objects;
}

TEST(StoreKeysTest, ObjectsSortAsTheirKeysDo) {
  const std::vector<HObject> objects = SomeObjects();
  for (size_t i = 0; i + 1 < objects.size(); ++i) {
    for (size_t j = i + 1; j < std::min(objects.size(), i + 40); ++j) {
      const std::string a = store_keys::OfObject(kPg, objects[i]);
      const std::string b = store_keys::OfObject(kPg, objects[j]);
      EXPECT_EQ(a < b, objects[i] < objects[j])
          << objects[i].ToString() << " " << objects[j].ToString();
      EXPECT_EQ(a == b, objects[i] == objects[j]);
    }
  }
}

TEST(StoreKeysTest, ObjectsComeBackFromTheirKeys) {
  for (const HObject& object : SomeObjects()) {
    const std::string key = store_keys::OfObject(kPg, object);
    const auto back = store_keys::ObjectOf(key);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, object);
    EXPECT_EQ(back->hash, object.hash);
    EXPECT_EQ(store_keys::PgOf(key), kPg);
  }
}

TEST(StoreKeysTest, ACutOrWrongKeyIsNone) {
  HObject object;
  object.oid = "name";
  const std::string key = store_keys::OfObject(kPg, object);
  for (size_t n = 0; n < key.size(); ++n) {
    EXPECT_FALSE(store_keys::ObjectOf(key.substr(0, n)).has_value()) << n;
  }
  EXPECT_FALSE(store_keys::ObjectOf(key + "x").has_value());
  EXPECT_FALSE(store_keys::NumberOf("1234567").has_value());
  EXPECT_FALSE(store_keys::ChunkIndexOf(store_keys::OfChunk(1, 2) + "x").has_value());
  EXPECT_EQ(store_keys::ChunkIndexOf(store_keys::OfChunk(1, 2)), 2u);
}

TEST(StoreKeysTest, AfterIsTheFirstKeyWithoutThePrefix) {
  EXPECT_EQ(store_keys::After("ab"), "ac");
  EXPECT_EQ(store_keys::After("a\xff\xff"), "b");
  EXPECT_EQ(store_keys::After("\xff"), "");
}

}  // namespace
}  // namespace siphon::osd
