// Requests against one placement group: the answers of a real OSD byte by byte, and the rules that
// the recorded ones do not show.
#include "services/osd/pg/pg.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "msg/features.h"
#include "services/osd/store/mem_store.h"

namespace siphon::osd {
namespace {

using rados::MOsdOp;
using rados::MOsdOpReply;
using rados::OsdOp;

BufferList Bytes(const std::string& text) { return BufferList::CopyOf(text); }

std::string ReadVector(const std::string& name) {
  std::ifstream file("testing/vectors/messages/" + name + ".bin", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

OsdOp Op(uint16_t code, uint64_t offset = 0, uint64_t length = 0, const std::string& in = "") {
  OsdOp op;
  op.code = code;
  OsdOp::Extent extent;
  extent.offset = offset;
  extent.length = length;
  op.Set(extent);
  op.in = Bytes(in);
  return op;
}

OsdOp WriteOp(uint64_t offset, const std::string& data) {
  return Op(rados::kOpWrite, offset, data.size(), data);
}

OsdOp AttrOp(uint16_t code, const std::string& name, const std::string& value = "",
             uint8_t cmp = 0) {
  OsdOp op;
  op.code = code;
  OsdOp::Xattr xattr;
  xattr.name_len = static_cast<uint32_t>(name.size());
  xattr.value_len = static_cast<uint32_t>(value.size());
  xattr.cmp_op = cmp;
  xattr.cmp_mode = 1;
  op.Set(xattr);
  op.in = Bytes(name + value);
  return op;
}

OsdOp Failing() { return Op(0x2fff); }

class PgTest : public ::testing::Test {
 protected:
  static constexpr rados::PgId kId{1, 3};

  PgTest() : pg_(Pg::Make(kId, store_.Open(kId).value(), {limits_})) {}

  std::unique_ptr<MOsdOpReply> Run(std::vector<OsdOp> ops, const std::string& oid = "bar",
                                   uint32_t extra_flags = 0) {
    MOsdOp m;
    m.set_tid(++tid_);
    m.mutable_header().src = {kEntityClient, 4107};
    m.oid = oid;
    m.pg.pg = kId;
    m.locator.pool = 1;
    m.mtime = absl::FromUnixSeconds(1000);
    m.flags = rados::kRequestOnDisk | rados::kRequestKnownRedirected | extra_flags;
    for (const OsdOp& op : ops) {
      m.flags |= rados::IsWriteOp(op.code) ? rados::kRequestWrite : rados::kRequestRead;
      m.mutable_data().Append(op.in);
    }
    m.ops = std::move(ops);
    return pg_->Execute(m, now_);
  }
  int32_t Result(std::vector<OsdOp> ops, const std::string& oid = "bar") {
    return Run(std::move(ops), oid)->result;
  }
  std::string Content(const std::string& oid = "bar") {
    const auto reply = Run({Op(rados::kOpRead, 0, 1 << 30)}, oid);
    return reply->result < 0 ? "error " + std::to_string(reply->result)
                             : reply->ops[0].out.ToString();
  }
  uint64_t Size() {
    const auto reply = Run({Op(rados::kOpStat)});
    Decoder d(reply->ops[0].out);
    return d.U64();
  }

  OpLimits limits_;
  MemStore store_;
  std::shared_ptr<Pg> pg_;
  PgEpoch now_{.epoch = 12, .pg_num = 8};
  uint64_t tid_ = 0;
};

TEST_F(PgTest, AnswersAsARealOsdDidByteByByte) {
  struct Step {
    const char* request;
    const char* reply;
    uint32_t epoch;
  };
  // One session: write-full at epoch 12, then read, stat and delete at 15.
  for (const Step& step : {Step{"osd_op_writefull.0", "osd_op_reply_writefull.0", 12},
                           Step{"osd_op_read.0", "osd_op_reply_read.0", 15},
                           Step{"osd_op_stat.0", "osd_op_reply_stat.0", 15},
                           Step{"osd_op_delete.0", "osd_op_reply_delete.0", 15}}) {
    SCOPED_TRACE(step.request);
    MOsdOp m;
    MessageHeader header = m.header();
    header.tid = ++tid_;
    const BufferList front = Bytes(ReadVector(std::string(step.request) + ".front"));
    m.SetSegments(header, front, {}, Bytes(ReadVector(std::string(step.request) + ".data")));
    Decoder d(front);
    ASSERT_TRUE(m.DecodePayload(d).ok());
    now_.epoch = step.epoch;
    const auto reply = pg_->Execute(m, now_);
    EXPECT_EQ(reply->tid(), tid_);
    BufferList out;
    Encoder e(&out);
    reply->EncodePayload(e, kFeaturesPacific);
    EXPECT_EQ(out.ToString(), ReadVector(std::string(step.reply) + ".front")) << reply->Summary();
    // The stat's time is the writer's.
    if (std::string(step.request) != "osd_op_stat.0") {
      EXPECT_EQ(reply->data().ToString(), ReadVector(std::string(step.reply) + ".data"));
    }
  }
}

TEST_F(PgTest, AReadOfWhatIsNotThereIsRefusedEarly) {
  const auto reply = Run({Op(rados::kOpRead, 0, 10)});
  EXPECT_EQ(reply->result, -ENOENT);
  EXPECT_EQ(reply->flags, 0x400014u);
  EXPECT_EQ(reply->ops[0].result, 0);
}

TEST_F(PgTest, WritesAppendAndReadBack) {
  EXPECT_EQ(Result({WriteOp(2, "abc")}), 0);
  EXPECT_EQ(Content(), std::string("\0\0abc", 5));
  EXPECT_EQ(Result({Op(rados::kOpAppend, 0, 2, "de")}), 0);
  EXPECT_EQ(Content(), std::string("\0\0abcde", 7));
  EXPECT_EQ(Result({Op(rados::kOpWriteFull, 0, 1, "x")}), 0);
  EXPECT_EQ(Content(), "x");
  EXPECT_EQ(Result({Op(rados::kOpWrite, 0, 5, "four")}), -EINVAL);
}

TEST_F(PgTest, ReadOfLengthZeroReadsToTheEnd) {
  Run({WriteOp(0, "abcdef")});
  EXPECT_EQ(Run({Op(rados::kOpRead, 0, 0)})->ops[0].out, "abcdef");
  EXPECT_EQ(Run({Op(rados::kOpRead, 2, 0)})->ops[0].out, "cdef");
  const auto past = Run({Op(rados::kOpRead, 9, 4)});
  EXPECT_EQ(past->result, 0);
  EXPECT_EQ(uint64_t{past->ops[0].extent().length}, 0u);
}

TEST_F(PgTest, CreateExclusivelyFailsOnTheSecond) {
  OsdOp create = Op(rados::kOpCreate);
  create.flags = rados::kOpFlagExclusive;
  EXPECT_EQ(Result({create}), 0);
  EXPECT_EQ(Result({create}), -EEXIST);
  EXPECT_EQ(Result({Op(rados::kOpCreate)}), 0);
  EXPECT_EQ(Size(), 0u);
}

TEST_F(PgTest, ZeroAtTheEndTruncates) {
  Run({WriteOp(0, "0123456789")});
  Run({Op(rados::kOpZero, 20, 5)});
  EXPECT_EQ(Size(), 10u);
  Run({Op(rados::kOpZero, 2, 2)});
  EXPECT_EQ(Content(), std::string("01\0\0"
                                   "456789",
                                   10));
  Run({Op(rados::kOpZero, 8, 100)});
  EXPECT_EQ(Size(), 8u);
  EXPECT_EQ(Result({Op(rados::kOpZero, 0, 5)}, "other"), 0);
  EXPECT_EQ(Content("other"), "error -2");
}

TEST_F(PgTest, TruncateOfNothingMakesNothing) {
  EXPECT_EQ(Result({Op(rados::kOpTruncate, 5)}), 0);
  EXPECT_EQ(Content(), "error -2");
  Run({WriteOp(0, "abc")});
  Run({Op(rados::kOpTruncate, 5)});
  EXPECT_EQ(Size(), 5u);
}

TEST_F(PgTest, DeleteOfNothingIsNotFound) {
  EXPECT_EQ(Result({Op(rados::kOpDelete)}), -ENOENT);
  Run({WriteOp(0, "abc")});
  EXPECT_EQ(Result({Op(rados::kOpDelete)}), 0);
  EXPECT_EQ(Content(), "error -2");
}

TEST_F(PgTest, ARequestTakesEffectWholeOrNotAtAll) {
  Run({WriteOp(0, "before")});
  const uint64_t version = Run({Op(rados::kOpStat)})->user_version;
  const auto reply = Run({WriteOp(0, "after!"), AttrOp(rados::kOpSetXattr, "x", "1"), Failing()});
  EXPECT_EQ(reply->result, -EOPNOTSUPP);
  EXPECT_EQ(reply->ops[2].result, -EOPNOTSUPP);
  EXPECT_EQ(Content(), "before");
  EXPECT_EQ(Run({Op(rados::kOpStat)})->user_version, version);
  EXPECT_EQ(Result({WriteOp(0, "new"), Failing()}, "other"), -EOPNOTSUPP);
  EXPECT_EQ(Content("other"), "error -2");
}

TEST_F(PgTest, AnOperationThatMayFailLetsTheRestGoOn) {
  OsdOp may_fail = Failing();
  may_fail.flags = rados::kOpFlagFailOk;
  const auto reply = Run({may_fail, WriteOp(0, "abc")});
  EXPECT_EQ(reply->result, 0);
  EXPECT_EQ(reply->ops[0].result, -EOPNOTSUPP);
  EXPECT_EQ(Content(), "abc");
}

TEST_F(PgTest, VersionsCountChangesOfTheGroup) {
  const auto first = Run({WriteOp(0, "a")}, "one");
  const auto second = Run({WriteOp(0, "b")}, "two");
  EXPECT_EQ(first->replay_version, (rados::EVersion{12, 1}));
  EXPECT_EQ(second->replay_version, (rados::EVersion{12, 2}));
  EXPECT_EQ(second->bad_replay_version, second->replay_version);
  const auto read = Run({Op(rados::kOpStat)}, "one");
  EXPECT_EQ(read->user_version, 1u);
  EXPECT_EQ(read->bad_replay_version, (rados::EVersion{0, 1}));
  EXPECT_EQ(read->replay_version, rados::EVersion());
}

TEST_F(PgTest, ARequestThatComesAgainTakesEffectOnce) {
  const auto first = Run({Op(rados::kOpAppend, 0, 2, "ab")});
  --tid_;
  const auto again = Run({Op(rados::kOpAppend, 0, 2, "ab")}, "bar", rados::kRequestRetry);
  EXPECT_EQ(again->result, 0);
  EXPECT_EQ(again->replay_version, first->replay_version);
  EXPECT_EQ(again->user_version, first->user_version);
  EXPECT_EQ(Content(), "ab");
  // One that failed fails again, though it could succeed now.
  EXPECT_EQ(Result({Op(rados::kOpDelete)}, "other"), -ENOENT);
  --tid_;
  const uint64_t failed = tid_ + 1;
  tid_ = 100;
  Run({WriteOp(0, "x")}, "other");
  tid_ = failed - 1;
  EXPECT_EQ(Result({Op(rados::kOpDelete)}, "other"), -ENOENT);
}

TEST_F(PgTest, AttributesComeAndGo) {
  EXPECT_EQ(Result({AttrOp(rados::kOpSetXattr, "name", "value")}), 0);
  EXPECT_EQ(Run({AttrOp(rados::kOpGetXattr, "name")})->ops[0].out, "value");
  EXPECT_EQ(Result({AttrOp(rados::kOpGetXattr, "nam")}), -ENODATA);
  const auto all = Run({Op(rados::kOpGetXattrs)});
  Decoder d(all->ops[0].out);
  EXPECT_EQ(d.U32(), 1u);
  EXPECT_EQ(d.String(), "name");
  EXPECT_EQ(d.String(), "value");
  EXPECT_EQ(Result({AttrOp(rados::kOpRmXattr, "absent")}), 0);
  EXPECT_EQ(Result({AttrOp(rados::kOpRmXattr, "name")}), 0);
  EXPECT_EQ(Result({AttrOp(rados::kOpGetXattr, "name")}), -ENODATA);
  EXPECT_EQ(Result({AttrOp(rados::kOpSetXattr, std::string(101, 'n'), "v")}), -ENAMETOOLONG);
}

TEST_F(PgTest, GuardsLetARequestThroughOrStopIt) {
  Run({AttrOp(rados::kOpSetXattr, "x", "5")});
  EXPECT_EQ(Result({AttrOp(rados::kOpCmpXattr, "x", "5", 1), WriteOp(0, "yes")}), 0);
  EXPECT_EQ(Result({AttrOp(rados::kOpCmpXattr, "x", "6", 1), WriteOp(0, "no!")}), -ECANCELED);
  EXPECT_EQ(Result({AttrOp(rados::kOpCmpXattr, "x", "6", 3), WriteOp(0, "gt!")}), 0);
  EXPECT_EQ(Result({AttrOp(rados::kOpCmpXattr, "absent", "", 1), WriteOp(0, "ok!")}), 0);
  EXPECT_EQ(Content(), "ok!");
  EXPECT_EQ(Result({Op(rados::kOpCmpExt, 0, 3, "ok!")}), 0);
  EXPECT_EQ(Result({Op(rados::kOpCmpExt, 0, 3, "oh!")}), -4096);
  OsdOp version;
  version.code = rados::kOpAssertVersion;
  const uint64_t now = Run({Op(rados::kOpStat)})->user_version;
  version.Set(OsdOp::AssertVersion{0, now});
  EXPECT_EQ(Result({version}), 0);
  version.Set(OsdOp::AssertVersion{0, now - 1});
  EXPECT_EQ(Result({version}), -ERANGE);
  version.Set(OsdOp::AssertVersion{0, now + 1});
  EXPECT_EQ(Result({version}), -EOVERFLOW);
  version.Set(OsdOp::AssertVersion{0, 0});
  EXPECT_EQ(Result({version}), -EINVAL);
}

TEST_F(PgTest, ObjectMapsArePagedAndBounded) {
  BufferList in;
  Encoder e(&in);
  e.U32(1500);
  for (int i = 0; i < 1500; ++i) {
    e.String("key" + std::to_string(10000 + i));
    e.String("value");
  }
  OsdOp set = Op(rados::kOpOmapSetVals);
  set.in = in;
  EXPECT_EQ(Result({set}), 0);
  const auto page = [&](const std::string& after) {
    BufferList ask;
    Encoder a(&ask);
    a.String(after);
    a.U64(100'000);
    a.String("");
    OsdOp get = Op(rados::kOpOmapGetVals);
    get.in = ask;
    return Run({get})->ops[0].out;
  };
  const BufferList first = page("");
  Decoder d(first);
  ASSERT_EQ(d.U32(), 1024u);
  std::string last;
  for (int i = 0; i < 1024; ++i) {
    last = d.String();
    d.Blob();
  }
  EXPECT_TRUE(d.Bool());
  const BufferList rest = page(last);
  Decoder r(rest);
  EXPECT_EQ(r.U32(), 476u);
  OsdOp bad = Op(rados::kOpOmapSetVals, 0, 0, "\xff\xff\xff\xff");
  EXPECT_EQ(Result({bad}), -EINVAL);
}

TEST_F(PgTest, NamesAndSizesHaveLimits) {
  EXPECT_EQ(Result({WriteOp(0, "x")}, std::string(2049, 'n')), -ENAMETOOLONG);
  EXPECT_EQ(Result({WriteOp(0, "x")}, std::string(2048, 'n')), 0);
  EXPECT_EQ(Result({WriteOp(0, "x")}, ""), -EINVAL);
  EXPECT_EQ(Result({WriteOp(128 << 20, "x")}), -EFBIG);
  EXPECT_EQ(Result({WriteOp((128 << 20) - 1, "xy")}), -EFBIG);
  EXPECT_EQ(Result({WriteOp(uint64_t{0} - 1, "xy")}), -EFBIG);
  limits_.max_write_size = 3;
  const auto small = Pg::Make(kId, store_.Open(kId).value(), {limits_});
  MOsdOp m;
  m.oid = "a";
  m.flags = rados::kRequestWrite;
  m.ops = {WriteOp(0, "four")};
  m.mutable_data() = m.ops[0].in;
  EXPECT_EQ(small->Execute(m, now_)->result, -EMSGSIZE);
}

TEST_F(PgTest, AllocationHintsMakeTheObject) {
  EXPECT_EQ(Result({Op(rados::kOpSetAllocHint)}), 0);
  EXPECT_EQ(Size(), 0u);
}

TEST_F(PgTest, WriteSameRepeatsAndRefusesAPartOfAPattern) {
  OsdOp same;
  same.code = rados::kOpWriteSame;
  same.in = Bytes("ab");
  same.Set(OsdOp::WriteSame{1, 6, 2});
  EXPECT_EQ(Result({same}), 0);
  EXPECT_EQ(Content(), std::string("\0ababab", 7));
  same.Set(OsdOp::WriteSame{0, 5, 2});
  EXPECT_EQ(Result({same}), -EINVAL);
}

}  // namespace
}  // namespace siphon::osd
