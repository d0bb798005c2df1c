// Fields and forms of messages that no recorded session has, and what recorded ones mean.
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "msg/features.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/mon_subscribe_ack.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/messages/osd_boot.h"
#include "services/rados/messages/osd_failure.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "services/rados/messages/osd_ping.h"
#include "services/rados/messages/pg_stats.h"
#include "services/rados/messages/statfs.h"
#include "services/rados/messages/watch_notify.h"

namespace siphon::rados {
namespace {

constexpr char kFsid[] = "11111111-2222-3333-4444-555555555555";

BufferList ReadVector(const std::string& name) {
  std::ifstream file("testing/vectors/messages/" + name + ".bin", std::ios::binary);
  return BufferList::CopyOf(
      std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
}

template <typename T>
absl::Status Read(T* m, const BufferList& front, const BufferList& data = {},
                  uint16_t version = T::kHeadVersion) {
  MessageHeader header = m->header();
  header.version = version;
  m->SetSegments(header, front, BufferList(), data);
  Decoder d(front);
  return m->DecodePayload(d);
}

template <typename T>
BufferList Write(T* m, uint64_t features = kFeaturesPacific) {
  BufferList front;
  Encoder e(&front);
  m->EncodePayload(e, features);
  return front;
}

TEST(MOsdOpTest, ReadsWhatAClientAskedFor) {
  MOsdOp m;
  ASSERT_TRUE(
      Read(&m, ReadVector("osd_op_writefull.0.front"), ReadVector("osd_op_writefull.0.data")).ok());
  EXPECT_EQ(m.oid, "bar");
  EXPECT_EQ(m.raw_hash, 0xefe6384bu);
  EXPECT_EQ(m.locator.pool, 1);
  EXPECT_EQ(m.flags, 0x400024u);
  EXPECT_EQ(m.snap, kSnapHead);
  ASSERT_EQ(m.ops.size(), 1u);
  EXPECT_EQ(m.ops[0].code, kOpWriteFull);
  EXPECT_EQ(uint64_t{m.ops[0].extent().length}, 12u);
  EXPECT_EQ(m.ops[0].in, m.data());
  EXPECT_TRUE(m.may_write());
}

TEST(MOsdOpTest, SplitsTheDataAmongItsOperations) {
  MOsdOp m;
  m.oid = "a";
  m.ops.resize(3);
  m.ops[0].code = kOpSetXattr;
  m.ops[0].in = BufferList::CopyOf("namevalue");
  m.ops[1].code = kOpStat;
  m.ops[2].code = kOpAppend;
  m.ops[2].in = BufferList::CopyOf("bytes");
  MOsdOp copy;
  const BufferList front = Write(&m);
  ASSERT_TRUE(Read(&copy, front, m.data()).ok());
  EXPECT_EQ(copy.ops[0].in, "namevalue");
  EXPECT_TRUE(copy.ops[1].in.empty());
  EXPECT_EQ(copy.ops[2].in, "bytes");
}

TEST(MOsdOpTest, RefusesInputLongerThanTheData) {
  MOsdOp m;
  const BufferList front = ReadVector("osd_op_writefull.0.front");
  const absl::Status status = Read(&m, front, BufferList::CopyOf("eleven byte"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(MOsdOpTest, RefusesLayoutsOfOldClients) {
  MOsdOp m;
  EXPECT_EQ(Read(&m, ReadVector("osd_op_read.0.front"), {}, 7).code(),
            absl::StatusCode::kUnimplemented);
  MOsdOpReply reply;
  EXPECT_EQ(Read(&reply, ReadVector("osd_op_reply_stat.0.front"), {}, 7).code(),
            absl::StatusCode::kUnimplemented);
}

TEST(MOsdOpTest, TakesItsNameFromTheMessageWhenItHasNone) {
  MOsdOp m;
  m.mutable_header().src = {kEntityClient, 4107};
  m.set_tid(9);
  m.client_incarnation = 2;
  EXPECT_EQ(m.effective_reqid(), (OsdReqId{{kEntityClient, 4107}, 9, 2}));
  m.reqid = OsdReqId{{kEntityOsd, 1}, 3, 0};
  EXPECT_EQ(m.effective_reqid(), m.reqid);
}

TEST(MOsdOpReplyTest, TellsErrorsAndOutput) {
  MOsdOpReply error;
  ASSERT_TRUE(Read(&error, ReadVector("osd_op_reply_read_err.0.front")).ok());
  EXPECT_EQ(error.result, -2);
  EXPECT_EQ(error.flags, 0x400014u);

  MOsdOpReply stat;
  ASSERT_TRUE(
      Read(&stat, ReadVector("osd_op_reply_stat.0.front"), ReadVector("osd_op_reply_stat.0.data"))
          .ok());
  ASSERT_EQ(stat.ops.size(), 1u);
  EXPECT_EQ(stat.ops[0].out.size(), 16u);
  EXPECT_EQ(stat.flags, 0x400015u);
}

TEST(MOsdOpReplyTest, CarriesARedirect) {
  MOsdOpReply m;
  m.redirect.emplace();
  m.redirect->locator.pool = 7;
  m.redirect->object = "elsewhere";
  MOsdOpReply copy;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  ASSERT_TRUE(copy.redirect.has_value());
  EXPECT_EQ(copy.redirect->object, "elsewhere");
  EXPECT_EQ(copy.redirect->locator, m.redirect->locator);
}

TEST(MOsdBootTest, TellsWhoBootsAndWhere) {
  MOsdBoot m;
  ASSERT_TRUE(Read(&m, ReadVector("osd_boot.0.front")).ok());
  EXPECT_EQ(m.superblock.whoami, 2);
  EXPECT_EQ(m.superblock.cluster_fsid.ToString(), kFsid);
  EXPECT_EQ(m.superblock.current_epoch, 0x12u);
  EXPECT_EQ(m.hb_front_addrs.ToString(), m.metadata["hb_front_addr"]);
  EXPECT_EQ(m.hb_back_addrs.ToString(), m.metadata["hb_back_addr"]);
  EXPECT_EQ(m.cluster_addrs.ToString(), m.metadata["back_addr"]);
  EXPECT_EQ(m.osd_features, kFeaturesPacific);
}

TEST(MOsdPingTest, IsPaddedToTheSizeAskedFor) {
  MOsdPing m;
  m.PadTo(2000);
  EXPECT_EQ(m.padding, 1971u);
  EXPECT_EQ(Write(&m).size(), 2025u);
  m.delta_upper_bound = absl::Nanoseconds(-1500);
  EXPECT_EQ(Write(&m).size(), 2033u);
  MOsdPing copy;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_EQ(copy.delta_upper_bound, m.delta_upper_bound);
  m.PadTo(0);
  EXPECT_EQ(m.padding, 0u);
}

TEST(MOsdPingTest, RefusesPaddingThatIsNotThere) {
  MOsdPing m;
  m.PadTo(2000);
  BufferList front = Write(&m);
  MOsdPing copy;
  EXPECT_FALSE(Read(&copy, front.Substr(0, front.size() - 1)).ok());
}

TEST(MOsdFailureTest, TellsFailureFromLife) {
  MOsdFailure m;
  m.fsid = *Uuid::Parse(kFsid);
  m.target = 3;
  m.target_addrs = *EntityAddrVec::Parse("v1:127.0.0.1:6801/17");
  m.epoch = 12;
  m.flags = MOsdFailure::kFailed | MOsdFailure::kImmediate;
  m.failed_for_seconds = 21;
  MOsdFailure copy;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_EQ(copy.target_addrs, m.target_addrs);
  EXPECT_EQ(copy.failed_for_seconds, 21);
  EXPECT_TRUE(copy.failed());
  EXPECT_TRUE(copy.immediate());
  m.flags = MOsdFailure::kStillAlive;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_FALSE(copy.failed());
}

TEST(MOsdBackoffTest, NamesARangeOfObjects) {
  MOsdBackoff m;
  m.pg = {{2, 5}, ShardedPgId::kNoShard};
  m.id = 77;
  m.begin = HObject::Min();
  m.end = HObject::Max();
  MOsdBackoff copy;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_EQ(copy.pg, m.pg);
  EXPECT_EQ(copy.id, 77u);
  EXPECT_TRUE(copy.begin.is_min());
  EXPECT_TRUE(copy.end.max);
}

TEST(MWatchNotifyTest, ReadsBackWhatItWroteAndOldOnesWithoutATail) {
  MWatchNotify m;
  m.op = MWatchNotify::kNotifyComplete;
  m.cookie = 5;
  m.version = 6;
  m.notify_id = 7;
  m.payload = BufferList::CopyOf("hello");
  m.result = -110;
  m.notifier_gid = 4107;
  const BufferList front = Write(&m);
  ASSERT_EQ(front.size(), 1u + 1 + 3 * 8 + 4 + 5 + 4 + 8);
  MWatchNotify copy;
  ASSERT_TRUE(Read(&copy, front).ok());
  EXPECT_EQ(copy.op, MWatchNotify::kNotifyComplete);
  EXPECT_EQ(copy.notify_id, 7u);
  EXPECT_EQ(copy.payload, "hello");
  EXPECT_EQ(copy.result, -110);
  EXPECT_EQ(copy.notifier_gid, 4107u);
  MWatchNotify old;
  ASSERT_TRUE(Read(&old, front.Substr(0, front.size() - 12), {}, 1).ok());
  EXPECT_EQ(old.cookie, 5u);
  EXPECT_EQ(old.result, 0);
}

TEST(MMonSubscribeTest, ReadsOldOnesWithoutAHostname) {
  MMonSubscribe m;
  m.what["osdmap"] = {12, true};
  m.what["config"] = {};
  const BufferList front = Write(&m);
  MMonSubscribe copy;
  ASSERT_TRUE(Read(&copy, front.Substr(0, front.size() - 4), {}, 2).ok());
  EXPECT_EQ(copy.what.size(), 2u);
  EXPECT_EQ(copy.what["osdmap"].start, 12u);
  EXPECT_TRUE(copy.what["osdmap"].one_time);
  EXPECT_FALSE(copy.what["config"].one_time);
}

TEST(MMonSubscribeAckTest, TellsTheInterval) {
  MMonSubscribeAck m;
  m.interval_seconds = 300;
  m.fsid = *Uuid::Parse(kFsid);
  MMonSubscribeAck copy;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_EQ(copy.interval_seconds, 300u);
  EXPECT_EQ(copy.fsid, m.fsid);
}

TEST(MStatfsTest, AsksForOnePoolOrForAll) {
  MStatfs m;
  m.pool = 4;
  MStatfs copy;
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_EQ(copy.pool, 4);
  m.pool.reset();
  ASSERT_TRUE(Read(&copy, Write(&m)).ok());
  EXPECT_FALSE(copy.pool.has_value());
}

TEST(MPgStatsTest, ReadsWhatARealOsdReports) {
  MPgStats m;
  ASSERT_TRUE(Read(&m, ReadVector("pg_stats.0.front")).ok());
  EXPECT_EQ(m.fsid.ToString(), kFsid);
  EXPECT_EQ(m.osd_stat.kb, 4194304);
  EXPECT_EQ(m.osd_stat.hb_peers.size(), 2u);
  EXPECT_EQ(static_cast<uint64_t>(m.osd_stat.kb) << 10, m.osd_stat.statfs.total);
  ASSERT_FALSE(m.pgs.empty());
  ObjectStatSum sum;
  for (const auto& [pg, stat] : m.pgs) {
    EXPECT_EQ(PgStateText(stat.state), "active+clean") << pg.ToString();
    EXPECT_EQ(stat.up, stat.acting);
    EXPECT_EQ(stat.up_primary, stat.up.front());
    EXPECT_EQ(stat.acting_primary, stat.acting.front());
    sum += stat.sum;
  }
  EXPECT_GT(sum[ObjectStatSum::kObjects], 0);
  EXPECT_EQ(sum[ObjectStatSum::kBytes] % sum[ObjectStatSum::kObjects], 0);  // all of one file
}

TEST(MPgStatsTest, WritesAPlacementGroupAsItWasRead) {
  MPgStats m;
  ASSERT_TRUE(Read(&m, ReadVector("pg_stats.0.front")).ok());
  MPgStats again;
  const BufferList bytes = Write(&m);
  ASSERT_TRUE(Read(&again, bytes).ok());
  EXPECT_EQ(Write(&again).ToString(), bytes.ToString());
  // What Ceph wrote of the first group is in what we write.
  BufferList pg;
  Encoder e(&pg);
  m.pgs.begin()->second.Encode(e);
  EXPECT_NE(ReadVector("pg_stats.0.front").ToString().find(pg.ToString()), std::string::npos);
}

TEST(MPgStatsTest, IsRefusedAtEveryCut) {
  const std::string whole = ReadVector("pg_stats.0.front").ToString();
  for (size_t size = 0; size < whole.size(); size += 7) {
    MPgStats m;
    EXPECT_FALSE(Read(&m, BufferList::CopyOf(whole.substr(0, size))).ok()) << size;
  }
}

}  // namespace
}  // namespace siphon::rados
