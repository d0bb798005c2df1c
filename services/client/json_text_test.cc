#include "services/client/json_text.h"

#include "gtest/gtest.h"

namespace siphon::client {
namespace {

TEST(JsonTextTest, EscapesWhatJsonDoesNotAllow) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n\x01"), R"("a\"b\\c\u000a\u0001")");
}

TEST(JsonTextTest, KeepsUtf8AndReplacesBytesThatAreNone) {
  EXPECT_EQ(JsonQuote("na\xc3\xafve \xf0\x9f\x90\x99"), "\"na\xc3\xafve \xf0\x9f\x90\x99\"");
  EXPECT_EQ(JsonQuote("\xff"
                      "a\xc3"),
            R"("\ufffda\ufffd")");
  EXPECT_EQ(JsonQuote("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // a surrogate
}

TEST(JsonTextTest, ObjectsAndArraysNest) {
  JsonObject object;
  object.Add("n", uint64_t{18446744073709551615u}).Add("f", 0.5).Add("s", "x");
  object.AddRaw("a", JsonArray({"1", "2"}));
  EXPECT_EQ(object.ToString(), R"({"n":18446744073709551615,"f":0.500000,"s":"x","a":[1,2]})");
  EXPECT_EQ(JsonArray({}), "[]");
}

}  // namespace
}  // namespace siphon::client
