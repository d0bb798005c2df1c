#include "services/osd/op_permission.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "msg/auth/auth_exchange.h"
#include "services/osd/client_session.h"
#include "services/osd/test_map.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

ClientSession SessionOf(const std::string& caps, bool allow_all = false) {
  auto peer = std::make_shared<PeerIdentity>();
  peer->entity = "client.x";
  peer->caps = caps;
  peer->allow_all = allow_all;
  return ClientSession(std::move(peer));
}

class OpPermissionTest : public ::testing::Test {
 protected:
  OpPermissionTest() {
    map_.pools[kTestPool].applications["rbd"] = {};
    request_.pg.pg = {static_cast<uint64_t>(kTestPool), 0};
    request_.oid = "object";
  }
  bool May(const std::string& caps, std::initializer_list<uint16_t> codes) {
    request_.ops.clear();
    for (const uint16_t code : codes) request_.ops.emplace_back().code = code;
    return Ask(caps);
  }
  bool MayCall(const std::string& caps, const std::string& class_name, const std::string& method) {
    OsdOp op;
    op.code = rados::kOpCall;
    OsdOp::Call call;
    call.class_len = static_cast<uint8_t>(class_name.size());
    call.method_len = static_cast<uint8_t>(method.size());
    op.Set(call);
    op.in = BufferList::CopyOf(class_name + method);
    request_.ops = {op};
    return Ask(caps);
  }
  bool Ask(const std::string& caps) {
    return MayPerform(SessionOf(caps), request_, map_, EntityAddr());
  }

  rados::OsdMap map_ = MakeTestMap(5, 1);
  rados::MOsdOp request_;
};

TEST_F(OpPermissionTest, ReadingAndWritingTakeTheirLetters) {
  EXPECT_TRUE(May("allow r", {rados::kOpRead, rados::kOpStat}));
  EXPECT_FALSE(May("allow r", {rados::kOpRead, rados::kOpWriteFull}));
  EXPECT_TRUE(May("allow rw", {rados::kOpRead, rados::kOpWriteFull}));
  EXPECT_TRUE(May("allow w", {rados::kOpDelete}));
  EXPECT_FALSE(May("allow w", {rados::kOpPgNls}));
  EXPECT_FALSE(May("", {rados::kOpRead}));
}

TEST_F(OpPermissionTest, AWatchReadsAndWrites) {
  EXPECT_FALSE(May("allow r", {rados::kOpWatch}));
  EXPECT_FALSE(May("allow w", {rados::kOpWatch}));
  EXPECT_TRUE(May("allow rw", {rados::kOpWatch}));
}

TEST_F(OpPermissionTest, TheFlagsThatAClientClaimsDoNotCount) {
  request_.flags = rados::kRequestRead;
  EXPECT_FALSE(May("allow r", {rados::kOpDelete}));
}

TEST_F(OpPermissionTest, LooksAtThePoolItsApplicationsAndTheNamespace) {
  EXPECT_TRUE(May("allow rw pool=pool", {rados::kOpRead}));
  EXPECT_FALSE(May("allow rw pool=other", {rados::kOpRead}));
  EXPECT_FALSE(May("allow rw pool=pool namespace=n", {rados::kOpRead}));
  request_.locator.nspace = "n";
  EXPECT_TRUE(May("allow rw pool=pool namespace=n", {rados::kOpRead}));
  EXPECT_TRUE(May("allow r tag rbd *=*", {rados::kOpRead}));
  EXPECT_FALSE(May("allow r tag cephfs *=*", {rados::kOpRead}));
}

TEST_F(OpPermissionTest, AnObjectWithALocatorKeyIsKnownByThat) {
  request_.locator.key = "rbd_data.1";
  EXPECT_TRUE(May("allow r object_prefix rbd_data.", {rados::kOpRead}));
  EXPECT_FALSE(May("allow r object_prefix object", {rados::kOpRead}));
}

TEST_F(OpPermissionTest, CallsTakeXForWhatTheMethodDoes) {
  EXPECT_FALSE(MayCall("allow rw", "lock", "lock"));
  EXPECT_TRUE(MayCall("allow rwx", "lock", "lock"));
  EXPECT_TRUE(MayCall("allow class-read", "lock", "get_info"));
  EXPECT_FALSE(MayCall("allow class-read", "lock", "lock"));
  EXPECT_TRUE(MayCall("allow class lock", "lock", "lock"));
}

TEST_F(OpPermissionTest, WithoutAuthenticationNothingIsForbidden) {
  request_.ops.emplace_back().code = rados::kOpDelete;
  EXPECT_TRUE(MayPerform(SessionOf("", true), request_, map_, EntityAddr()));
  EXPECT_TRUE(MayPerform(ClientSession(nullptr), request_, map_, EntityAddr()));
}

TEST_F(OpPermissionTest, CapabilitiesThatAreNoneForbidEverything) {
  EXPECT_FALSE(May("permit rwx", {rados::kOpRead}));
}

}  // namespace
}  // namespace siphon::osd
