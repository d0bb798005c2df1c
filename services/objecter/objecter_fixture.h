// ObjecterFixture: an Objecter with a monitor session and the recorded map of a cluster with two
// OSDs and the pools p1 and p2, over a network that the test plays.
#ifndef SIPHON_SERVICES_CLIENT_OBJECTER_FIXTURE_H_
#define SIPHON_SERVICES_CLIENT_OBJECTER_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/config.h"
#include "gtest/gtest.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/auth_name.h"
#include "services/common/mon_client.h"
#include "services/common/mon_host.h"
#include "services/common/process_auth.h"
#include "services/objecter/object_operation.h"
#include "services/objecter/objecter.h"
#include "services/rados/map_vectors.h"
#include "services/rados/messages/auth_reply.h"
#include "services/rados/messages/mon_get_version.h"
#include "services/rados/messages/mon_get_version_reply.h"
#include "services/rados/messages/mon_map.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/mon_map.h"
#include "services/rados/osd_map.h"
#include "services/rados/osd_map_incremental.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"
#include "testing/fakes/fake_messenger.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::client {

class ObjecterFixture : public ::testing::Test {
 protected:
  static constexpr int64_t kPool = 1;

  ObjecterFixture() {
    MonClient::Options mon_options;
    mon_options.messenger = &messenger_;
    mon_options.config = &config_;
    mon_options.timer = &timer_;
    mon_options.clock = &clock_;
    mon_options.auth = auth_.get();
    mon_client_ = std::make_unique<MonClient>(mon_options);
    Objecter::Options options;
    options.messenger = &messenger_;
    options.mon_client = mon_client_.get();
    options.config = &config_;
    options.timer = &timer_;
    options.clock = &clock_;
    objecter_ = std::make_unique<Objecter>(options);
    mon_client_->AddObserver(objecter_.get());
    map_ = rados::OsdMap::Decode(rados::ReadMapVectorList("osdmap_e15_2osd_2pools.bin")).value();
    OpenMonSession();
  }
  ~ObjecterFixture() override {
    objecter_->Shutdown();
    mon_client_->Shutdown();
  }

  void OpenMonSession() {
    EXPECT_TRUE(mon_client_->Start(ParseMonHost("127.0.0.1:6789").value()).ok());
    auto auth = std::make_unique<rados::MAuthReply>();
    auth->protocol = kAuthNone;
    auth->global_id = 4107;
    FromMon(std::move(auth));
    rados::MonMap monmap;
    monmap.epoch = 1;
    monmap.Add("a", ParseMonHost("127.0.0.1:6789").value()[0]);
    auto message = std::make_unique<rados::MMonMap>();
    message->map = monmap.Encode();
    FromMon(std::move(message));
    objecter_->Start();
    mon().TakeSent();
  }
  FakeConnection& mon() { return *messenger_.dialled[0]; }
  void FromMon(MessagePtr message) {
    message->set_connection(messenger_.dialled[0]);
    EXPECT_TRUE(mon_client_->Dispatch(message));
  }

  // Gives the client the whole map.
  void PublishFull() {
    auto message = std::make_unique<rados::MOsdMap>();
    message->fsid = map_.fsid;
    message->full_maps[map_.epoch] = map_.Encode();
    FromMon(std::move(message));
  }
  // The next map, and the client is told of it.
  template <typename Change>
  void Publish(Change change) {
    rados::OsdMapIncremental next;
    next.fsid = map_.fsid;
    next.epoch = map_.epoch + 1;
    change(next);
    ASSERT_TRUE(map_.Apply(next).ok());
    auto message = std::make_unique<rados::MOsdMap>();
    message->fsid = map_.fsid;
    message->incrementals[next.epoch] = next.Encode();
    FromMon(std::move(message));
  }

  // The connection that was dialled last to an OSD; null for none.
  std::shared_ptr<FakeConnection> Osd(int32_t osd) {
    std::shared_ptr<FakeConnection> found;
    for (const auto& connection : messenger_.dialled) {
      if (connection->peer_addrs() == map_.ClientAddrs(osd)) found = connection;
    }
    return found;
  }
  // What was sent to it since the last call.
  std::vector<std::unique_ptr<rados::MOsdOp>> SentTo(int32_t osd) {
    const std::shared_ptr<FakeConnection> connection = Osd(osd);
    if (!connection) return {};
    return connection->TakeSentOf<rados::MOsdOp>();
  }
  int32_t PrimaryOf(const std::string& oid) {
    return map_.PgToUpActing(map_.ObjectToPg(kPool, oid).value()).acting_primary;
  }
  // An object that lives on an OSD.
  std::string ObjectOn(int32_t osd, int skip = 0) {
    for (int i = 0;; ++i) {
      const std::string oid = "object" + std::to_string(i);
      if (PrimaryOf(oid) == osd && skip-- == 0) return oid;
    }
  }

  // Submits; the results are gathered in `results_`.
  void Submit(const std::string& oid, ObjectOperation operation, int64_t pool = kPool) {
    Objecter::Request request;
    request.oid = oid;
    request.locator.pool = pool;
    request.operation = std::move(operation);
    objecter_->Submit(std::move(request), [this](Objecter::Reply reply) {
      results_.push_back(reply.result);
      replies_.push_back(std::move(reply));
    });
  }
  void Reply(const std::shared_ptr<FakeConnection>& from, const rados::MOsdOp& request,
             int32_t result) {
    auto reply = std::make_unique<rados::MOsdOpReply>();
    reply->set_tid(request.tid());
    reply->result = result;
    reply->ops = request.ops;
    reply->retry_attempt = request.retry_attempt;
    reply->set_connection(from);
    objecter_->FastDispatch(std::move(reply));
  }
  // Answers the client's question after the newest map.
  void AnswerGetVersion(uint64_t newest) {
    const auto asked = mon().TakeSentOf<rados::MMonGetVersion>();
    ASSERT_EQ(asked.size(), 1u);
    auto reply = std::make_unique<rados::MMonGetVersionReply>();
    reply->handle = asked[0]->handle;
    reply->version = newest;
    FromMon(std::move(reply));
  }

  FakeClock clock_;
  FakeTimer timer_{&clock_};
  Config config_;
  const std::unique_ptr<ProcessAuth> auth_ =
      ProcessAuth::Create(&config_, AuthName{kEntityClient, "admin"}).value();
  FakeMessenger messenger_{EntityName{kEntityClient, -1}};
  std::unique_ptr<MonClient> mon_client_;
  std::unique_ptr<Objecter> objecter_;
  rados::OsdMap map_;
  std::vector<int32_t> results_;
  std::vector<Objecter::Reply> replies_;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OBJECTER_FIXTURE_H_
