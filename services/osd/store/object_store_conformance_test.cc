// What every ObjectStore promises, tried on each.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/store/object_store.h"
#include "services/osd/store/rocksdb_store.h"
#include "services/osd/store/transaction.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::PgId;

struct Backend {
  const char* name;
  // `folder` is empty, and there is one for each test.
  std::unique_ptr<ObjectStore> (*make)(const std::string& folder);
};

class ObjectStoreConformanceTest : public ::testing::TestWithParam<Backend> {
 protected:
  ObjectStoreConformanceTest()
      : folder_(MakeFolder()), store_(GetParam().make(folder_)), pg_(store_->Open(kPg).value()) {}
  ~ObjectStoreConformanceTest() override {
    pg_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  static std::string MakeFolder() {
    std::string name = ::testing::TempDir() + "store.XXXXXX";
    return mkdtemp(name.data());
  }

  static HObject Named(const std::string& oid, uint32_t hash = 1) {
    HObject o;
    o.oid = oid;
    o.hash = hash;
    o.snap = rados::kSnapHead;
    o.pool = 1;
    return o;
  }
  static BufferList Bytes(const std::string& text) { return BufferList::CopyOf(text); }
  template <typename F>
  void Change(F fill) {
    Transaction t;
    fill(t);
    ASSERT_TRUE(pg_->Apply(std::move(t)).ok());
  }
  std::string Content(const HObject& object) {
    const auto data = pg_->Read(object, 0, 1 << 30);
    return data.ok() ? data->ToString() : "(" + data.status().ToString() + ")";
  }

  static constexpr PgId kPg{1, 0};
  const HObject a_ = Named("a");
  const std::string folder_;
  std::unique_ptr<ObjectStore> store_;
  ObjectCollectionPtr pg_;
};

TEST_P(ObjectStoreConformanceTest, AnObjectThatIsNotThereIsNotFound) {
  EXPECT_EQ(pg_->Size(a_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pg_->Read(a_, 0, 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pg_->GetAttr(a_, "x").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pg_->GetAttrs(a_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pg_->OmapHeader(a_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pg_->OmapList(a_, "", "", 1).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pg_->OmapGet(a_, {"k"}).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(ObjectStoreConformanceTest, TouchMakesAnEmptyObjectAndLeavesOthersAsTheyAre) {
  Change([&](Transaction& t) { t.Touch(a_); });
  EXPECT_EQ(pg_->Size(a_).value(), 0u);
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes("abc")); });
  Change([&](Transaction& t) { t.Touch(a_); });
  EXPECT_EQ(Content(a_), "abc");
}

TEST_P(ObjectStoreConformanceTest, StepsTakeEffectInOrder) {
  Change([&](Transaction& t) {
    t.Write(a_, 0, Bytes("0123456789"));
    t.Truncate(a_, 6);
    t.Write(a_, 8, Bytes("xy"));
    t.Zero(a_, 1, 2);
  });
  EXPECT_EQ(Content(a_), std::string("0\0\0"
                                     "345\0\0xy",
                                     10));
  Change([&](Transaction& t) {
    t.Remove(a_);
    t.Write(a_, 2, Bytes("new"));
  });
  EXPECT_EQ(Content(a_), std::string("\0\0new", 5));
  Change([&](Transaction& t) {
    t.Write(a_, 0, Bytes("gone"));
    t.Remove(a_);
  });
  EXPECT_FALSE(pg_->Size(a_).ok());
}

TEST_P(ObjectStoreConformanceTest, WriteFullReplacesBytesOnly) {
  Change([&](Transaction& t) {
    t.Write(a_, 0, Bytes("a long one"));
    t.SetAttrs(a_, {{"x", Bytes("1")}});
    t.OmapSet(a_, {{"k", Bytes("v")}});
    t.WriteFull(a_, Bytes("short"));
  });
  EXPECT_EQ(Content(a_), "short");
  EXPECT_EQ(pg_->GetAttr(a_, "x").value(), "1");
  EXPECT_EQ(pg_->OmapGet(a_, {"k"}).value().size(), 1u);
}

TEST_P(ObjectStoreConformanceTest, ACloneIsACopyOfEverythingAndLivesOnItsOwn) {
  const HObject clone = [&] {
    HObject o = a_;
    o.snap = 4;
    return o;
  }();
  Change([&](Transaction& t) {
    t.Write(a_, 0, Bytes("before"));
    t.SetAttrs(a_, {{"x", Bytes("1")}});
    t.OmapSet(a_, {{"k", Bytes("v")}});
    t.OmapSetHeader(a_, Bytes("header"));
    t.Write(clone, 0, Bytes("what was there is gone"));
    t.OmapSet(clone, {{"old", Bytes("v")}});
  });
  Change([&](Transaction& t) {
    t.Clone(a_, clone);
    t.Write(a_, 6, Bytes(" and after"));
    t.Write(a_, 0, Bytes("B"));
    t.SetAttrs(a_, {{"x", Bytes("2")}});
    t.OmapClear(a_);
  });
  EXPECT_EQ(Content(clone), "before");
  EXPECT_EQ(pg_->GetAttr(clone, "x").value(), "1");
  EXPECT_EQ(pg_->OmapList(clone, "", "", 10)->values.size(), 1u);
  EXPECT_EQ(pg_->OmapHeader(clone).value(), "header");
  EXPECT_EQ(Content(a_), "Before and after");
  Change([&](Transaction& t) { t.Write(clone, 6, Bytes("hand")); });
  EXPECT_EQ(Content(clone), "beforehand");
  EXPECT_EQ(Content(a_), "Before and after");
  Change([&](Transaction& t) { t.Remove(a_); });
  EXPECT_EQ(Content(clone), "beforehand");
  Change([&](Transaction& t) { t.Clone(clone, a_); });
  EXPECT_EQ(Content(a_), "beforehand");
  Change([&](Transaction& t) { t.Clone(Named("absent"), a_); });
  EXPECT_EQ(Content(a_), "beforehand");
}

TEST_P(ObjectStoreConformanceTest, ReadsStopAtTheEnd) {
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes("abcdef")); });
  EXPECT_EQ(pg_->Read(a_, 4, 100).value(), "ef");
  EXPECT_EQ(pg_->Read(a_, 6, 1).value().size(), 0u);
  EXPECT_EQ(pg_->Read(a_, 1, 2).value(), "bc");
}

TEST_P(ObjectStoreConformanceTest, WhatAReadGaveNeverChanges) {
  const std::string before(300'000, 'b');
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes(before)); });
  const BufferList read = pg_->Read(a_, 0, before.size()).value();
  Change([&](Transaction& t) {
    t.Write(a_, 1000, Bytes("other"));
    t.Truncate(a_, 2000);
    t.WriteFull(a_, Bytes(std::string(300'000, 'c')));
    t.Remove(a_);
  });
  EXPECT_EQ(read, before);
}

TEST_P(ObjectStoreConformanceTest, ZeroGrowsTheObject) {
  Change([&](Transaction& t) { t.Zero(a_, 10, 90); });
  EXPECT_EQ(pg_->Size(a_).value(), 100u);
  EXPECT_TRUE(pg_->Read(a_, 0, 100).value().IsZero());
}

TEST_P(ObjectStoreConformanceTest, AttributesAreSetOneByOne) {
  Change([&](Transaction& t) { t.SetAttrs(a_, {{"x", Bytes("1")}, {"y", Bytes("2")}}); });
  Change([&](Transaction& t) {
    t.SetAttrs(a_, {{"y", Bytes("3")}});
    t.RemoveAttr(a_, "x");
    t.RemoveAttr(a_, "never there");
  });
  EXPECT_EQ(pg_->GetAttrs(a_).value(), (KeyValues{{"y", Bytes("3")}}));
  EXPECT_EQ(pg_->GetAttr(a_, "x").status().code(), absl::StatusCode::kNotFound);
}

TEST_P(ObjectStoreConformanceTest, OmapIsListedInOrderAndInPages) {
  Change([&](Transaction& t) {
    t.OmapSet(a_, {{"", Bytes("empty")}, {"b1", Bytes("1")}, {"b2", Bytes("2")}});
    t.OmapSet(a_, {{"a", Bytes("0")}, {std::string("c\0d", 3), Bytes("bin")}});
  });
  const auto first = pg_->OmapList(a_, "", "", 3).value();
  EXPECT_EQ(first.values.size(), 3u);
  EXPECT_EQ(first.values.begin()->first, "");
  EXPECT_TRUE(first.more);
  const auto rest = pg_->OmapList(a_, first.values.rbegin()->first, "", 3).value();
  EXPECT_EQ(rest.values.begin()->first, "b2");
  EXPECT_EQ(rest.values.rbegin()->first, std::string("c\0d", 3));
  EXPECT_FALSE(rest.more);
  const auto b = pg_->OmapList(a_, "", "b", 10).value();
  EXPECT_EQ(b.values.size(), 2u);
  EXPECT_FALSE(b.more);
  EXPECT_EQ(pg_->OmapList(a_, "b1", "b", 10).value().values.size(), 1u);
}

TEST_P(ObjectStoreConformanceTest, OmapKeysAndHeaderAreRemoved) {
  Change([&](Transaction& t) {
    t.OmapSet(a_, {{"a", Bytes("1")}, {"b", Bytes("2")}, {"c", Bytes("3")}, {"d", Bytes("4")}});
    t.OmapSetHeader(a_, Bytes("header"));
    t.OmapRemove(a_, {"a", "zz"});
    t.OmapRemoveRange(a_, "b", "d");
    t.OmapRemoveRange(a_, "z", "a");
  });
  EXPECT_EQ(pg_->OmapList(a_, "", "", 10).value().values, (KeyValues{{"d", Bytes("4")}}));
  EXPECT_EQ(pg_->OmapHeader(a_).value(), "header");
  EXPECT_EQ(pg_->OmapGet(a_, {"a", "d", "e"}).value().size(), 1u);
  Change([&](Transaction& t) { t.OmapClear(a_); });
  EXPECT_TRUE(pg_->OmapList(a_, "", "", 10).value().values.empty());
  EXPECT_TRUE(pg_->OmapHeader(a_).value().empty());
}

TEST_P(ObjectStoreConformanceTest, ListsInReversedHashOrderFromAnyCursor) {
  std::mt19937 random(5);
  std::set<HObject> expected;
  Transaction t;
  for (int i = 0; i < 500; ++i) {
    HObject o = Named("object" + std::to_string(i), random() % 100);
    if (i % 3 == 0) o.nspace = "space";
    if (i % 5 == 0) o.key = "key" + std::to_string(i % 7);
    t.Touch(o);
    expected.insert(o);
  }
  ASSERT_TRUE(pg_->Apply(std::move(t)).ok());
  std::vector<HObject> got;
  HObject cursor = HObject::Min();
  while (!cursor.max) {
    const auto page = pg_->List(cursor, 7).value();
    ASSERT_LE(page.objects.size(), 7u);
    ASSERT_FALSE(page.objects.empty());
    got.insert(got.end(), page.objects.begin(), page.objects.end());
    ASSERT_LT(got.back(), page.next);
    cursor = page.next;
  }
  EXPECT_EQ(got, std::vector<HObject>(expected.begin(), expected.end()));
  EXPECT_TRUE(pg_->List(HObject::Max(), 7).value().objects.empty());
}

TEST_P(ObjectStoreConformanceTest, CollectionsAreApart) {
  const PgId other_id{2, 5};
  const ObjectCollectionPtr other = store_->Open(other_id).value();
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes("here")); });
  EXPECT_FALSE(other->Size(a_).ok());
  EXPECT_EQ(store_->ListCollections(), (std::vector<PgId>{kPg, other_id}));
  EXPECT_EQ(store_->Open(kPg).value()->Size(a_).value(), 4u);
  const ObjectStore::Usage usage = store_->GetUsage();
  EXPECT_EQ(usage.objects, 1u);
  EXPECT_EQ(usage.bytes, 4u);
}

TEST_P(ObjectStoreConformanceTest, ARemovedCollectionIsEmptyForWhoStillHoldsIt) {
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes("here")); });
  ASSERT_TRUE(store_->Remove(kPg).ok());
  ASSERT_TRUE(store_->Remove(kPg).ok());
  EXPECT_FALSE(pg_->Size(a_).ok());
  EXPECT_TRUE(store_->ListCollections().empty());
  EXPECT_FALSE(store_->Open(kPg).value()->Size(a_).ok());
}

TEST_P(ObjectStoreConformanceTest, AClonesCloneIsACopyOfWhatTheTransactionMade) {
  const HObject b = Named("b", 2);
  const HObject c = Named("c", 3);
  const std::string big(200'000, 'x');
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes(big)); });
  Change([&](Transaction& t) {
    t.Write(a_, 100'000, Bytes("in between"));
    t.OmapSet(a_, {{"k", Bytes("v")}});
    t.Clone(a_, b);
    t.Remove(a_);
    t.OmapSet(b, {{"l", Bytes("w")}});
    t.OmapRemove(b, {"k"});
    t.Truncate(b, 100'005);
    t.Clone(b, c);
    t.Clone(c, a_);
  });
  const std::string expected = std::string(100'000, 'x') + "in be";
  EXPECT_EQ(Content(a_), expected);
  EXPECT_EQ(Content(b), expected);
  EXPECT_EQ(Content(c), expected);
  EXPECT_EQ(pg_->OmapList(a_, "", "", 9)->values, (KeyValues{{"l", Bytes("w")}}));
}

TEST_P(ObjectStoreConformanceTest, SparseObjectsReadAsZerosWhereNothingWasWritten) {
  constexpr uint64_t kFar = uint64_t{1} << 40;
  Change([&](Transaction& t) { t.Write(a_, kFar, Bytes("far")); });
  EXPECT_EQ(pg_->Size(a_).value(), kFar + 3);
  EXPECT_TRUE(pg_->Read(a_, 100'000, 200'000)->IsZero());
  EXPECT_EQ(pg_->Read(a_, kFar, 10).value(), "far");
  Change([&](Transaction& t) { t.Truncate(a_, 70'000); });
  Change([&](Transaction& t) { t.Truncate(a_, kFar + 3); });
  EXPECT_TRUE(pg_->Read(a_, kFar, 3)->IsZero());
  Change([&](Transaction& t) { t.Remove(a_); });
  EXPECT_FALSE(pg_->Size(a_).ok());
}

TEST_P(ObjectStoreConformanceTest, WhatACutDroppedDoesNotComeBack) {
  Change([&](Transaction& t) { t.Write(a_, 0, Bytes(std::string(150'000, 'x'))); });
  Change([&](Transaction& t) { t.Truncate(a_, 66'000); });
  Change([&](Transaction& t) { t.Write(a_, 140'000, Bytes("y")); });
  const std::string bytes = Content(a_);
  ASSERT_EQ(bytes.size(), 140'001u);
  EXPECT_EQ(bytes.substr(0, 66'000), std::string(66'000, 'x'));
  EXPECT_EQ(bytes.substr(66'000, 74'000), std::string(74'000, '\0'));
}

TEST_P(ObjectStoreConformanceTest, NotesAreTheCollectionsAndNoObjects) {
  Change([&](Transaction& t) {
    t.Note({{"x", Bytes("1")}, {"y", Bytes("2")}});
    t.Note({{"y", Bytes("3")}});
  });
  EXPECT_EQ(pg_->Notes().value(), (KeyValues{{"x", Bytes("1")}, {"y", Bytes("3")}}));
  EXPECT_TRUE(pg_->List(HObject::Min(), 10)->objects.empty());
  EXPECT_TRUE(store_->Open({1, 1}).value()->Notes()->empty());
}

TEST_P(ObjectStoreConformanceTest, EveryChangeBecomesDurableInTheOrderAsked) {
  std::vector<int> order;
  Notification last;
  for (int i = 0; i < 20; ++i) {
    Change([&](Transaction& t) { t.Write(a_, 0, Bytes(std::to_string(i))); });
    store_->WhenDurable([&, i](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      order.push_back(i);
      if (i == 19) last.Notify();
    });
  }
  last.WaitForNotification();
  ASSERT_EQ(order.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(order[i], i);
}

TEST_P(ObjectStoreConformanceTest, ReadersSeeWholeTransactionsOnly) {
  constexpr int kRounds = 300;
  const HObject b = Named("b", 2);
  const auto write = [&](char c) {
    Transaction t;
    t.WriteFull(a_, Bytes(std::string(100, c)));
    t.SetAttrs(a_, {{"letter", Bytes(std::string(1, c))}});
    t.WriteFull(b, Bytes(std::string(100, c)));
    return pg_->Apply(std::move(t));
  };
  ASSERT_TRUE(write('a').ok());
  std::thread writer([&] {
    for (int i = 0; i < kRounds; ++i) EXPECT_TRUE(write(static_cast<char>('a' + i % 26)).ok());
  });
  for (int i = 0; i < kRounds; ++i) {
    const std::string bytes = Content(a_);
    EXPECT_EQ(bytes, std::string(100, bytes[0]));
    EXPECT_EQ(Content(b).size(), 100u);
  }
  writer.join();
}

constexpr Backend kBackends[] = {
    {"MemStore",
     [](const std::string&) -> std::unique_ptr<ObjectStore> {
       return std::make_unique<MemStore>();
     }},
    {"RocksdbStore",
     [](const std::string& folder) -> std::unique_ptr<ObjectStore> {
       return RocksdbStore::Open(folder, {}, nullptr).value();
     }},
};

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreConformanceTest, ::testing::ValuesIn(kBackends),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace siphon::osd
