// What a placement group knows after a restart.
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/osd/pg/pg_fixture.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

class PgNotesTest : public PgFixture {
 protected:
  static OsdOp Append(const std::string& data) {
    OsdOp op = Write(0, data);
    op.code = rados::kOpAppend;
    return op;
  }
  static OsdOp Create() {
    OsdOp op = Op(rados::kOpCreate);
    op.flags = rados::kOpFlagExclusive;
    return op;
  }
  std::string Content() {
    OsdOp read = Op(rados::kOpRead);
    OsdOp::Extent extent;
    extent.length = 1 << 20;
    read.Set(extent);
    return Run({read})->ops[0].out.ToString();
  }
  void Restart() { pg_ = Load(); }
};

TEST_F(PgNotesTest, AWriteSentAgainAfterARestartIsAppliedOnceAndGetsItsFirstAnswer) {
  const auto first = Run({Append("one")});
  ASSERT_EQ(first->result, 0);
  const uint64_t tid = tid_;
  ASSERT_EQ(Run({Append(" two")})->result, 0);
  Restart();
  tid_ = tid - 1;
  const auto again = Run({Append("one")});
  EXPECT_EQ(again->result, 0);
  EXPECT_EQ(again->replay_version, first->replay_version);
  EXPECT_EQ(again->user_version, first->user_version);
  tid_ = tid + 1;
  EXPECT_EQ(Content(), "one two");
}

TEST_F(PgNotesTest, AFailedWriteSentAgainAfterARestartFailsAgain) {
  ASSERT_EQ(Run({Write(0, "there")})->result, 0);
  ASSERT_EQ(Run({Create()})->result, -EEXIST);
  const uint64_t tid = tid_;
  ASSERT_EQ(Run({Op(rados::kOpDelete)})->result, 0);
  Restart();
  tid_ = tid - 1;
  EXPECT_EQ(Run({Create()})->result, -EEXIST);
}

TEST_F(PgNotesTest, VersionsGoOnAfterARestart) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Run({Write(0, "x")}, "other")->result, 0);
  const auto before = Run({Write(0, "x")});
  Restart();
  now_.epoch = 3;  // an older map than before does not lead back
  const auto after = Run({Write(0, "y")});
  EXPECT_GT(after->replay_version, before->replay_version);
  EXPECT_EQ(after->replay_version.version, before->replay_version.version + 1);
  EXPECT_EQ(after->user_version, before->user_version + 1);
}

TEST_F(PgNotesTest, AGroupWhoseNotesAreDamagedTakesNoRequests) {
  ASSERT_EQ(Run({Write(0, "x")})->result, 0);
  Transaction damage;
  damage.Note({{"versions", BufferList::CopyOf("x")}});
  ASSERT_TRUE(store_.Open(kId).value()->Apply(std::move(damage)).ok());
  Restart();
  EXPECT_EQ(Run({Write(0, "y")})->result, -EIO);
  EXPECT_EQ(Run({Op(rados::kOpStat)})->result, -EIO);
}

}  // namespace
}  // namespace siphon::osd
