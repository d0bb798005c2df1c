// DataGuard: keeps RocksDB and the data files (data_files.h) in step, through a crash of the
// machine.
//
//   - While the log is replayed: it ends before the first record that names a slot whose bytes are
//     not on the disk. Batches after it were told to nobody as durable either.
//   - Before RocksDB writes a table from its buffers: what they name is made durable, since a table
//     has no end that could be cut.
//
// Threads: RocksDB's, any.
// Errors: what fails here makes DataFiles::Sync() fail from then on, so that no write is durable.
#ifndef SIPHON_SERVICES_OSD_STORE_DATA_GUARD_H_
#define SIPHON_SERVICES_OSD_STORE_DATA_GUARD_H_

#include <cstdint>
#include <map>
#include <string>

#include "rocksdb/listener.h"
#include "rocksdb/wal_filter.h"
#include "rocksdb/write_batch.h"
#include "services/osd/store/data_files.h"

namespace siphon::osd {

class DataGuard : public rocksdb::WalFilter, public rocksdb::EventListener {
 public:
  // The family `slots` holds the records that name slots. `files` outlives the database.
  DataGuard(DataFiles* files, std::string slots) : files_(files), slots_(std::move(slots)) {}

  const char* Name() const override { return "siphon.data_guard"; }
  void ColumnFamilyLogNumberMap(const std::map<uint32_t, uint64_t>& logs,
                                const std::map<std::string, uint32_t>& families) override;
  WalProcessingOption LogRecordFound(unsigned long long log,  // NOLINT(runtime/int): RocksDB's
                                     const std::string& log_file, const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* new_batch, bool* changed) override;
  void OnFlushBegin(rocksdb::DB* db, const rocksdb::FlushJobInfo& info) override;

 private:
  DataFiles* const files_;
  const std::string slots_;
  uint32_t family_ = 0;  // of the slots; set before records come
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_DATA_GUARD_H_
