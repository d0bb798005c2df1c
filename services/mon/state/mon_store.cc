#include "services/mon/state/mon_store.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace siphon::mon {
namespace {

std::string FullKey(std::string_view prefix, std::string_view key) {
  std::string full(prefix);
  full += '\0';
  full += key;
  return full;
}

absl::Status FromRocks(const std::string& folder, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("monitor's store in ", folder, ": ", status.ToString());
  if (status.IsCorruption()) return absl::DataLossError(text);
  return absl::UnavailableError(text);
}

}  // namespace

void MonStore::Batch::Put(std::string_view prefix, std::string_view key, std::string value) {
  changes_.push_back({FullKey(prefix, key), std::move(value)});
}

void MonStore::Batch::Delete(std::string_view prefix, std::string_view key) {
  changes_.push_back({FullKey(prefix, key), std::nullopt});
}

MonStore::MonStore(std::string folder, std::unique_ptr<rocksdb::DB> db)
    : folder_(std::move(folder)), db_(std::move(db)) {}

MonStore::~MonStore() = default;

absl::StatusOr<std::unique_ptr<MonStore>> MonStore::Open(const std::string& folder) {
  const std::string database = folder + "/store.db";
  std::error_code error;
  std::filesystem::create_directories(database, error);
  // All keys of the cluster are in there, and RocksDB makes files that anybody may read.
  if (!error) {
    std::filesystem::permissions(database, std::filesystem::perms::owner_all, error);
  }
  if (error)
    return absl::UnavailableError(absl::StrCat("monitor's store: cannot make the folder ", database,
                                               ", for its owner alone: ", error.message()));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.max_open_files = 64;
  options.keep_log_file_num = 2;
  options.write_buffer_size = 4 << 20;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, database, &db);
  if (!status.ok()) return FromRocks(folder, status);
  return std::unique_ptr<MonStore>(new MonStore(folder, std::unique_ptr<rocksdb::DB>(db)));
}

absl::StatusOr<std::optional<std::string>> MonStore::Get(std::string_view prefix,
                                                         std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), FullKey(prefix, key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(folder_, status);
  return std::optional<std::string>(std::move(value));
}

absl::StatusOr<std::vector<std::string>> MonStore::Keys(std::string_view prefix) const {
  const std::string begin = FullKey(prefix, "");
  std::vector<std::string> keys;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(begin); it->Valid() && it->key().starts_with(begin); it->Next())
    keys.push_back(it->key().ToString().substr(begin.size()));
  if (!it->status().ok()) return FromRocks(folder_, it->status());
  return keys;
}

absl::Status MonStore::Commit(const Batch& batch) {
  rocksdb::WriteBatch writes;
  for (const Batch::Change& change : batch.changes_) {
    if (change.value)
      writes.Put(change.key, *change.value);
    else
      writes.Delete(change.key);
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  return FromRocks(folder_, db_->Write(options, &writes));
}

std::string MonStore::EpochKey(uint32_t epoch) { return absl::StrFormat("%010u", epoch); }

}  // namespace siphon::mon
