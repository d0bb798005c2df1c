#include "admin/message_json.h"

#include <gtest/gtest.h>

#include "admin/admin.pb.h"

namespace siphon {
namespace {

TEST(MessageJsonTest, WritesEveryFieldWithNumbersAsNumbers) {
  admin::v1::DispatchQueue queue;
  queue.set_messages(18446744073709551615ULL);
  queue.mutable_oldest()->set_seconds(1);
  queue.mutable_oldest()->set_nanos(500000000);
  auto* const depth = queue.add_by_priority();
  depth->set_priority(-1);
  depth->set_messages(2);
  EXPECT_EQ(MessageToJson(queue, /*one_line=*/true),
            "{\"paused\": false, \"messages\": 18446744073709551615, \"local_messages\": 0, "
            "\"oldest\": 1.5, \"by_priority\": [{\"priority\": -1, \"messages\": 2}], "
            "\"throttle_bytes\": 0, \"throttle_max\": 0, \"dispatched_total\": 0, "
            "\"fast_dispatched_total\": 0}");
}

TEST(MessageJsonTest, IndentsByDepth) {
  admin::v1::GetQueuesResponse response;
  EXPECT_EQ(MessageToJson(response, false), "{\n  \"queues\": []\n}");
  response.add_queues()->set_messenger("a");
  EXPECT_EQ(MessageToJson(response, false),
            "{\n  \"queues\": [\n    {\n      \"messenger\": \"a\",\n      \"queue\": null\n    }\n"
            "  ]\n}");
}

TEST(MessageJsonTest, EscapesTextsThatCameFromPeers) {
  admin::v1::PauseDispatchRequest request;
  request.set_messenger("a\"b\\c\nd\x01µ");
  EXPECT_EQ(MessageToJson(request, true), "{\"messenger\": \"a\\\"b\\\\c\\nd\\u0001µ\"}");
}

TEST(MessageJsonTest, WritesTimesEnumsAndBitSetsAsText) {
  admin::v1::GetDaemonResponse daemon;
  daemon.mutable_started()->set_seconds(1700000000);
  daemon.mutable_started()->set_nanos(250000000);
  EXPECT_NE(MessageToJson(daemon, true).find("\"started\": \"2023-11-14T22:13:20.25Z\""),
            std::string::npos);
  admin::v1::Option option;
  option.set_source(admin::v1::Option::COMMAND_LINE);
  EXPECT_NE(MessageToJson(option, true).find("\"source\": \"COMMAND_LINE\""), std::string::npos);
  admin::v1::Connection connection;
  connection.set_features(0x3f01cfbf7ffdffffULL);
  connection.mutable_last_active()->set_nanos(1);
  const std::string text = MessageToJson(connection, true);
  EXPECT_NE(text.find("\"features\": \"0x3f01cfbf7ffdffff\""), std::string::npos);
  EXPECT_NE(text.find("\"last_active\": 0.000000001"), std::string::npos);
}

}  // namespace
}  // namespace siphon
