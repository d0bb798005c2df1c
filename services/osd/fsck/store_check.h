// StoreCheck: whether what a durable store holds fits together (siphon-osd --fsck).
//
// Reads every key and value once, so that RocksDB's checksums are compared, and writes nothing:
//   - records, notes and attributes of our own can be read; no two objects share a number;
//   - no object has a version that its placement group did not give;
//   - every clone that a head lists is there, of the size it says, and no other is;
//   - chunks and object maps belong to an object, and chunks lie within its size;
//   - chunks in data files are there, have their checksums, and have a slot for themselves.
//
// Threads: one at a time. Memory: some ten bytes for each object, and for each slot.
#ifndef SIPHON_SERVICES_OSD_FSCK_STORE_CHECK_H_
#define SIPHON_SERVICES_OSD_FSCK_STORE_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "services/osd/store/store_database.h"
#include "services/osd/store/stored_object.h"
#include "services/osd/store/transaction.h"
#include "services/rados/eversion.h"
#include "services/rados/hobject.h"
#include "services/rados/pg_id.h"

namespace siphon::osd {

struct StoreReport {
  // Problems that are told one by one; more are counted.
  static constexpr size_t kMaxProblems = 100;

  StoreDatabase::Owner owner;
  uint64_t collections = 0;
  uint64_t objects = 0;  // clones included
  uint64_t clones = 0;
  uint64_t bytes = 0;  // sizes of the objects
  uint64_t chunks = 0;
  uint64_t omap_keys = 0;
  uint64_t log_entries = 0;  // answered requests that are remembered
  uint64_t problem_count = 0;
  std::vector<std::string> problems;

  bool ok() const { return problem_count == 0; }
  // Lines for people; JSON for programs.
  std::string ToText() const;
  std::string ToJson() const;
};

class StoreCheck {
 public:
  // Checks the store in an OSD's data folder, which no other process may use meanwhile. Errors as
  // StoreDatabase::OpenToRead: there is nothing to check.
  static absl::StatusOr<StoreReport> Run(const std::string& folder);

 private:
  struct Known {
    uint64_t size = 0;
    bool has_omap = false;
    bool has_slots = false;
  };
  // The clones of one name, until its head comes.
  struct Clones {
    rados::HObject name;                               // with the snapshot of the last one
    std::vector<std::pair<uint64_t, uint64_t>> sizes;  // by id
  };

  explicit StoreCheck(std::unique_ptr<StoreDatabase> database) : database_(std::move(database)) {}

  void CheckObjects();
  void CheckNote(const rados::PgId& pg, std::string_view name, std::string_view value);
  // All notes of the group were read.
  void FinishNotes();
  void CheckObject(std::string_view key, std::string_view value);
  void CheckAttrs(const rados::HObject& object, const StoredObject& stored);
  void CheckClonesOf(const rados::HObject& head, const StoredObject& stored);
  // Clones whose head did not come.
  void FinishClones();
  void CheckData();
  void CheckSlots();
  void CheckSlot(std::string_view key, std::string_view value);
  void CheckOmap();
  void CheckEnd(const rocksdb::Iterator& it, const char* family);
  void Report(std::string problem);

  const std::unique_ptr<StoreDatabase> database_;
  StoreReport report_;
  uint64_t numbers_ = 0;  // those below may be in use
  absl::flat_hash_set<rados::PgId> collections_;
  absl::flat_hash_map<uint64_t, Known> objects_;  // by number
  absl::flat_hash_map<rados::PgId, rados::EVersion> versions_;
  absl::flat_hash_set<uint64_t> slots_;  // in use: number of the file, and of the slot
  rados::PgId notes_of_;
  KeyValues notes_;
  rados::PgId pg_;  // of the object that is checked
  Clones clones_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_FSCK_STORE_CHECK_H_
