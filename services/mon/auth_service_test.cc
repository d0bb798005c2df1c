#include "services/mon/auth_service.h"

#include <set>

#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/mon/mon_fixture.h"

namespace siphon::mon {
namespace {

class AuthServiceTest : public MonFixture {
 protected:
  rados::MAuth& Offer(rados::MAuth& m, uint32_t method) {
    Encoder e(&m.auth_payload);
    e.U8(1);
    e.U32(1);
    e.U32(method);
    e.U32(kEntityOsd);
    e.String("3");
    e.U64(0);
    return m;
  }
};

TEST_F(AuthServiceTest, LetsInWhoeverTakesNone) {
  AuthService auth(store_.get());
  ASSERT_TRUE(auth.Load().ok());
  rados::MAuth m;
  AuthService::Identity identity;
  const auto reply = auth.Handle(Offer(m, 1), 0, &identity);
  EXPECT_EQ(reply->result, 0);
  EXPECT_EQ(reply->protocol, 1u);
  EXPECT_EQ(identity.type, kEntityOsd);
  EXPECT_EQ(identity.id, "3");
  EXPECT_EQ(reply->global_id, identity.global_id);
}

TEST_F(AuthServiceTest, RefusesOtherMethodsAndGarbage) {
  AuthService auth(store_.get());
  ASSERT_TRUE(auth.Load().ok());
  AuthService::Identity identity;
  rados::MAuth cephx;
  EXPECT_LT(auth.Handle(Offer(cephx, 2), 0, &identity)->result, 0);
  rados::MAuth garbage;
  EXPECT_LT(auth.Handle(garbage, 0, &identity)->result, 0);
  EXPECT_EQ(identity.global_id, 0u);
}

TEST_F(AuthServiceTest, NeverGivesAnIdTwiceEvenAfterRestarts) {
  std::set<uint64_t> ids;
  for (int life = 0; life < 3; ++life) {
    AuthService auth(store_.get());
    ASSERT_TRUE(auth.Load().ok());
    for (int i = 0; i < 1500; ++i) {
      rados::MAuth m;
      AuthService::Identity identity;
      auth.Handle(Offer(m, 1), 0, &identity);
      EXPECT_TRUE(ids.insert(identity.global_id).second) << identity.global_id;
    }
  }
}

}  // namespace
}  // namespace siphon::mon
