#include "services/osd/tell_service.h"

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "services/rados/messages/command.h"
#include "services/rados/messages/command_reply.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::osd {
namespace {

class TellServiceTest : public ::testing::Test {
 protected:
  TellServiceTest() {
    table_.Define("echo {word:CephString}", "say it again", "r", [](const CommandArgs& args) {
      return CommandResult::Output(args.Text("word"), "said");
    });
    table_.Define("wait", "until the test says so", "r", [this](const CommandArgs&) {
      entered_.Notify();
      go_on_.WaitForNotification();
      return CommandResult::Done("");
    });
    table_.Define("last", "tell the test", "r", [this](const CommandArgs&) {
      last_.Notify();
      return CommandResult::Done("");
    });
  }
  void Send(const std::string& json) { SendFrom(peer_, json); }
  void SendFrom(const std::shared_ptr<FakeConnection>& peer, const std::string& json) {
    auto message = std::make_unique<rados::MCommand>();
    message->command = {json};
    message->set_tid(9);
    message->set_connection(peer);
    MessagePtr given = std::move(message);
    EXPECT_TRUE(service_.Dispatch(given));
    EXPECT_EQ(given, nullptr);
  }
  // All answers, once the service has nothing more to do.
  std::vector<std::unique_ptr<rados::MCommandReply>> Answers() {
    SendFrom(other_, R"({"prefix":"last"})");
    last_.WaitForNotification();
    service_.Stop();
    return peer_->TakeSentOf<rados::MCommandReply>();
  }

  std::shared_ptr<FakeConnection> peer_ = std::make_shared<FakeConnection>(
      nullptr, 1, EntityName{}, *EntityAddrVec::Parse("v1:127.0.0.1:1/1"));
  std::shared_ptr<FakeConnection> other_ = std::make_shared<FakeConnection>(
      nullptr, 2, EntityName{}, *EntityAddrVec::Parse("v1:127.0.0.1:2/1"));
  Notification entered_, go_on_, last_;
  CommandTable table_;
  TellService service_{&table_};
};

TEST_F(TellServiceTest, AnswersOneAfterTheOther) {
  service_.Start();
  Send(R"({"prefix":"echo","word":"a"})");
  Send(R"({"prefix":"echo","word":"b"})");
  Send("no json");
  Send(R"({"prefix":"nosuch"})");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0]->tid(), 9u);
  EXPECT_EQ(answers[0]->data().ToString(), "a");
  EXPECT_EQ(answers[0]->status, "said");
  EXPECT_EQ(answers[1]->data().ToString(), "b");
  EXPECT_EQ(answers[2]->result, -EINVAL);
  EXPECT_EQ(answers[3]->result, -EINVAL);
}

TEST_F(TellServiceTest, RefusesWhatIsTooMuch) {
  service_.Start();
  Send(R"({"prefix":"wait"})");
  entered_.WaitForNotification();
  for (size_t i = 0; i < TellService::kMaxWaiting; ++i) Send(R"({"prefix":"echo","word":"x"})");
  Send(R"({"prefix":"echo","word":"one too many"})");
  const auto refused = peer_->TakeSentOf<rados::MCommandReply>();
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0]->result, -EAGAIN);
  go_on_.Notify();
}

TEST_F(TellServiceTest, ListensOnlyToThoseWhoMayDoEverything) {
  auto who = std::make_shared<PeerIdentity>();
  who->entity = "client.reader";
  who->caps = "allow r";
  peer_->set_peer_identity(who);
  service_.Start();
  Send(R"({"prefix":"echo","word":"a"})");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0]->result, -EACCES);
}

}  // namespace
}  // namespace siphon::osd
