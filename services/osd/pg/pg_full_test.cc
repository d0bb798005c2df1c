// What a full pool, or a full cluster, still takes. Each was tried on a real OSD.
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "msg/entity_type.h"
#include "services/osd/pg/pg_fixture.h"
#include "services/rados/pg_pool.h"

namespace siphon::osd {
namespace {

using rados::PgPool;

constexpr int32_t kDropped = 1;  // no answer: the client sends it again when there is room

class PgFullTest : public PgFixture {
 protected:
  PgFullTest() {
    now_.pool = &pool_;
    Run({WriteFull("0123456789")});
    pool_.flags |= PgPool::kFull;
  }
  int32_t Result(std::vector<OsdOp> ops, uint32_t flags, const std::string& oid = "object") {
    auto request = Make(std::move(ops), oid);
    request->flags |= flags;
    const auto reply = Execute(*request);
    return reply == nullptr ? kDropped : reply->result;
  }
  int32_t Try(std::vector<OsdOp> ops, const std::string& oid = "object") {
    return Result(std::move(ops), rados::kRequestFullTry, oid);
  }

  PgPool pool_;
};

TEST_F(PgFullTest, WhatGrowsFailsForThoseWhoTry) {
  EXPECT_EQ(Try({WriteFull("x")}, "new"), -ENOSPC);
  EXPECT_EQ(Try({Op(rados::kOpCreate)}, "new"), -ENOSPC);
  OsdOp append = Write(0, "x");
  append.code = rados::kOpAppend;
  EXPECT_EQ(Try({append}), -ENOSPC);
  OsdOp truncate = Op(rados::kOpTruncate);
  OsdOp::Extent extent;
  extent.offset = 100;
  truncate.Set(extent);
  EXPECT_EQ(Try({truncate}), -ENOSPC);
  EXPECT_EQ(Run({Op(rados::kOpRead)})->ops[0].out, "0123456789");
}

TEST_F(PgFullTest, WhatDoesNotGrowPasses) {
  EXPECT_EQ(Try({Write(5, "abcde")}), 0);
  EXPECT_EQ(Try({SetXattr("a", std::string(1000, 'v'))}), 0) << "attributes are not counted";
  OsdOp append = Write(0, "x");
  append.code = rados::kOpAppend;
  OsdOp truncate = Op(rados::kOpTruncate);
  OsdOp::Extent extent;
  extent.offset = 10;
  truncate.Set(extent);
  EXPECT_EQ(Try({append, truncate}), 0) << "what counts is the end";
  EXPECT_EQ(Try({WriteFull("abc")}), 0);
  EXPECT_EQ(Result({Write(0, "x")}, 0), 0) << "those who do not try as well";
  EXPECT_EQ(Try({Op(rados::kOpDelete)}), 0);
}

TEST_F(PgFullTest, AnOperationsOwnErrorComesFirst) {
  EXPECT_EQ(Try({Op(rados::kOpDelete)}, "none"), -ENOENT);
  OsdOp exclusive = Op(rados::kOpCreate);
  exclusive.flags = rados::kOpFlagExclusive;
  EXPECT_EQ(Try({Write(0, std::string(20, 'x')), exclusive}), -EEXIST);
}

TEST_F(PgFullTest, TheOthersAreDroppedAndTakenWhenThereIsRoom) {
  auto request = Make({WriteFull("longer than before")});
  auto again = Make({WriteFull("longer than before")});
  again->set_tid(request->tid());
  EXPECT_EQ(Execute(*request), nullptr);
  pool_.flags &= ~uint64_t{PgPool::kFull};
  const auto reply = Execute(*again);
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->result, 0);
  EXPECT_EQ(Run({Op(rados::kOpRead)})->ops[0].out, "longer than before");
}

TEST_F(PgFullTest, WhoeverForcesItIsLetThrough) {
  EXPECT_EQ(Result({WriteFull("x")}, rados::kRequestFullForce, "forced"), 0);
  client_.type = kEntityMds;
  EXPECT_EQ(Result({WriteFull("x")}, 0, "a file system's"), 0);
}

TEST_F(PgFullTest, AQuotaHasAnErrorOfItsOwn) {
  pool_.flags |= PgPool::kFullQuota;
  EXPECT_EQ(Try({WriteFull("x")}, "new"), -EDQUOT);
  EXPECT_EQ(Result({WriteFull("x")}, 0, "new"), kDropped);
}

TEST_F(PgFullTest, AFullClusterIsAsAFullPool) {
  pool_.flags &= ~uint64_t{PgPool::kFull};
  EXPECT_EQ(Try({WriteFull("x")}, "one"), 0);
  now_.cluster_full = true;
  EXPECT_EQ(Try({WriteFull("x")}, "new"), -ENOSPC);
  EXPECT_EQ(Result({WriteFull("x")}, 0, "new"), kDropped);
  EXPECT_EQ(Try({Op(rados::kOpDelete)}, "one"), 0);
}

// The clone that a write makes of its object, and the object that comes back over its clones, are
// not seen to grow anything.
TEST_F(PgFullTest, ClonesAndWhiteoutsDoNotCount) {
  const auto with_snap = [&](std::vector<OsdOp> ops) {
    auto request = Make(std::move(ops));
    request->flags |= rados::kRequestFullTry | rados::kRequestEnforceSnapContext;
    request->snap_context.seq = 1;
    request->snap_context.snaps = {1};
    return Execute(*request)->result;
  };
  EXPECT_EQ(with_snap({Op(rados::kOpDelete)}), 0);
  EXPECT_EQ(Run({Op(rados::kOpStat)})->result, -ENOENT);
  EXPECT_EQ(with_snap({Op(rados::kOpCreate)}), 0);
  EXPECT_EQ(with_snap({WriteFull("x")}), -ENOSPC) << "its bytes do";
}

}  // namespace
}  // namespace siphon::osd
