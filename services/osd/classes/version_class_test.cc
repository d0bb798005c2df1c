#include "services/osd/classes/version_class.h"

#include <cerrno>
#include <string>
#include <utility>

#include "base/decoder.h"
#include "gtest/gtest.h"
#include "services/osd/classes/class_fixture.h"

namespace siphon::osd {
namespace {

class VersionClassTest : public ClassFixture {
 protected:
  static void Version(Encoder& e, uint64_t number, const std::string& tag) {
    Encoder::Versioned v(e, 1, 1);
    e.U64(number);
    e.String(tag);
  }
  int32_t Set(uint64_t number, const std::string& tag) {
    return CallOn("o", "version", "set", Struct([&](Encoder& e) { Version(e, number, tag); })).code;
  }
  // With one condition, or none for -1.
  int32_t Conditional(const std::string& method, int condition = -1, uint64_t number = 0,
                      const std::string& tag = "") {
    return CallOn("o", "version", method, Struct([&](Encoder& e) {
                    Version(e, 0, "");
                    e.U32(condition < 0 ? 0 : 1);
                    if (condition < 0) return;
                    Encoder::Versioned v(e, 1, 1);
                    Version(e, number, tag);
                    e.U32(static_cast<uint32_t>(condition));
                  }))
        .code;
  }
  std::pair<uint64_t, std::string> Read() {
    Decoder d(CallOn("o", "version", "read", {}).out);
    Decoder::Versioned outer(d, 1, "cls_version_read_ret");
    Decoder::Versioned v(d, 1, "obj_version");
    const uint64_t number = d.U64();
    return {number, d.String()};
  }
};

TEST_F(VersionClassTest, CountsUp) {
  EXPECT_EQ(Set(7, "tag"), 0);
  EXPECT_EQ(Conditional("inc"), 0);
  EXPECT_EQ(Read(), (std::pair<uint64_t, std::string>(8, "tag")));
}

TEST_F(VersionClassTest, AFirstVersionGetsATagOfItsOwn) {
  EXPECT_EQ(Conditional("inc"), 0);
  const auto [number, tag] = Read();
  EXPECT_EQ(number, 2u);
  EXPECT_EQ(tag.size(), 24u);
}

TEST_F(VersionClassTest, ConditionsStopAnIncrementAndACheck) {
  EXPECT_EQ(Set(8, "tag"), 0);
  struct Case {
    int condition;
    uint64_t number;
    const char* tag;
    bool holds;
  };
  for (const Case& c : {Case{0, 1, "", true}, Case{1, 8, "tag", true}, Case{1, 8, "other", false},
                        Case{2, 8, "", false}, Case{2, 7, "", true}, Case{3, 8, "", true},
                        Case{4, 8, "", false}, Case{5, 8, "", true}, Case{5, 7, "", false},
                        Case{6, 0, "tag", true}, Case{7, 0, "tag", false}, Case{99, 0, "", true}}) {
    SCOPED_TRACE(c.condition);
    EXPECT_EQ(Conditional("check_conds", c.condition, c.number, c.tag), c.holds ? 0 : -ECANCELED);
  }
  EXPECT_EQ(Conditional("inc_conds", 1, 3, "tag"), -ECANCELED);
  EXPECT_EQ(Read().first, 8u);
  EXPECT_EQ(CallOn("o", "version", "inc", Text("x")).code, -EINVAL);
}

}  // namespace
}  // namespace siphon::osd
