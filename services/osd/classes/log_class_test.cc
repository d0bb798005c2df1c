#include "services/osd/classes/log_class.h"

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "gtest/gtest.h"
#include "services/osd/classes/class_fixture.h"

namespace siphon::osd {
namespace {

class LogClassTest : public ClassFixture {
 protected:
  int32_t Add(const std::vector<std::pair<int, std::string>>& entries, bool monotonic = true) {
    return CallOn("o", "log", "add",
                  Struct(
                      [&](Encoder& e) {
                        e.U32(static_cast<uint32_t>(entries.size()));
                        for (const auto& [second, name] : entries) {
                          Encoder::Versioned v(e, 2, 1);
                          e.String("section");
                          e.String(name);
                          e.Time(absl::FromUnixSeconds(second));
                          e.String("data");
                          e.String("");
                        }
                        e.Bool(monotonic);
                      },
                      2))
        .code;
  }
  struct Page {
    std::vector<std::string> names;
    std::string marker;
    bool more = false;
  };
  Page List(int from, int to, int max, const std::string& marker = "") {
    const Result list = CallOn("o", "log", "list", Struct([&](Encoder& e) {
                                 e.Time(absl::FromUnixSeconds(from));
                                 e.String(marker);
                                 e.Time(absl::FromUnixSeconds(to));
                                 e.I32(max);
                               }));
    Page page;
    Decoder d(list.out);
    Decoder::Versioned v(d, 1, "cls_log_list_ret");
    for (uint32_t n = d.Count(6); n > 0; --n) {
      Decoder::Versioned entry(d, 2, "cls_log_entry");
      d.String();
      page.names.push_back(d.String());
    }
    page.marker = d.String();
    page.more = d.Bool();
    EXPECT_TRUE(d.ok());
    return page;
  }
  int32_t Trim(int to) {
    return CallOn("o", "log", "trim",
                  Struct(
                      [&](Encoder& e) {
                        e.Time(absl::UnixEpoch());
                        e.Time(absl::FromUnixSeconds(to));
                        e.String("");
                        e.String("");
                      },
                      2))
        .code;
  }
  using Names = std::vector<std::string>;
};

TEST_F(LogClassTest, ListsByTimeInPages) {
  EXPECT_EQ(Add({{100, "a"}, {200, "b"}}), 0);
  EXPECT_EQ(Add({{300, "c"}}), 0);
  const Page first = List(0, 0, 2);
  EXPECT_EQ(first.names, (Names{"a", "b"}));
  EXPECT_TRUE(first.more);
  const Page rest = List(0, 0, 2, first.marker);
  EXPECT_EQ(rest.names, Names{"c"});
  EXPECT_FALSE(rest.more);
  EXPECT_EQ(List(150, 250, 0).names, Names{"b"});
}

TEST_F(LogClassTest, TimeDoesNotGoBackUnlessItMay) {
  Add({{200, "a"}});
  Add({{100, "late"}});
  EXPECT_EQ(List(0, 0, 0).names, (Names{"a", "late"}));
  Add({{50, "earlier"}}, /*monotonic=*/false);
  EXPECT_EQ(List(0, 0, 0).names, (Names{"earlier", "a", "late"}));
}

TEST_F(LogClassTest, TrimsUntilNothingIsLeft) {
  Add({{100, "a"}, {200, "b"}, {300, "c"}});
  EXPECT_EQ(Trim(200), 0);
  EXPECT_EQ(List(0, 0, 0).names, Names{"c"});
  EXPECT_EQ(Trim(200), -ENODATA);
}

TEST_F(LogClassTest, RemembersTheNewestEntry) {
  Add({{100, "a"}});
  Decoder d(CallOn("o", "log", "info", Struct([](Encoder&) {})).out);
  Decoder::Versioned outer(d, 1, "cls_log_info_ret");
  Decoder::Versioned header(d, 1, "cls_log_header");
  EXPECT_EQ(d.String(), "1_0000000100.000000_0.1");
  EXPECT_EQ(d.Time(), absl::FromUnixSeconds(100));
  EXPECT_EQ(CallOn("o", "log", "add", Text("x")).code, -EINVAL);
}

}  // namespace
}  // namespace siphon::osd
