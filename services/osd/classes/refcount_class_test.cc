#include "services/osd/classes/refcount_class.h"

#include <cerrno>
#include <string>
#include <vector>

#include "base/decoder.h"
#include "gtest/gtest.h"
#include "services/osd/classes/class_fixture.h"

namespace siphon::osd {
namespace {

class RefcountClassTest : public ClassFixture {
 protected:
  int32_t Do(const std::string& method, const std::string& tag, bool implicit = false) {
    return CallOn("o", "refcount", method, Struct([&](Encoder& e) {
                    e.String(tag);
                    e.Bool(implicit);
                  }))
        .code;
  }
  int32_t Set(const std::vector<std::string>& tags) {
    return CallOn("o", "refcount", "set", Struct([&](Encoder& e) {
                    e.U32(static_cast<uint32_t>(tags.size()));
                    for (const std::string& tag : tags) e.String(tag);
                  }))
        .code;
  }
  std::vector<std::string> Read(bool implicit = false) {
    const Result read =
        CallOn("o", "refcount", "read", Struct([&](Encoder& e) { e.Bool(implicit); }));
    Decoder d(read.out);
    Decoder::Versioned v(d, 1, "cls_refcount_read_ret");
    std::vector<std::string> tags;
    for (uint32_t n = d.Count(4); n > 0; --n) tags.push_back(d.String());
    return tags;
  }
};

TEST_F(RefcountClassTest, TheObjectGoesWithItsLastReference) {
  Run({WriteFull("x")}, "o");
  EXPECT_EQ(Do("get", "a"), 0);
  EXPECT_EQ(Do("get", "b"), 0);
  EXPECT_EQ(Read(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Do("put", "a"), 0);
  EXPECT_EQ(Do("put", "a"), 0) << "given back once already";
  EXPECT_EQ(Do("put", "unknown"), 0);
  EXPECT_TRUE(Exists("o"));
  EXPECT_EQ(Do("put", "b"), 0);
  EXPECT_FALSE(Exists("o"));
}

TEST_F(RefcountClassTest, AnObjectWithoutReferencesMayHaveOneWithoutAName) {
  Run({WriteFull("x")}, "o");
  EXPECT_EQ(Read(/*implicit=*/true), std::vector<std::string>{""});
  EXPECT_EQ(Do("put", "a", /*implicit=*/false), -EINVAL);
  EXPECT_EQ(Do("get", "a", /*implicit=*/true), 0);
  EXPECT_EQ(Do("put", "whoever", /*implicit=*/true), 0);
  EXPECT_EQ(Read(), std::vector<std::string>{"a"});
}

TEST_F(RefcountClassTest, SetsAllReferencesAtOnce) {
  EXPECT_EQ(Do("get", "a"), -ENOENT);
  Run({WriteFull("x")}, "o");
  EXPECT_EQ(Set({"a", "b"}), 0);
  EXPECT_EQ(Read().size(), 2u);
  EXPECT_EQ(CallOn("o", "refcount", "put", Text("\x01")).code, -EINVAL);
  EXPECT_EQ(Set({}), 0);
  EXPECT_FALSE(Exists("o"));
}

}  // namespace
}  // namespace siphon::osd
