// For tests: a MonCore over a store of its own, and peers that talk to it.
#ifndef SIPHON_SERVICES_MON_MON_CORE_FIXTURE_H_
#define SIPHON_SERVICES_MON_MON_CORE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include "base/config.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "nlohmann/json.hpp"
#include "services/mon/mon_core.h"
#include "services/mon/state/mon_fixture.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/auth_reply.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_command_ack.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/uuid.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::mon {

using Peer = std::shared_ptr<FakeConnection>;

class MonCoreFixture : public ::testing::Test {
 protected:
  MonCoreFixture() {
    for (const char* option :
         {"auth_client_required", "auth_cluster_required", "auth_service_required"}) {
      EXPECT_TRUE(config_.Set(option, "none", Config::Source::kFile).ok());
    }
    Start();
  }

  void Start() {
    core_.reset();
    MonCore::Options options;
    options.folder = folder_.path();
    options.fsid.bytes[0] = 0x77;
    options.config = &config_;
    options.clock = &clock_;
    auto core = MonCore::Open(options);
    ASSERT_TRUE(core.ok()) << core.status();
    core_ = *std::move(core);
    ASSERT_TRUE(core_->SetAddrs(*EntityAddrVec::Parse("v1:127.0.0.1:6789/0")).ok());
  }

  Peer Connect(EntityType type = kEntityClient, const std::string& id = "admin") {
    const Peer peer = ConnectUnknown(type == kEntityOsd ? std::stoi(id) : 0);
    auto auth = std::make_unique<rados::MAuth>();
    Encoder e(&auth->auth_payload);
    e.U8(1);
    e.U32(1);
    e.U32(1);
    e.U32(type);
    e.String(id);
    e.U64(0);
    Deliver(peer, std::move(auth));
    const auto replies = peer->TakeSentOf<rados::MAuthReply>();
    EXPECT_EQ(replies.size(), 1u);
    return peer;
  }
  Peer ConnectUnknown(int32_t number = 0) {
    return std::make_shared<FakeConnection>(nullptr, ++connections_, EntityName{}, Address(number));
  }
  void Deliver(const Peer& from, MessagePtr message) {
    message->set_connection(from);
    EXPECT_TRUE(core_->Dispatch(message));
    EXPECT_EQ(message, nullptr);
  }
  void Subscribe(const Peer& peer, const std::string& name, uint64_t start, bool one_time) {
    auto message = std::make_unique<rados::MMonSubscribe>();
    message->what[name] = {start, one_time};
    Deliver(peer, std::move(message));
  }
  std::unique_ptr<rados::MMonCommandAck> Command(const Peer& peer, const std::string& json,
                                                 bool own_fsid = true) {
    auto message = std::make_unique<rados::MMonCommand>();
    if (own_fsid) message->fsid = core_->fsid();
    message->command = {json};
    message->set_tid(42);
    Deliver(peer, std::move(message));
    auto acks = peer->TakeSentOf<rados::MMonCommandAck>();
    EXPECT_EQ(acks.size(), 1u);
    EXPECT_EQ(acks.at(0)->tid(), 42u);
    return std::move(acks.at(0));
  }
  // Registers and boots osd.N; returns its session.
  Peer BootOsd(int32_t osd) {
    const Peer admin = Connect();
    rados::Uuid uuid;
    uuid.bytes[15] = static_cast<uint8_t>(osd + 1);
    const auto ack = Command(admin, R"({"prefix":"osd new","uuid":")" + uuid.ToString() + "\"}");
    EXPECT_EQ(ack->data().ToString(), std::to_string(osd) + "\n");
    const Peer peer = Connect(kEntityOsd, std::to_string(osd));
    auto boot = std::make_unique<rados::MOsdBoot>();
    boot->superblock.cluster_fsid = core_->fsid();
    boot->superblock.whoami = osd;
    boot->superblock.osd_fsid = uuid;
    boot->cluster_addrs = boot->hb_back_addrs = boot->hb_front_addrs = peer->peer_addrs();
    boot->metadata = {{"hostname", "box"}, {"ceph_version", "test version"}};
    Deliver(peer, std::move(boot));
    return peer;
  }
  nlohmann::json Json(const std::string& prefix) {
    const auto ack = Command(Connect(), R"({"prefix":")" + prefix + R"(","format":"json"})");
    return nlohmann::json::parse(ack->data().ToString(), nullptr, false);
  }

  static EntityAddrVec Address(int32_t number) {
    return *EntityAddrVec::Parse("v1:127.0.0.1:" + std::to_string(6800 + number) + "/7");
  }

  TempFolder folder_;
  FakeClock clock_;
  Config config_;
  std::unique_ptr<MonCore> core_;
  uint64_t connections_ = 0;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_MON_CORE_FIXTURE_H_
