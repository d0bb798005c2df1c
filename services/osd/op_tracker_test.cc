#include "services/osd/op_tracker.h"

#include <string>
#include <utility>

#include "base/config.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/rados/osd_op_code.h"
#include "testing/fakes/fake_clock.h"

namespace siphon::osd {
namespace {

using Json = nlohmann::json;

class OpTrackerTest : public ::testing::Test {
 protected:
  OpTracker::OpPtr Begin(const std::string& oid) {
    rados::MOsdOp request;
    request.set_tid(++tid_);
    request.mutable_header().src = {kEntityClient, 41};
    request.oid = oid;
    request.pg.pg = {1, 3};
    request.ops.emplace_back().code = rados::kOpWriteFull;
    return tracker_.Begin(request, EntityAddr::Parse("v1:10.0.0.1:0/5").value());
  }
  void RunFor(const std::string& oid, absl::Duration duration) {
    const auto op = Begin(oid);
    clock_.Advance(duration);
  }

  Config config_;
  FakeClock clock_;
  OpTracker tracker_{&config_, &clock_};
  uint64_t tid_ = 0;
};

TEST_F(OpTrackerTest, ShowsWhatIsUnderWayOldestFirst) {
  auto first = Begin("one");
  clock_.Advance(absl::Seconds(2));
  first->Mark("waiting for a map");
  clock_.Advance(absl::Seconds(1));
  const auto second = Begin("two");
  const Json dump = Json::parse(tracker_.DumpInFlight());
  EXPECT_EQ(dump["num_ops"], 2);
  const Json& op = dump["ops"][0];
  EXPECT_EQ(op["description"], "osd_op(client.41.0:1 1.3 one [writefull] e0)");
  EXPECT_EQ(op["age"], 3.0);
  EXPECT_EQ(op["type_data"]["flag_point"], "waiting for a map");
  EXPECT_EQ(op["type_data"]["client_info"]["client_addr"], "v1:10.0.0.1:0/5");
  EXPECT_EQ(op["type_data"]["events"][1]["duration"], 2.0);
  first.reset();
  EXPECT_EQ(tracker_.in_flight(), 1u);
}

TEST_F(OpTrackerTest, RemembersThoseThatTookLongest) {
  ASSERT_TRUE(config_.Set("osd_op_history_size", "2").ok());
  RunFor("a", absl::Seconds(3));
  RunFor("b", absl::Seconds(1));
  RunFor("c", absl::Seconds(2));
  RunFor("d", absl::Milliseconds(1));
  const Json by_duration = Json::parse(tracker_.DumpHistory(/*by_duration=*/true));
  ASSERT_EQ(by_duration["ops"].size(), 2u);
  EXPECT_EQ(by_duration["ops"][0]["duration"], 3.0);
  EXPECT_EQ(by_duration["ops"][1]["duration"], 2.0);
  // Until they are too old.
  clock_.Advance(absl::Seconds(600));
  RunFor("e", absl::Milliseconds(1));
  const Json later = Json::parse(tracker_.DumpHistory(/*by_duration=*/false));
  ASSERT_EQ(later["ops"].size(), 1u);
  EXPECT_EQ(later["ops"][0]["duration"], 0.001);
}

TEST_F(OpTrackerTest, RemembersTheLastSlowOnes) {
  ASSERT_TRUE(config_.Set("osd_op_history_slow_op_size", "1").ok());
  RunFor("a", absl::Seconds(20));
  RunFor("b", absl::Seconds(10));
  RunFor("c", absl::Seconds(9));
  const Json slow = Json::parse(tracker_.DumpSlowHistory());
  ASSERT_EQ(slow["Ops"].size(), 1u);
  EXPECT_EQ(slow["Ops"][0]["duration"], 10.0);
}

TEST_F(OpTrackerTest, ComplainsAboutWhatIsUnderWayForLong) {
  const auto op = Begin("one");
  clock_.Advance(absl::Seconds(29));
  const auto other = Begin("two");
  EXPECT_EQ(tracker_.FindSlow().count, 0u);
  clock_.Advance(absl::Seconds(1));
  const OpTracker::Slow slow = tracker_.FindSlow();
  EXPECT_EQ(slow.count, 1u);
  EXPECT_EQ(slow.longest, absl::Seconds(30));
  EXPECT_NE(slow.oldest.find("one"), std::string::npos);
  const Json blocked = Json::parse(tracker_.DumpBlocked());
  EXPECT_EQ(blocked["num_blocked_ops"], 1);
  EXPECT_EQ(blocked["ops"].size(), 1u);
  EXPECT_EQ(blocked["complaint_time"], 30);
}

}  // namespace
}  // namespace siphon::osd
