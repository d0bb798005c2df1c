// What capabilities allow, seen from outside of a monitor.
#include <cerrno>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "services/mon/mon_core_fixture.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_map.h"
#include "services/rados/messages/pool_op.h"
#include "services/rados/messages/pool_op_reply.h"

namespace siphon::mon {
namespace {

class MonCoreAccessTest : public MonCoreFixture {
 protected:
  // Somebody whose handshake showed these capabilities.
  Peer ConnectAs(const std::string& entity, const std::string& caps) {
    const Peer peer = ConnectUnknown();
    auto identity = std::make_shared<PeerIdentity>();
    identity->entity = entity;
    identity->global_id = 5000;
    identity->caps = caps;
    peer->set_peer_identity(std::move(identity));
    return peer;
  }
  int Try(const Peer& peer, const std::string& json) { return Command(peer, json)->result; }
};

constexpr char kCreate[] = R"({"prefix":"osd pool create","pool":"p","pg_num":8})";
constexpr char kStatus[] = R"({"prefix":"status"})";
constexpr char kAuthLs[] = R"({"prefix":"auth ls"})";

TEST_F(MonCoreAccessTest, TheAdministratorMayRunAnything) {
  const Peer admin = ConnectAs("client.admin", "allow *");
  EXPECT_EQ(Try(admin, kStatus), 0);
  EXPECT_EQ(Try(admin, kCreate), 0);
  EXPECT_EQ(Try(admin, kAuthLs), 0);
}

TEST_F(MonCoreAccessTest, AReaderIsRefusedWhatChangesOrTellsSecrets) {
  const Peer reader = ConnectAs("client.reader", "allow r");
  EXPECT_EQ(Try(reader, kStatus), 0);
  EXPECT_EQ(Try(reader, kCreate), -EACCES);
  EXPECT_EQ(Try(reader, kAuthLs), -EACCES);
  EXPECT_EQ(Command(reader, kCreate)->status, "access denied");
}

TEST_F(MonCoreAccessTest, WithoutCapabilitiesThereIsOnlyTheListOfCommands) {
  const Peer nobody = ConnectAs("client.nobody", "");
  EXPECT_EQ(Try(nobody, kStatus), -EACCES);
  EXPECT_EQ(Try(nobody, R"({"prefix":"get_command_descriptions"})"), 0);
  EXPECT_EQ(Try(nobody, R"({"prefix":"no such command"})"), -EINVAL);
}

TEST_F(MonCoreAccessTest, OneCommandMayBeAllowedWithItsArguments) {
  const Peer maker = ConnectAs("client.maker", "allow command \"osd pool create\" with pool=p");
  EXPECT_EQ(Try(maker, R"({"prefix":"osd pool create","pool":"q","pg_num":8})"), -EACCES);
  EXPECT_EQ(Try(maker, kCreate), 0);
}

TEST_F(MonCoreAccessTest, TheMapOfOsdsIsForThoseWhoMayReadIt) {
  const Peer reader = ConnectAs("client.reader", "allow service osd r");
  Subscribe(reader, "osdmap", 0, false);
  EXPECT_EQ(reader->TakeSentOf<rados::MOsdMap>().size(), 1u);
  const Peer nobody = ConnectAs("client.nobody", "allow service mon r");
  Subscribe(nobody, "osdmap", 0, false);
  EXPECT_TRUE(nobody->TakeSentOf<rados::MOsdMap>().empty());
}

TEST_F(MonCoreAccessTest, AnOsdNeedsItsProfileToBoot) {
  const Peer admin = ConnectAs("client.admin", "allow *");
  EXPECT_EQ(Try(admin, R"({"prefix":"osd new","uuid":"00000000-0000-0000-0000-000000000001"})"), 0);
  const auto boot = [&](const std::string& entity, const std::string& caps) {
    const Peer peer = ConnectAs(entity, caps);
    auto message = std::make_unique<rados::MOsdBoot>();
    message->superblock.cluster_fsid = core_->fsid();
    message->superblock.whoami = 0;
    message->superblock.osd_fsid.bytes[15] = 1;
    const uint32_t before = core_->osdmap_epoch();
    Deliver(peer, std::move(message));
    return core_->osdmap_epoch() != before;
  };
  EXPECT_FALSE(boot("osd.0", "allow r"));
  EXPECT_FALSE(boot("client.0", "allow *"));
  EXPECT_TRUE(boot("osd.0", "allow profile osd"));
}

TEST_F(MonCoreAccessTest, PoolsAreMadeByMessageOnlyByWhoMayWrite) {
  const auto create = [&](const Peer& peer) {
    auto message = std::make_unique<rados::MPoolOp>();
    message->fsid = core_->fsid();
    message->op = rados::MPoolOp::kCreate;
    message->name = "made";
    message->crush_rule = 255;
    Deliver(peer, std::move(message));
    const auto replies = peer->TakeSentOf<rados::MPoolOpReply>();
    return replies.size() == 1 ? replies[0]->result : 1;
  };
  EXPECT_EQ(create(ConnectAs("client.reader", "allow r")), -EPERM);
  EXPECT_NE(create(ConnectAs("client.writer", "allow rw")), -EPERM);
}

TEST_F(MonCoreAccessTest, SnapshotsOfItsPoolAreMadeByWhoMayWriteThere) {
  const Peer admin = ConnectAs("client.admin", "allow *");
  ASSERT_EQ(Try(admin, kCreate), 0);
  ASSERT_EQ(Try(admin, R"({"prefix":"auth get-or-create","entity":"client.writer",)"
                       R"("caps":["mon","allow r","osd","allow rw pool=p"]})"),
            0);
  ASSERT_EQ(Try(admin, R"({"prefix":"auth get-or-create","entity":"client.reader",)"
                       R"("caps":["mon","allow r","osd","allow r pool=p"]})"),
            0);
  const auto snap = [&](const std::string& entity) {
    const Peer peer = ConnectAs(entity, "allow r");
    auto message = std::make_unique<rados::MPoolOp>();
    message->fsid = core_->fsid();
    message->pool = 1;
    message->op = rados::MPoolOp::kCreateUnmanagedSnap;
    Deliver(peer, std::move(message));
    const auto replies = peer->TakeSentOf<rados::MPoolOpReply>();
    return replies.size() == 1 ? replies[0]->result : 1;
  };
  EXPECT_EQ(snap("client.writer"), 0);
  EXPECT_EQ(snap("client.reader"), -EPERM);
}

}  // namespace
}  // namespace siphon::mon
