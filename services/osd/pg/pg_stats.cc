// What a placement group counts.
#include "glog/logging.h"
#include "services/osd/pg/pg.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::ObjectStatSum;

constexpr size_t kObjectsPerPage = 1024;

int64_t Kilobytes(size_t bytes) { return static_cast<int64_t>((bytes + 1023) / 1024); }

}  // namespace

void Pg::CountOps(const std::vector<rados::OsdOp>& ops) {
  for (const rados::OsdOp& op : ops) {
    if (rados::IsWriteOp(op.code)) {
      ++sum_[ObjectStatSum::kWrites];
      sum_[ObjectStatSum::kWriteKb] += Kilobytes(op.in.size());
    } else if (rados::IsReadOp(op.code)) {
      ++sum_[ObjectStatSum::kReads];
      sum_[ObjectStatSum::kReadKb] += Kilobytes(op.out.size());
    }
  }
}

void Pg::CountChange(const StoredCount& before, const StoredCount& after) {
  if (!counted_) return;
  sum_[ObjectStatSum::kObjects] += after.objects - before.objects;
  sum_[ObjectStatSum::kBytes] += after.bytes - before.bytes;
  sum_[ObjectStatSum::kClones] += after.clones - before.clones;
  sum_[ObjectStatSum::kWhiteouts] += after.whiteouts - before.whiteouts;
}

// A walk over all objects, once; from then on changes are counted as they happen.
void Pg::CountAll() {
  StoredCount all;
  for (HObject cursor = HObject::Min(); !cursor.max;) {
    const auto page = collection_->List(cursor, kObjectsPerPage);
    if (!page.ok()) {
      LOG(ERROR) << id_.ToString() << ": its objects are not counted: " << page.status();
      return;
    }
    for (const HObject& object : page->objects) {
      if (object.snap == rados::kSnapHead) all += CountOf(LoadObject(*collection_, object));
    }
    cursor = page->next;
  }
  counted_ = true;
  CountChange({}, all);
}

PgReport Pg::Report() {
  MutexLock lock(mutex_);
  if (!counted_) CountAll();
  return {.id = id_,
          .version = last_update_,
          .log_size = log_.size(),
          .trimming = trim_armed_,
          .purged = purged_,
          .sum = sum_};
}

}  // namespace siphon::osd
