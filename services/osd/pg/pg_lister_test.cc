#include "services/osd/pg/pg_lister.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/store/transaction.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::OsdOp;
using rados::PgId;

HObject Named(const std::string& oid, uint32_t hash, const std::string& nspace = "") {
  HObject o;
  o.oid = oid;
  o.hash = hash;
  o.nspace = nspace;
  o.snap = rados::kSnapHead;
  o.pool = 1;
  return o;
}

// Places as Ceph does (stable_mod).
uint32_t PsOf(uint32_t hash, uint32_t pg_num) {
  uint32_t mask = 1;
  while (mask < pg_num) mask <<= 1;
  const uint32_t m = hash & (mask - 1);
  return m < pg_num ? m : hash & ((mask - 1) >> 1);
}

struct Page {
  int32_t result = 0;
  HObject next;
  std::vector<std::string> names;
};

Page List(MemStore& store, const PgId& pg, uint32_t pg_num, const HObject& cursor, uint64_t count,
          const std::string& nspace) {
  OsdOp op;
  op.code = rados::kOpPgNls;
  op.Set(OsdOp::PgList{count, 1});
  Encoder e(&op.in);
  cursor.Encode(e);
  Page page;
  page.result = ListPg(*store.Open(pg).value(), OpLimits(), pg, pg_num, nspace, &op);
  if (page.result < 0) return page;
  Decoder d(op.out);
  Decoder::Versioned v(d, 1, "page");
  page.next = HObject::Decode(d);
  const uint32_t n = d.Count(12);
  for (uint32_t i = 0; i < n; ++i) {
    std::string name = d.String();
    name += "/" + d.String();
    d.String();
    page.names.push_back(std::move(name));
  }
  EXPECT_TRUE(d.ok());
  return page;
}

class PgListerTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(PgListerTest, CursorsLeadThroughAllGroupsOnceEach) {
  const uint32_t pg_num = GetParam();
  MemStore store;
  std::set<std::string> expected;
  for (uint32_t i = 0; i < 400; ++i) {
    const uint32_t hash = i * 2654435761u;
    const HObject o = Named("object" + std::to_string(i), hash);
    Transaction t;
    t.Touch(o);
    ASSERT_TRUE(store.Open({1, PsOf(hash, pg_num)}).value()->Apply(std::move(t)).ok());
    expected.insert("/" + o.oid);
  }
  std::set<std::string> got;
  HObject cursor = HObject::Min();
  int calls = 0;
  while (!cursor.max) {
    ASSERT_LT(++calls, 1000);
    const Page page = List(store, {1, PsOf(cursor.hash, pg_num)}, pg_num, cursor, 7, "");
    ASSERT_GE(page.result, 0);
    ASSERT_LT(cursor, page.next);
    for (const std::string& name : page.names) EXPECT_TRUE(got.insert(name).second) << name;
    cursor = page.next;
  }
  EXPECT_EQ(got, expected);
}

INSTANTIATE_TEST_SUITE_P(PgNum, PgListerTest, ::testing::Values(1, 2, 3, 5, 6, 8, 12, 100));

TEST(ListPgTest, AnEmptyGroupAnswersAsARealOsdDid) {
  std::ifstream in("testing/vectors/messages/osd_op_pgnls.0.data.bin", std::ios::binary);
  std::ifstream out("testing/vectors/messages/osd_op_reply_pgnls.0.data.bin", std::ios::binary);
  OsdOp op;
  op.code = rados::kOpPgNls;
  op.Set(OsdOp::PgList{1024, 15});
  op.in = BufferList::CopyOf(
      std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
  MemStore store;
  EXPECT_EQ(ListPg(*store.Open({1, 0}).value(), OpLimits(), {1, 0}, 8, "", &op), 1);
  EXPECT_EQ(op.out.ToString(),
            std::string(std::istreambuf_iterator<char>(out), std::istreambuf_iterator<char>()));
}

TEST(ListPgTest, NamespacesAreListedOneOrAll) {
  MemStore store;
  Transaction t;
  t.Touch(Named("a", 0));
  t.Touch(Named("b", 8, "space"));
  ASSERT_TRUE(store.Open({1, 0}).value()->Apply(std::move(t)).ok());
  const auto names = [&](const std::string& nspace) {
    std::vector<std::string> n = List(store, {1, 0}, 8, HObject::Min(), 10, nspace).names;
    std::sort(n.begin(), n.end());
    return n;
  };
  EXPECT_EQ(names(""), (std::vector<std::string>{"/a"}));
  EXPECT_EQ(names("space"), (std::vector<std::string>{"space/b"}));
  EXPECT_EQ(names("\001"), (std::vector<std::string>{"/a", "space/b"}));
}

TEST(ListPgTest, RefusesABadCursorAndACountOfZero) {
  MemStore store;
  OsdOp op;
  op.code = rados::kOpPgNls;
  op.Set(OsdOp::PgList{10, 1});
  op.in = BufferList::CopyOf("rubbish");
  EXPECT_EQ(ListPg(*store.Open({1, 0}).value(), OpLimits(), {1, 0}, 8, "", &op), -EINVAL);
  EXPECT_EQ(List(store, {1, 0}, 8, HObject::Min(), 0, "").result, -EINVAL);
  EXPECT_EQ(List(store, {1, 7}, 8, HObject::Max(), 5, "").result, 1);
}

TEST(PgListerFormsTest, TheOldFormHasNoNamespacesAndOtherOperationsAreUnknown) {
  MemStore store;
  const PgId pg{1, 0};
  Transaction transaction;
  transaction.Touch(Named("a", 0));
  transaction.Touch(Named("b", 0, "space"));
  const ObjectCollectionPtr objects = store.Open(pg).value();
  ASSERT_TRUE(objects->Apply(std::move(transaction)).ok());
  OsdOp op;
  op.code = rados::kOpPgLs;
  op.Set(OsdOp::PgList{10, 1});
  Encoder e(&op.in);
  HObject::Min().Encode(e);
  EXPECT_EQ(ListPg(*objects, OpLimits(), pg, 1, "", &op), 1);
  Decoder d(op.out);
  EXPECT_EQ(d.U8(), 1u);
  EXPECT_TRUE(HObject::Decode(d).max);
  ASSERT_EQ(d.U32(), 1u);
  EXPECT_EQ(d.String(), "a");
  EXPECT_EQ(d.String(), "");
  EXPECT_EQ(d.remaining(), 0u);
  op.code = rados::kOpScrubLs;
  EXPECT_EQ(ListPg(*objects, OpLimits(), pg, 1, "", &op), -ENOENT);
  op.code = rados::kOpPgHitSetGet;
  EXPECT_EQ(ListPg(*objects, OpLimits(), pg, 1, "", &op), -ENOENT);
  op.code = 0x15ff;
  EXPECT_EQ(ListPg(*objects, OpLimits(), pg, 1, "", &op), -EINVAL);
  op.code = rados::kOpPgHitSetList;
  op.out.Clear();
  EXPECT_EQ(ListPg(*objects, OpLimits(), pg, 1, "", &op), 0);
  EXPECT_EQ(op.out.ToString(), std::string(4, '\0')) << "none";
}

// Group 0 of 8 ends before the pool does.
TEST(PgListerFormsTest, TheOldFormsEndIsTheGreatestObjectAndItsNamespaceIsOne) {
  MemStore store;
  const PgId pg{1, 0};
  const ObjectCollectionPtr objects = store.Open(pg).value();
  Transaction transaction;
  transaction.Touch(Named("a", 0));
  ASSERT_TRUE(objects->Apply(std::move(transaction)).ok());
  const auto list = [&](uint16_t code, const std::string& nspace) {
    OsdOp op;
    op.code = code;
    op.Set(OsdOp::PgList{10, 1});
    Encoder e(&op.in);
    HObject::Min().Encode(e);
    EXPECT_EQ(ListPg(*objects, OpLimits(), pg, 8, nspace, &op), 1);
    return op.out;
  };
  const BufferList old = list(rados::kOpPgLs, "\001");
  Decoder d(old);
  d.U8();
  EXPECT_TRUE(HObject::Decode(d).max);
  EXPECT_EQ(d.U32(), 0u);
  const BufferList page = list(rados::kOpPgNls, "\001");
  Decoder p(page);
  Decoder::Versioned v(p, 1, "page");
  EXPECT_FALSE(HObject::Decode(p).max);
  EXPECT_EQ(p.U32(), 1u);
}

TEST(PgListerFormsTest, FiltersHideObjectsAndCountThem) {
  MemStore store;
  const PgId pg{1, 0};
  const ObjectCollectionPtr objects = store.Open(pg).value();
  Transaction transaction;
  for (const char* oid : {"a", "b", "c", "d", "e"}) transaction.Touch(Named(oid, 0));
  for (const char* oid : {"b", "d"}) {
    transaction.SetAttrs(Named(oid, 0), {{"_x", BufferList::CopyOf("1")}});
  }
  ASSERT_TRUE(objects->Apply(std::move(transaction)).ok());
  const auto list = [&](uint16_t code, const HObject& cursor, const char* kind, HObject* next) {
    OsdOp op;
    op.code = code;
    op.Set(OsdOp::PgList{3, 1});
    Encoder e(&op.in);
    for (const char* s : {"pg", "filter", kind, "_x", "1"}) e.String(s);
    cursor.Encode(e);
    const int32_t result = ListPg(*objects, OpLimits(), pg, 1, "", &op);
    if (result < 0) return std::to_string(result);
    Decoder d(op.out);
    std::string names = std::to_string(result);
    if (code == rados::kOpPgLsFilter) {
      d.U8();
      *next = HObject::Decode(d);
      for (uint32_t n = d.U32(); n > 0; --n) {
        names += d.String();
        d.String();
      }
    } else {
      Decoder::Versioned v(d, 1, "page");
      *next = HObject::Decode(d);
      for (uint32_t n = d.U32(); n > 0; --n) {
        d.String();
        names += d.String();
        d.String();
      }
    }
    EXPECT_TRUE(d.ok());
    return names;
  };
  for (const uint16_t code : {rados::kOpPgNlsFilter, rados::kOpPgLsFilter}) {
    HObject next;
    EXPECT_EQ(list(code, HObject::Min(), "plain", &next), "0b");
    EXPECT_EQ(list(code, next, "plain", &next), "1d");
    EXPECT_TRUE(next.max);
    EXPECT_EQ(list(code, HObject::Min(), "no such", &next), std::to_string(-EINVAL));
  }
}

}  // namespace
}  // namespace siphon::osd
