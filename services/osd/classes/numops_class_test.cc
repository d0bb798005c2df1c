#include "services/osd/classes/numops_class.h"

#include <cerrno>
#include <string>

#include "base/decoder.h"
#include "gtest/gtest.h"
#include "services/osd/classes/class_fixture.h"

namespace siphon::osd {
namespace {

class NumopsClassTest : public ClassFixture {
 protected:
  int32_t Do(const std::string& method, const std::string& operand) {
    return CallOn("o", "numops", method, Encoded([&](Encoder& e) {
                    e.String("key");
                    e.String(operand);
                  }))
        .code;
  }
  std::string Value() {
    OsdOp get = Op(rados::kOpOmapGetValsByKeys);
    Encoder e(&get.in);
    e.U32(1);
    e.String("key");
    const auto reply = Run({get}, "o");
    Decoder d(reply->ops[0].out);
    if (d.U32() == 0) return "";
    d.String();
    return d.String();
  }
};

TEST_F(NumopsClassTest, AddsAndMultiplies) {
  EXPECT_EQ(Do("add", "5.5"), 0);
  EXPECT_EQ(Value(), "5.5");
  EXPECT_EQ(Do("add", "1e3"), 0);
  EXPECT_EQ(Do("mul", "-2"), 0);
  EXPECT_EQ(Value(), "-2011");
  EXPECT_EQ(Do("mul", "0.333333333333333"), 0);
  EXPECT_EQ(Value(), "-670.3333333");
}

TEST_F(NumopsClassTest, RefusesWhatIsNoNumber) {
  EXPECT_EQ(Do("add", "5x"), -EINVAL);
  EXPECT_EQ(CallOn("o", "numops", "add", Text("abc")).code, -EINVAL);
  OsdOp set = Op(rados::kOpOmapSetVals);
  Encoder e(&set.in);
  e.U32(1);
  e.String("key");
  e.String("five");
  Run({set}, "o");
  EXPECT_EQ(Do("add", "1"), -EBADMSG);
  EXPECT_EQ(Value(), "five");
}

}  // namespace
}  // namespace siphon::osd
