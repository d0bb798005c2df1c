// Snapshots, watches and figures of one placement group, by requests as clients send them.
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "gtest/gtest.h"
#include "services/osd/pg/pg_fixture.h"
#include "services/osd/store/mem_store.h"
#include "services/rados/object_stat_sum.h"

namespace siphon::osd {
namespace {

using rados::MOsdOpReply;
using rados::ObjectStatSum;
using rados::OsdOp;
using rados::SnapContext;

class PgSnapTest : public PgFixture {
 protected:
  // Writes under `snaps`, the newest first.
  int32_t WriteUnder(const std::vector<uint64_t>& snaps, std::vector<OsdOp> ops) {
    auto request = Make(std::move(ops));
    request->snap_context = {snaps.empty() ? 0 : snaps.front(), snaps};
    return Execute(*request)->result;
  }
  std::string ContentAt(uint64_t snap) {
    auto request = Make({Op(rados::kOpRead)});
    request->snap = snap;
    const auto reply = Execute(*request);
    return reply->result < 0 ? "error " + std::to_string(reply->result)
                             : reply->ops[0].out.ToString();
  }
  std::string Content() { return ContentAt(rados::kSnapHead); }
  OsdOp Rollback(uint64_t snap) {
    OsdOp op = Op(rados::kOpRollback);
    op.Set(OsdOp::Snap{snap});
    return op;
  }
  int64_t Count(ObjectStatSum::Field field) { return pg_->Report().sum[field]; }
};

TEST_F(PgSnapTest, ASnapshotReadsWhatWasThereWhenItWasTaken) {
  WriteUnder({}, {WriteFull("one"), SetXattr("x", "1")});
  WriteUnder({1}, {WriteFull("twotwo"), SetXattr("x", "2")});
  WriteUnder({2, 1}, {WriteFull("three")});
  WriteUnder({2, 1}, {WriteFull("again")});
  EXPECT_EQ(ContentAt(1), "one");
  EXPECT_EQ(ContentAt(2), "twotwo");
  EXPECT_EQ(Content(), "again");
  EXPECT_EQ(ContentAt(3), "again") << "nothing was written since";
  auto request = Make({GetXattr("x")});
  request->snap = 1;
  EXPECT_EQ(Execute(*request)->ops[0].out, "1");
}

TEST_F(PgSnapTest, AnObjectYoungerThanASnapshotIsNotInIt) {
  WriteUnder({1}, {WriteFull("young")});
  EXPECT_EQ(ContentAt(1), "error -2");
  EXPECT_EQ(WriteUnder({1}, {Rollback(1)}), 0);
  EXPECT_EQ(Content(), "error -2");
  EXPECT_EQ(WriteUnder({1}, {Rollback(1)}), 0);
}

TEST_F(PgSnapTest, ADeletedObjectLivesInItsSnapshots) {
  WriteUnder({}, {WriteFull("one"), SetXattr("x", "1")});
  EXPECT_EQ(WriteUnder({1}, {Op(rados::kOpDelete)}), 0);
  EXPECT_EQ(Content(), "error -2");
  EXPECT_EQ(ContentAt(1), "one");
  EXPECT_EQ(WriteUnder({1}, {Op(rados::kOpDelete)}), -ENOENT);
  EXPECT_EQ(Count(ObjectStatSum::kWhiteouts), 1);
  // Made again, it begins anew.
  OsdOp create = Op(rados::kOpCreate);
  create.flags = rados::kOpFlagExclusive;
  EXPECT_EQ(WriteUnder({1}, {create}), 0);
  EXPECT_EQ(Content(), "");
  EXPECT_EQ(Run({GetXattr("x")})->result, -ENODATA);
  EXPECT_EQ(ContentAt(1), "one");
  EXPECT_EQ(Count(ObjectStatSum::kWhiteouts), 0);
}

TEST_F(PgSnapTest, RollingBackBringsContentAndAttributesBack) {
  WriteUnder({}, {WriteFull("one"), SetXattr("x", "1")});
  WriteUnder({1}, {WriteFull("two"), SetXattr("x", "2"), SetXattr("y", "2")});
  EXPECT_EQ(WriteUnder({2, 1}, {Rollback(1)}), 0);
  EXPECT_EQ(Content(), "one");
  EXPECT_EQ(Run({GetXattr("x")})->ops[0].out, "1");
  EXPECT_EQ(Run({GetXattr("y")})->result, -ENODATA);
  EXPECT_EQ(ContentAt(2), "two");
  WriteUnder({2, 1}, {Op(rados::kOpDelete)});
  EXPECT_EQ(WriteUnder({2, 1}, {Rollback(2)}), 0);
  EXPECT_EQ(Content(), "two");
}

TEST_F(PgSnapTest, ListingSnapshotsTellsWhatChanged) {
  WriteUnder({}, {WriteFull("0123456789")});
  WriteUnder({2, 1}, {Write(3, "xx")});
  auto request = Make({Op(rados::kOpListSnaps)});
  request->snap = rados::kSnapDir;
  const auto reply = Execute(*request);
  ASSERT_EQ(reply->result, 0);
  Decoder d(reply->ops[0].out);
  Decoder::Versioned v(d, 2, "obj_list_snap_response_t");
  ASSERT_EQ(d.U32(), 2u);
  {
    Decoder::Versioned clone(d, 1, "clone_info");
    EXPECT_EQ(d.U64(), 2u);
    ASSERT_EQ(d.U32(), 2u);
    EXPECT_EQ(d.U64(), 1u);
    EXPECT_EQ(d.U64(), 2u);
    ASSERT_EQ(d.U32(), 2u);  // overlaps: [0, 3) and [5, 10)
    EXPECT_EQ(d.U64(), 0u);
    EXPECT_EQ(d.U64(), 3u);
    EXPECT_EQ(d.U64(), 5u);
    EXPECT_EQ(d.U64(), 5u);
    EXPECT_EQ(d.U64(), 10u);
  }
  {
    Decoder::Versioned head(d, 1, "clone_info");
    EXPECT_EQ(d.U64(), rados::kSnapHead);
  }
  EXPECT_EQ(d.U64(), 2u);
  EXPECT_TRUE(d.ok());
}

TEST_F(PgSnapTest, ARemovedSnapshotsClonesAreTrimmed) {
  WriteUnder({}, {WriteFull("one")});
  WriteUnder({1}, {WriteFull("two")});
  WriteUnder({2, 1}, {Op(rados::kOpDelete)});
  EXPECT_EQ(Count(ObjectStatSum::kObjects), 3);
  EXPECT_EQ(Count(ObjectStatSum::kClones), 2);
  const rados::IntervalSet first = {{1, 1}};
  pg_->TrimSnaps({&first, nullptr});
  timer_.Advance(absl::Seconds(1));
  EXPECT_EQ(ContentAt(1), "error -2");
  EXPECT_EQ(ContentAt(2), "two");
  EXPECT_EQ(Count(ObjectStatSum::kObjects), 2);
  EXPECT_EQ(pg_->Report().purged, first);
  const rados::IntervalSet both = {{1, 2}};
  pg_->TrimSnaps({&both, nullptr});
  timer_.Advance(absl::Seconds(1));
  EXPECT_EQ(ContentAt(2), "error -2");
  EXPECT_EQ(store_.GetUsage().objects, 0u);
  EXPECT_EQ(Count(ObjectStatSum::kObjects), 0);
  EXPECT_EQ(Count(ObjectStatSum::kBytes), 0);
  EXPECT_EQ(Count(ObjectStatSum::kWhiteouts), 0);
  EXPECT_EQ(pg_->Report().purged, both);
  // What was trimmed already is not looked for again.
  pg_->TrimSnaps({&first, nullptr});
  EXPECT_FALSE(pg_->Report().trimming);
}

TEST_F(PgSnapTest, ARemovedSnapshotIsNotReadBeforeItIsTrimmed) {
  WriteUnder({}, {WriteFull("one")});
  WriteUnder({1}, {WriteFull("two")});
  const rados::IntervalSet removed = {{1, 1}};
  now_.removed_snaps.queue = &removed;
  EXPECT_EQ(ContentAt(1), "error -2");
  // Nor does a write of a client that has not heard of it keep anything for it.
  rados::IntervalSet two = {{1, 2}};
  now_.removed_snaps.queue = &two;
  WriteUnder({2, 1}, {WriteFull("three")});
  EXPECT_EQ(Count(ObjectStatSum::kClones), 1);
}

TEST_F(PgSnapTest, APoolsOwnSnapshotsCountWhateverTheClientSays) {
  rados::PgPool pool;
  pool.flags |= rados::PgPool::kPoolSnaps;
  pool.snap_seq = 1;
  pool.snaps[1] = {};
  WriteUnder({}, {WriteFull("one")});
  now_.pool = &pool;
  WriteUnder({}, {WriteFull("two")});
  EXPECT_EQ(ContentAt(1), "one");
}

TEST_F(PgSnapTest, WritesMayInsistOnAFreshSnapContextAndOnlyTheHeadIsWritten) {
  WriteUnder({}, {WriteFull("one")});
  WriteUnder({5}, {WriteFull("two")});
  auto request = Make({WriteFull("old")});
  request->flags |= rados::kRequestOrderSnap;
  request->snap_context = {4, {4}};
  EXPECT_EQ(Execute(*request)->result, -85);
  request = Make({WriteFull("x")});
  request->snap = 5;
  EXPECT_EQ(Execute(*request)->result, -EINVAL);
  EXPECT_EQ(WriteUnder({3, 4}, {WriteFull("x")}), -EINVAL) << "not in order";
  EXPECT_EQ(Content(), "two");
}

TEST_F(PgSnapTest, ACloneCostsTheBytesThatChangedSince) {
  WriteUnder({}, {WriteFull(std::string(1000, 'a'))});
  EXPECT_EQ(Count(ObjectStatSum::kBytes), 1000);
  WriteUnder({1}, {Write(0, std::string(100, 'b'))});
  EXPECT_EQ(Count(ObjectStatSum::kBytes), 1100);
  EXPECT_EQ(Count(ObjectStatSum::kWrites), 2);
  EXPECT_EQ(Count(ObjectStatSum::kWriteKb), 2);
  Content();
  EXPECT_EQ(Count(ObjectStatSum::kReads), 1);
  EXPECT_EQ(Count(ObjectStatSum::kReadKb), 1);
}

TEST_F(PgSnapTest, AFullPoolTakesNothingMore) {
  Run({WriteFull("abc")});
  rados::PgPool pool;
  pool.flags |= rados::PgPool::kFull | rados::PgPool::kFullQuota;
  now_.pool = &pool;
  EXPECT_EQ(Run({WriteFull("abcd")}), nullptr) << "the client waits until there is space";
  auto request = Make({WriteFull("abcd")});
  request->flags |= rados::kRequestFullTry;
  EXPECT_EQ(Execute(*request)->result, -EDQUOT);
  pool.flags &= ~uint64_t{rados::PgPool::kFullQuota};
  request = Make({WriteFull("abcd")});
  request->flags |= rados::kRequestFullTry;
  EXPECT_EQ(Execute(*request)->result, -ENOSPC);
  EXPECT_EQ(Run({WriteFull("xyz")})->result, 0);
  EXPECT_EQ(Run({Op(rados::kOpDelete)})->result, 0);
}

}  // namespace
}  // namespace siphon::osd
