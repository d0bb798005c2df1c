// StoreDatabase: the RocksDB of one OSD, in the folder store.db of its data folder: families,
// options, whose it is, and numbers for objects.
//
// The superblock says the format's version and the OSD that the store belongs to, which is compared
// at each start. Checksums are RocksDB's: each block, value file and log record has one, and it is
// compared at each read; what does not match is DataLoss. Values of 8 KiB and more lie in files of
// their own (RocksDB's blobs), which compactions do not rewrite. Whole chunks of large writes lie
// in the data files, in the folder store.data (data_files.h).
//
// Format 2 has data files; a store of format 1 becomes one when it is opened to write.
//
// Threads: any, after Open().
// Errors: FailedPrecondition: another process uses the folder, or the store is another OSD's or
// another program's, or a later version's. DataLoss: what is on the disk is not what was written.
// Unavailable: the disk does not do what it is asked.
#ifndef SIPHON_SERVICES_OSD_STORE_STORE_DATABASE_H_
#define SIPHON_SERVICES_OSD_STORE_STORE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "rocksdb/db.h"
#include "services/osd/store/data_files.h"
#include "services/osd/store/data_guard.h"
#include "services/rados/uuid.h"

namespace siphon::osd {

class StoreDatabase {
 public:
  struct Owner {
    int32_t whoami = -1;
    rados::Uuid uuid;  // of the OSD

    friend bool operator==(const Owner&, const Owner&) = default;
  };

  // The store in `folder`, made for `owner` if there is none.
  static absl::StatusOr<std::unique_ptr<StoreDatabase>> Open(const std::string& folder,
                                                             const Owner& owner);
  // Whatever store there is, to look at; nothing is written. NotFound: there is none.
  static absl::StatusOr<std::unique_ptr<StoreDatabase>> OpenToRead(const std::string& folder);

  ~StoreDatabase();
  StoreDatabase(const StoreDatabase&) = delete;
  StoreDatabase& operator=(const StoreDatabase&) = delete;

  rocksdb::DB* db() const { return db_.get(); }
  // The families of store_keys.h.
  rocksdb::ColumnFamilyHandle* objects() const { return families_[0]; }
  rocksdb::ColumnFamilyHandle* omap() const { return families_[1]; }
  rocksdb::ColumnFamilyHandle* data() const { return families_[2]; }
  // Null in a store of format 1, which is only read.
  rocksdb::ColumnFamilyHandle* slots() const {
    return families_.size() > 3 ? families_[3] : nullptr;
  }
  DataFiles& files() const { return *files_; }
  const Owner& owner() const { return owner_; }

  // A number that no object had before.
  absl::StatusOr<uint64_t> NewNumber();
  // Makes durable what was written before, and gives back the space of what was dropped.
  absl::Status Sync();

  // RocksDB's word, with the folder's name. OK stays OK.
  absl::Status ToStatus(const rocksdb::Status& status) const;

 private:
  // Numbers reserved at a time.
  static constexpr uint64_t kNumbersAtOnce = 1 << 16;

  explicit StoreDatabase(std::string folder) : folder_(std::move(folder)) {}
  absl::Status OpenFamilies(bool writable);
  // Sets owner_. NotFound: there is no superblock.
  absl::Status ReadSuperblock();
  absl::Status WriteSuperblock(const Owner& owner);
  absl::Status LoadNumbers();

  const std::string folder_;
  std::unique_ptr<DataFiles> files_;
  std::unique_ptr<DataGuard> guard_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  Owner owner_;
  uint8_t format_ = 0;  // of the superblock

  Mutex mutex_;
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t reserved_ ABSL_GUARDED_BY(mutex_) = 0;  // numbers below may be given
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_STORE_DATABASE_H_
