#include "services/osd/store/store_database.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "services/osd/store/chunk_merge.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

constexpr char kMagic[] = "siphon osd store";
constexpr uint8_t kFormat = 2;
constexpr size_t kCacheBytes = 64 << 20;
constexpr size_t kLogBytes = 256 << 20;  // of the write-ahead log, before families are flushed
constexpr size_t kDataBufferBytes = 64 << 20;  // in memory before a file is written
constexpr size_t kBufferBytes = 16 << 20;
constexpr uint64_t kMinBlobBytes = 8 << 10;
// Changes of one chunk in a row, after which they are applied.
constexpr size_t kMaxChanges = 32;

constexpr char kSlots[] = "slots";

// Ceph's name for what a data folder holds.
constexpr char kTypeFile[] = "/type";
constexpr char kType[] = "siphon";

rocksdb::ColumnFamilyOptions FamilyOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = kBufferBytes;
  options.compression = rocksdb::kNoCompression;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::ColumnFamilyOptions DataOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options = FamilyOptions(cache);
  options.write_buffer_size = kDataBufferBytes;
  options.merge_operator = MakeChunkMerge();
  options.max_successive_merges = kMaxChanges;
  options.enable_blob_files = true;
  options.min_blob_size = kMinBlobBytes;
  options.blob_cache = cache;
  options.enable_blob_garbage_collection = true;
  return options;
}

rocksdb::DBOptions DatabaseOptions(DataGuard* guard) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_total_wal_size = kLogBytes;
  options.keep_log_file_num = 4;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.wal_filter = guard;
  // The database keeps the listener no longer than the guard lives.
  options.listeners.emplace_back(std::shared_ptr<void>(), guard);
  return options;
}

// Whether the folder holds a store of another kind.
absl::Status CheckType(const std::string& folder) {
  std::ifstream file(folder + kTypeFile);
  std::string type;
  if (!file.is_open() || !(file >> type) || type == kType) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(folder, " holds a store of the type \"", type,
                   "\", not siphon-osd's; give --osd-data another folder"));
}

absl::Status WriteType(const std::string& folder) {
  std::ofstream file(folder + kTypeFile);
  file << kType << "\n";
  if (file.flush()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(folder, kTypeFile, " cannot be written"));
}

std::string Database(const std::string& folder) { return folder + "/store.db"; }
std::string Data(const std::string& folder) { return folder + "/store.data"; }

// Whether the store has the family of the slots: one of format 1 has not.
bool HasSlots(const std::string& path) {
  std::vector<std::string> names;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies({}, path, &names);
  return !listed.ok() || std::find(names.begin(), names.end(), kSlots) != names.end();
}

}  // namespace

StoreDatabase::~StoreDatabase() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
  db_->Close();
}

absl::Status StoreDatabase::ToStatus(const rocksdb::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("store in ", folder_, ": ", status.ToString());
  if (status.IsCorruption()) return absl::DataLossError(text);
  if (status.IsIOError() && absl::StrContains(text, "lock")) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder_, " is in use by another process; stop that one: ", text));
  }
  return absl::UnavailableError(text);
}

absl::Status StoreDatabase::OpenFamilies(bool writable) {
  absl::StatusOr<std::unique_ptr<DataFiles>> files = DataFiles::Open(Data(folder_), writable);
  if (!files.ok()) return files.status();
  files_ = *std::move(files);
  guard_ = std::make_unique<DataGuard>(files_.get(), kSlots);
  const auto cache = rocksdb::NewLRUCache(kCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, FamilyOptions(cache)},
      {"omap", FamilyOptions(cache)},
      {"data", DataOptions(cache)}};
  const std::string path = Database(folder_);
  if (writable || HasSlots(path)) families.emplace_back(kSlots, FamilyOptions(cache));
  rocksdb::DB* db = nullptr;
  const rocksdb::DBOptions options = DatabaseOptions(guard_.get());
  const rocksdb::Status status =
      writable ? rocksdb::DB::Open(options, path, families, &families_, &db)
               : rocksdb::DB::OpenForReadOnly(options, path, families, &families_, &db);
  db_.reset(db);
  return ToStatus(status);
}

absl::Status StoreDatabase::ReadSuperblock() {
  std::string bytes;
  const rocksdb::Status got =
      db_->Get(rocksdb::ReadOptions(), objects(), store_keys::kSuperblock, &bytes);
  if (got.IsNotFound()) {
    return absl::NotFoundError(absl::StrCat(Database(folder_), " has no superblock"));
  }
  if (!got.ok()) return ToStatus(got);
  Decoder d(bytes);
  if (d.String() != kMagic) d.Fail("not the store of a siphon-osd");
  {
    Decoder::Versioned v(d, kFormat, "superblock");
    format_ = v.version();
    owner_.whoami = d.I32();
    owner_.uuid = rados::Uuid::Decode(d);
    if (d.U64() != store_keys::kChunkSize) d.Fail("another size of chunks");
  }
  if (d.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "store in ", folder_, ": its format is not this program's: ", d.status().ToString()));
}

absl::Status StoreDatabase::WriteSuperblock(const Owner& owner) {
  BufferList bytes;
  Encoder e(&bytes);
  e.String(kMagic);
  {
    Encoder::Versioned v(e, kFormat, kFormat);
    e.I32(owner.whoami);
    owner.uuid.Encode(e);
    e.U64(store_keys::kChunkSize);
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  owner_ = owner;
  format_ = kFormat;
  return ToStatus(db_->Put(options, objects(), store_keys::kSuperblock, bytes.ToString()));
}

absl::Status StoreDatabase::LoadNumbers() {
  std::string text;
  const rocksdb::Status got =
      db_->Get(rocksdb::ReadOptions(), objects(), store_keys::kNumbers, &text);
  if (!got.ok() && !got.IsNotFound()) return ToStatus(got);
  MutexLock lock(mutex_);
  next_number_ = reserved_ = Decoder(std::string_view(text)).U64();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<StoreDatabase>> StoreDatabase::Open(const std::string& folder,
                                                                   const Owner& owner) {
  if (folder.empty()) {
    return absl::InvalidArgumentError(
        "osd_data: a store on disk needs a folder; give one (--osd-data), or --osd-objectstore "
        "memory");
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::UnavailableError(absl::StrCat(folder, ": ", error.message()));
  if (absl::Status type = CheckType(folder); !type.ok()) return type;
  std::unique_ptr<StoreDatabase> store(new StoreDatabase(folder));
  absl::Status status = store->OpenFamilies(/*writable=*/true);
  if (!status.ok()) return status;
  status = store->ReadSuperblock();
  if (absl::IsNotFound(status)) {
    status = store->WriteSuperblock(owner);
    if (status.ok()) status = WriteType(folder);
  }
  if (status.ok()) status = store->LoadNumbers();
  if (!status.ok()) return status;
  if (store->owner() == owner) {
    if (store->format_ < kFormat) status = store->WriteSuperblock(owner);
    if (!status.ok()) return status;
    return store;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("store in ", folder, " is osd.", store->owner().whoami, "'s (",
                   store->owner().uuid.ToString(), "), not osd.", owner.whoami, "'s (",
                   owner.uuid.ToString(), "); give --osd-data this OSD's folder"));
}

absl::StatusOr<std::unique_ptr<StoreDatabase>> StoreDatabase::OpenToRead(
    const std::string& folder) {
  if (absl::Status type = CheckType(folder); !type.ok()) return type;
  if (!std::filesystem::exists(Database(folder))) {
    return absl::NotFoundError(absl::StrCat(folder, " has no store: there is no store.db"));
  }
  std::unique_ptr<StoreDatabase> store(new StoreDatabase(folder));
  if (absl::Status status = store->OpenFamilies(/*writable=*/false); !status.ok()) return status;
  if (absl::Status status = store->ReadSuperblock(); !status.ok()) return status;
  return store;
}

absl::StatusOr<uint64_t> StoreDatabase::NewNumber() {
  MutexLock lock(mutex_);
  if (next_number_ == reserved_) {
    // In the log before whatever has one of these numbers.
    const uint64_t reserved = reserved_ + kNumbersAtOnce;
    const std::string value(reinterpret_cast<const char*>(&reserved), sizeof(reserved));
    const rocksdb::Status put =
        db_->Put(rocksdb::WriteOptions(), objects(), store_keys::kNumbers, value);
    if (!put.ok()) return ToStatus(put);
    reserved_ = reserved;
  }
  return next_number_++;
}

absl::Status StoreDatabase::Sync() {
  const std::vector<DataSlot> dropped = files_->TakeDropped();
  if (absl::Status synced = files_->Sync(); !synced.ok()) return synced;
  if (absl::Status synced = ToStatus(db_->SyncWAL()); !synced.ok()) return synced;
  files_->Reclaim(dropped);
  return absl::OkStatus();
}

}  // namespace siphon::osd
