// What a placement group notes beside its objects, in the transaction that changes them: its last
// versions, and how requests were answered.
#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "glog/logging.h"
#include "services/osd/pg/pg.h"
#include "services/osd/pg/pg_versions.h"

namespace siphon::osd {

using rados::EVersion;

void Pg::NoteUnchanged(const rados::OsdReqId& id, uint32_t epoch, uint64_t user_version,
                       int32_t result) {
  const RequestLog::Entry entry{EVersion(), user_version, result};
  Transaction transaction;
  if (result < 0) transaction.Note(log_.NoteOf(id, entry));
  const absl::Status noted = Commit(std::move(transaction), NextVersion(epoch), last_user_version_);
  LOG_IF(ERROR, !noted.ok()) << id_.ToString() << ": a failure is not noted: " << noted;
  if (result < 0) log_.Add(id, entry);
}

absl::Status Pg::Commit(Transaction transaction, const EVersion& version, uint64_t user_version) {
  user_version = std::max(user_version, last_user_version_);
  transaction.Note({{PgVersions::kNote, PgVersions{version, user_version}.Encode()}});
  absl::Status applied = collection_->Apply(std::move(transaction));
  if (!applied.ok()) return applied;
  last_update_ = version;
  last_user_version_ = user_version;
  return applied;
}

absl::Status Pg::LoadNotes() {
  const absl::StatusOr<KeyValues> notes = collection_->Notes();
  if (!notes.ok()) return notes.status();
  if (const auto it = notes->find(PgVersions::kNote); it != notes->end()) {
    const absl::StatusOr<PgVersions> versions = PgVersions::Decode(it->second);
    if (!versions.ok()) return versions.status();
    last_update_ = versions->last_update;
    last_user_version_ = versions->last_user_version;
  }
  return log_.Load(*notes);
}

}  // namespace siphon::osd
