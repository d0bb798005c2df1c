#include "services/osd/store/data_guard.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/osd/store/rocksdb_store.h"

namespace siphon::osd {
namespace {

using rados::HObject;

constexpr rados::PgId kPg{1, 0};
constexpr size_t kLarge = 1 << 20;

HObject Named(const std::string& oid) {
  HObject o;
  o.oid = oid;
  o.snap = rados::kSnapHead;
  o.pool = 1;
  return o;
}

class DataGuardTest : public ::testing::Test {
 protected:
  DataGuardTest() {
    std::string folder = ::testing::TempDir() + "guard.XXXXXX";
    folder_ = mkdtemp(folder.data());
    Reopen();
  }
  ~DataGuardTest() override {
    pg_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Reopen() {
    pg_.reset();
    store_.reset();
    store_ = RocksdbStore::Open(folder_, {}, nullptr).value();
    pg_ = store_->Open(kPg).value();
  }
  void Write(const std::string& oid, size_t size) {
    Transaction t;
    t.WriteFull(Named(oid), BufferList::CopyOf(std::string(size, oid[0])));
    t.Note({{"last", BufferList::CopyOf(oid)}});
    ASSERT_TRUE(pg_->Apply(std::move(t)).ok());
  }
  bool Has(const std::string& oid, size_t size) {
    const absl::StatusOr<BufferList> bytes = pg_->Read(Named(oid), 0, size + 1);
    return bytes.ok() && *bytes == std::string(size, oid[0]);
  }
  // As a crash of the machine leaves bytes that were not synchronised.
  void Forget(size_t offset, size_t size) {
    pg_.reset();
    store_.reset();
    std::fstream file(folder_ + "/store.data/data.00000001");
    ASSERT_TRUE(file.seekp(static_cast<std::streamoff>(offset)));
    ASSERT_TRUE(file.write(std::string(size, '\0').data(), static_cast<std::streamsize>(size)));
  }

  std::string folder_;
  std::unique_ptr<RocksdbStore> store_;
  ObjectCollectionPtr pg_;
};

TEST_F(DataGuardTest, TheLogEndsBeforeTheWriteWhoseBytesNeverReachedTheDisk) {
  Write("a", kLarge);
  Write("b", kLarge);
  Write("c", 100);
  Forget(kLarge + 300'000, 4096);
  Reopen();
  EXPECT_TRUE(Has("a", kLarge));
  EXPECT_TRUE(absl::IsNotFound(pg_->Size(Named("b")).status()));
  EXPECT_TRUE(absl::IsNotFound(pg_->Size(Named("c")).status()));
  EXPECT_EQ(pg_->Notes().value().at("last"), "a");

  Write("d", kLarge);
  Write("e", 100);
  Reopen();
  EXPECT_TRUE(Has("a", kLarge) && Has("d", kLarge) && Has("e", 100));
  EXPECT_TRUE(absl::IsNotFound(pg_->Size(Named("b")).status()));
}

TEST_F(DataGuardTest, ALogWhoseWritesAreAllThereIsReadToItsEnd) {
  Write("a", kLarge);
  Write("b", kLarge);
  Write("c", 100);
  Reopen();
  EXPECT_TRUE(Has("a", kLarge) && Has("b", kLarge) && Has("c", 100));
}

TEST_F(DataGuardTest, BytesThatChangeInATableAreAnErrorOfTheirReaderOnly) {
  Write("a", kLarge);
  Reopen();  // the log is in tables now
  Write("b", 100);
  Forget(300'000, 4096);
  Reopen();
  EXPECT_TRUE(absl::IsDataLoss(pg_->Read(Named("a"), 0, kLarge).status()));
  EXPECT_TRUE(Has("b", 100));
}

}  // namespace
}  // namespace siphon::osd
