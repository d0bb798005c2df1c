#include "services/osd/classes/lock_class.h"

#include <cerrno>
#include <string>
#include <vector>

#include "base/decoder.h"
#include "gtest/gtest.h"
#include "services/osd/classes/class_fixture.h"

namespace siphon::osd {
namespace {

constexpr uint8_t kExclusive = 1;
constexpr uint8_t kShared = 2;
constexpr uint8_t kEphemeral = 3;
constexpr uint8_t kMayRenew = 1;
constexpr uint8_t kMustRenew = 2;

class LockClassTest : public ClassFixture {
 protected:
  int32_t Lock(int64_t client, uint8_t type, const std::string& cookie = "c",
               const std::string& tag = "", uint32_t seconds = 0, uint8_t flags = 0) {
    client_.num = client;
    return CallOn("o", "lock", "lock", Struct([&](Encoder& e) {
                    e.String("L");
                    e.U8(type);
                    e.String(cookie);
                    e.String(tag);
                    e.String("why");
                    e.U32(seconds);
                    e.U32(0);
                    e.U8(flags);
                  }))
        .code;
  }
  int32_t Unlock(int64_t client, const std::string& cookie = "c") {
    client_.num = client;
    return CallOn("o", "lock", "unlock", Struct([&](Encoder& e) {
                    e.String("L");
                    e.String(cookie);
                  }))
        .code;
  }
  int32_t Break(int64_t holder, const std::string& cookie = "c") {
    return CallOn("o", "lock", "break_lock", Struct([&](Encoder& e) {
                    e.String("L");
                    EntityName{kEntityClient, holder}.Encode(e);
                    e.String(cookie);
                  }))
        .code;
  }
  int32_t Assert(const std::string& method, int64_t client, uint8_t type, const std::string& cookie,
                 const std::string& new_cookie = "") {
    client_.num = client;
    return CallOn("o", "lock", method, Struct([&](Encoder& e) {
                    e.String("L");
                    e.U8(type);
                    e.String(cookie);
                    e.String("");
                    if (!new_cookie.empty()) e.String(new_cookie);
                  }))
        .code;
  }
  std::vector<std::string> Holders() {
    const Result info = CallOn("o", "lock", "get_info", Struct([](Encoder& e) { e.String("L"); }));
    std::vector<std::string> holders;
    Decoder d(info.out);
    Decoder::Versioned v(d, 1, "cls_lock_get_info_reply");
    for (uint32_t n = d.Count(10); n > 0; --n) {
      std::string who;
      {
        Decoder::Versioned id(d, 1, "locker_id_t");
        who = EntityName::Decode(d).ToString();
        who += " " + d.String();
      }
      Decoder::Versioned holder(d, 1, "locker_info_t");
      holders.push_back(who);
    }
    EXPECT_TRUE(d.ok());
    return holders;
  }
};

TEST_F(LockClassTest, AnExclusiveLockKeepsOthersOut) {
  EXPECT_EQ(Lock(1, kExclusive), 0);
  EXPECT_TRUE(Exists("o")) << "taking a lock makes the object";
  EXPECT_EQ(Lock(1, kExclusive), -EEXIST);
  EXPECT_EQ(Lock(1, kExclusive, "other cookie"), -EBUSY);
  EXPECT_EQ(Lock(2, kShared), -EBUSY);
  EXPECT_EQ(Unlock(2), -ENOENT);
  EXPECT_EQ(Unlock(1), 0);
  EXPECT_EQ(Lock(2, kExclusive), 0);
}

TEST_F(LockClassTest, SharedLocksShareATag) {
  EXPECT_EQ(Lock(1, kShared, "c", "tag"), 0);
  EXPECT_EQ(Lock(2, kShared, "c", "tag"), 0);
  EXPECT_EQ(Lock(3, kShared, "c", "other tag"), -EBUSY);
  EXPECT_EQ(Lock(3, kExclusive, "c", "tag"), -EBUSY);
  EXPECT_EQ(Holders(), (std::vector<std::string>{"client.1 c", "client.2 c"}));
}

TEST_F(LockClassTest, RenewingIsAllowedOrDemanded) {
  EXPECT_EQ(Lock(1, kExclusive, "c", "", 0, kMustRenew), -ENOENT);
  EXPECT_EQ(Lock(1, kExclusive, "c", "", 0, kMayRenew), 0);
  EXPECT_EQ(Lock(1, kExclusive, "c", "", 0, kMayRenew), 0);
  EXPECT_EQ(Lock(1, kExclusive, "c", "", 0, kMustRenew), 0);
  EXPECT_EQ(Lock(1, kExclusive, "c", "", 0, kMayRenew | kMustRenew), -EINVAL);
}

TEST_F(LockClassTest, ALockWithATimeLimitLapses) {
  EXPECT_EQ(Lock(1, kExclusive, "c", "", 10), 0);
  clock_.Advance(absl::Seconds(9));
  EXPECT_EQ(Lock(2, kExclusive), -EBUSY);
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(Holders().empty());
  EXPECT_EQ(Lock(2, kExclusive), 0);
}

TEST_F(LockClassTest, AnyoneBreaksALock) {
  EXPECT_EQ(Lock(1, kExclusive), 0);
  client_.num = 2;
  EXPECT_EQ(Break(3), -ENOENT);
  EXPECT_EQ(Break(1), 0);
  EXPECT_TRUE(Holders().empty());
}

TEST_F(LockClassTest, AnEphemeralLockTakesItsObjectAlong) {
  EXPECT_EQ(Lock(1, kEphemeral), 0);
  EXPECT_EQ(Unlock(1), 0);
  EXPECT_FALSE(Exists("o"));
}

TEST_F(LockClassTest, TheHolderAssertsItAndChangesItsCookie) {
  EXPECT_EQ(Lock(1, kExclusive), 0);
  EXPECT_EQ(Assert("assert_locked", 1, kExclusive, "c"), 0);
  EXPECT_EQ(Assert("assert_locked", 1, kShared, "c"), -EBUSY);
  EXPECT_EQ(Assert("assert_locked", 2, kExclusive, "c"), -EBUSY);
  EXPECT_EQ(Assert("set_cookie", 1, kExclusive, "c", "d"), 0);
  EXPECT_EQ(Assert("assert_locked", 1, kExclusive, "c"), -EBUSY);
  EXPECT_EQ(Assert("assert_locked", 1, kExclusive, "d"), 0);
}

TEST_F(LockClassTest, ListsLocksAndRefusesNonsense) {
  EXPECT_EQ(Lock(1, kExclusive), 0);
  Run({SetXattr("no lock", "x")}, "o");
  Decoder d(CallOn("o", "lock", "list_locks", {}).out);
  Decoder::Versioned v(d, 1, "cls_lock_list_locks_reply");
  ASSERT_EQ(d.U32(), 1u);
  EXPECT_EQ(d.String(), "L");
  EXPECT_EQ(Lock(1, 7), -EINVAL);
  EXPECT_EQ(CallOn("o", "lock", "lock", Text("garbage")).code, -EINVAL);
  Run({SetXattr("lock.L", "garbage")}, "o");
  EXPECT_EQ(Unlock(1), -EIO);
}

}  // namespace
}  // namespace siphon::osd
