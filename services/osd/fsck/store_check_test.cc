#include "services/osd/fsck/store_check.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "rocksdb/options.h"
#include "services/osd/pg/object_info.h"
#include "services/osd/pg/pg_versions.h"
#include "services/osd/pg/snap_set.h"
#include "services/osd/store/rocksdb_store.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::PgId;

constexpr PgId kPg{1, 2};

HObject Named(const std::string& oid, uint64_t snap = rados::kSnapHead) {
  HObject o;
  o.oid = oid;
  o.hash = 2;
  o.snap = snap;
  o.pool = 1;
  return o;
}

BufferList InfoOf(uint64_t version) {
  ObjectInfo info;
  info.version = {5, version};
  return info.Encode();
}

class StoreCheckTest : public ::testing::Test {
 protected:
  StoreCheckTest() {
    std::string folder = ::testing::TempDir() + "check.XXXXXX";
    folder_ = mkdtemp(folder.data());
    Fill();
  }
  ~StoreCheckTest() override { std::filesystem::remove_all(folder_); }

  // An object with a clone, and one with an object map, as an OSD leaves them.
  void Fill() {
    auto store = RocksdbStore::Open(folder_, {}, nullptr).value();
    SnapSet snaps;
    snaps.AddClone({.seq = 4, .snaps = {4}}, 100'000);
    Transaction t;
    t.Write(Named("a"), 0, BufferList::CopyOf(std::string(100'000, 'a')));
    t.SetAttrs(Named("a"), {{"_", InfoOf(1)}});
    t.Clone(Named("a"), Named("a", 4));
    t.SetAttrs(Named("a"), {{"_", InfoOf(2)}, {"snapset", snaps.Encode()}});
    t.Truncate(Named("a"), 70'000);
    t.OmapSet(Named("m"), {{"k", BufferList::CopyOf("v")}});
    t.OmapSetHeader(Named("m"), BufferList::CopyOf("header"));
    t.SetAttrs(Named("m"), {{"_", InfoOf(3)}});
    t.Note({{PgVersions::kNote, PgVersions{{5, 3}, 3}.Encode()}});
    ASSERT_TRUE(store->Open(kPg).value()->Apply(std::move(t)).ok());
  }
  void Change(const std::function<void(ObjectCollection&)>& change) {
    auto store = RocksdbStore::Open(folder_, {}, nullptr).value();
    change(*store->Open(kPg).value());
  }
  void Damage(const std::function<void(StoreDatabase&)>& damage) {
    damage(*StoreDatabase::Open(folder_, {}).value());
  }
  // The only problem there is.
  std::string Problem() {
    const absl::StatusOr<StoreReport> report = StoreCheck::Run(folder_);
    if (!report.ok()) return report.status().ToString();
    EXPECT_EQ(report->problem_count, 1u) << report->ToText();
    return report->problems.empty() ? "none" : report->problems.front();
  }

  std::string folder_;
};

TEST_F(StoreCheckTest, AWholeStoreHasNoProblemsAndIsCounted) {
  const absl::StatusOr<StoreReport> report = StoreCheck::Run(folder_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok()) << report->ToText();
  EXPECT_EQ(report->collections, 1u);
  EXPECT_EQ(report->objects, 3u);
  EXPECT_EQ(report->clones, 1u);
  EXPECT_EQ(report->bytes, 170'000u);
  EXPECT_EQ(report->chunks, 4u);
  EXPECT_EQ(report->omap_keys, 2u);
  EXPECT_NE(report->ToText().find("no problems"), std::string::npos);
  EXPECT_NE(report->ToJson().find("\"problem_count\": 0"), std::string::npos);
}

TEST_F(StoreCheckTest, FindsWhatBelongsToNoObject) {
  Damage([](StoreDatabase& d) {
    d.db()->Put(rocksdb::WriteOptions(), d.data(), store_keys::OfChunk(60'000, 0), "orphan");
  });
  EXPECT_NE(Problem().find("chunk 0 of number 60000, which is no object's"), std::string::npos);
}

TEST_F(StoreCheckTest, FindsBytesBeyondAnObjectsEnd) {
  Damage([](StoreDatabase& d) {
    d.db()->Put(rocksdb::WriteOptions(), d.data(), store_keys::OfChunk(0, 9), "beyond");
  });
  EXPECT_NE(Problem().find("and its object ends at 70000"), std::string::npos);
}

TEST_F(StoreCheckTest, FindsAKeyWithoutAnObjectMap) {
  Damage([](StoreDatabase& d) {
    d.db()->Put(rocksdb::WriteOptions(), d.omap(), store_keys::OfOmap(0, "k"), "v");
  });
  EXPECT_NE(Problem().find("whose object has no map"), std::string::npos);
}

TEST_F(StoreCheckTest, FindsAMissingCloneAndOneTooMany) {
  Change([](ObjectCollection& pg) {
    Transaction t;
    t.Remove(Named("a", 4));
    ASSERT_TRUE(pg.Apply(std::move(t)).ok());
  });
  EXPECT_NE(Problem().find("lists the clones 4 (100000 bytes); there are none"), std::string::npos);
  Change([](ObjectCollection& pg) {
    Transaction t;
    t.Remove(Named("a"));
    t.Clone(Named("m"), Named("m", 9));
    t.Remove(Named("m"));
    ASSERT_TRUE(pg.Apply(std::move(t)).ok());
  });
  EXPECT_NE(Problem().find("clone 9 has no head"), std::string::npos);
}

TEST_F(StoreCheckTest, FindsAVersionThatTheGroupDidNotGive) {
  Change([](ObjectCollection& pg) {
    Transaction t;
    t.SetAttrs(Named("m"), {{"_", InfoOf(4)}});
    ASSERT_TRUE(pg.Apply(std::move(t)).ok());
  });
  EXPECT_NE(Problem().find("has the version 5'4, newer than its group"), std::string::npos);
}

TEST_F(StoreCheckTest, FindsRecordsThatCanNotBeRead) {
  Damage([](StoreDatabase& d) {
    d.db()->Put(rocksdb::WriteOptions(), d.objects(), store_keys::OfObject(kPg, Named("z")), "x");
  });
  EXPECT_NE(Problem().find("its record"), std::string::npos);
}

class StoreCheckLargeTest : public StoreCheckTest {
 protected:
  StoreCheckLargeTest() {
    Change([](ObjectCollection& pg) {
      Transaction t;
      t.Write(Named("m"), 0, BufferList::CopyOf(std::string(1 << 20, 'm')));
      ASSERT_TRUE(pg.Apply(std::move(t)).ok());
    });
    // The log is read, and written to tables.
    Change([](ObjectCollection&) {});
  }
  static std::string NumberOfM(StoreDatabase& d) {
    const std::unique_ptr<rocksdb::Iterator> it(
        d.db()->NewIterator(rocksdb::ReadOptions(), d.slots()));
    it->SeekToFirst();
    return it->Valid() ? it->key().ToString().substr(0, store_keys::kNumberSize) : "";
  }
};

TEST_F(StoreCheckLargeTest, ChunksInDataFilesAreCounted) {
  const absl::StatusOr<StoreReport> report = StoreCheck::Run(folder_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok()) << report->ToText();
  EXPECT_EQ(report->chunks, 4u + 16u);
}

TEST_F(StoreCheckLargeTest, FindsAChangedByteInADataFile) {
  std::fstream file(folder_ + "/store.data/data.00000001");
  ASSERT_TRUE(file.seekp(70'000).put('x').flush());
  EXPECT_NE(Problem().find("slot 1 of 64 KiB"), std::string::npos);
}

TEST_F(StoreCheckLargeTest, FindsASlotThatTwoChunksHave) {
  Damage([](StoreDatabase& d) {
    const uint64_t number = store_keys::NumberOf(NumberOfM(d)).value();
    std::string slot;
    const std::string key = store_keys::OfChunk(number, 3);
    ASSERT_TRUE(d.db()->Get(rocksdb::ReadOptions(), d.slots(), key, &slot).ok());
    d.db()->Put(rocksdb::WriteOptions(), d.slots(), store_keys::OfChunk(number, 4), slot);
  });
  EXPECT_NE(Problem().find("slot 3 of data file 1, as another chunk has"), std::string::npos);
}

TEST_F(StoreCheckLargeTest, FindsAChunkThatIsThereTwice) {
  Damage([](StoreDatabase& d) {
    const uint64_t number = store_keys::NumberOf(NumberOfM(d)).value();
    d.db()->Put(rocksdb::WriteOptions(), d.data(), store_keys::OfChunk(number, 3), "again");
  });
  EXPECT_NE(Problem().find("chunk 3"), std::string::npos);
  EXPECT_NE(Problem().find("in a data file and in RocksDB"), std::string::npos);
}

TEST_F(StoreCheckTest, AStoreOfFormat1IsCheckedAndBecomesOneOfFormat2) {
  Damage([](StoreDatabase& d) {
    std::string block;
    ASSERT_TRUE(
        d.db()->Get(rocksdb::ReadOptions(), d.objects(), store_keys::kSuperblock, &block).ok());
    // Version and compatible version, after the magic text with its u32 length.
    const size_t at = 4 + std::string("siphon osd store").size();
    ASSERT_EQ(block.substr(at, 2), "\2\2");
    block.replace(at, 2, "\1\1");
    ASSERT_TRUE(
        d.db()->Put(rocksdb::WriteOptions(), d.objects(), store_keys::kSuperblock, block).ok());
    ASSERT_TRUE(d.db()->DropColumnFamily(d.slots()).ok());
  });
  const auto check = [this] {
    const absl::StatusOr<StoreReport> report = StoreCheck::Run(folder_);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->ok()) << report->ToText();
    EXPECT_EQ(report->objects, 3u);
  };
  check();
  Change([](ObjectCollection& pg) {
    Transaction t;
    t.Write(Named("m"), 0, BufferList::CopyOf(std::string(1 << 20, 'm')));
    ASSERT_TRUE(pg.Apply(std::move(t)).ok());
  });
  check();
}

TEST_F(StoreCheckTest, AFolderWithoutAStoreIsNotFound) {
  EXPECT_EQ(StoreCheck::Run(folder_ + "/nothing").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace siphon::osd
