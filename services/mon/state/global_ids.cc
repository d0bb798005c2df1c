#include "services/mon/state/global_ids.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace siphon::mon {
namespace {

constexpr char kKey[] = "last_global_id";

}  // namespace

absl::Status GlobalIds::Load() {
  const auto stored = store_->Get(MonStore::kMeta, kKey);
  if (!stored.ok()) return stored.status();
  MutexLock lock(mutex_);
  if (*stored && !absl::SimpleAtoi(**stored, &reserved_))
    return absl::DataLossError("monitor's store: last_global_id is no number");
  last_ = reserved_;
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> GlobalIds::Next() {
  MutexLock lock(mutex_);
  if (last_ == reserved_) {
    MonStore::Batch batch;
    batch.Put(MonStore::kMeta, kKey, absl::StrCat(reserved_ + kReserve));
    if (absl::Status status = store_->Commit(batch); !status.ok()) return status;
    reserved_ += kReserve;
  }
  return ++last_;
}

bool GlobalIds::WasGiven(uint64_t id) {
  MutexLock lock(mutex_);
  return id != 0 && id <= last_;
}

}  // namespace siphon::mon
