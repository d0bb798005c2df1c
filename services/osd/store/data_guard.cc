#include "services/osd/store/data_guard.h"

#include <optional>

#include "absl/status/status.h"
#include "glog/logging.h"

namespace siphon::osd {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

// Looks whether all slots that a batch names can be taken.
class Look : public rocksdb::WriteBatch::Handler {
 public:
  Look(const DataFiles& files, uint32_t family) : files_(files), family_(family) {}
  bool replayable() const { return replayable_; }

  Status PutCF(uint32_t family, const Slice& /*key*/, const Slice& value) override {
    if (family != family_) return Status::OK();
    const std::optional<DataSlot> slot = DataSlot::Decode({value.data(), value.size()});
    if (slot.has_value() && !files_.IsReplayable(*slot)) replayable_ = false;
    return Status::OK();
  }
  Status DeleteCF(uint32_t, const Slice&) override { return Status::OK(); }
  Status SingleDeleteCF(uint32_t, const Slice&) override { return Status::OK(); }
  Status DeleteRangeCF(uint32_t, const Slice&, const Slice&) override { return Status::OK(); }
  Status MergeCF(uint32_t, const Slice&, const Slice&) override { return Status::OK(); }
  Status MarkNoop(bool) override { return Status::OK(); }
  bool Continue() override { return replayable_; }

 private:
  const DataFiles& files_;
  const uint32_t family_;
  bool replayable_ = true;
};

}  // namespace

void DataGuard::ColumnFamilyLogNumberMap(const std::map<uint32_t, uint64_t>& /*logs*/,
                                         const std::map<std::string, uint32_t>& families) {
  const auto it = families.find(slots_);
  // A family that is only now made has no records.
  family_ = it != families.end() ? it->second : UINT32_MAX;
}

rocksdb::WalFilter::WalProcessingOption DataGuard::LogRecordFound(
    unsigned long long /*log*/,  // NOLINT(runtime/int)
    const std::string& log_file, const rocksdb::WriteBatch& batch,
    rocksdb::WriteBatch* /*new_batch*/, bool* /*changed*/) {
  Look look(*files_, family_);
  const Status read = batch.Iterate(&look);
  // What is no batch is RocksDB's to judge.
  if (!read.ok() || look.replayable()) return WalProcessingOption::kContinueProcessing;
  LOG(WARNING) << log_file << ": ends at a write whose data did not reach the disk before a crash; "
               << "it and what came after was not yet told to be durable";
  return WalProcessingOption::kStopReplay;
}

void DataGuard::OnFlushBegin(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*info*/) {
  const absl::Status synced = files_->Sync();
  LOG_IF(ERROR, !synced.ok()) << "before a flush: " << synced;
}

}  // namespace siphon::osd
