// DataFiles: the files in which the durable store keeps whole chunks that came with large writes,
// so that their bytes are written to the disk once, and not to RocksDB's log, buffers and files.
//
// A file has slots of 64 KiB, which are filled one after the other and never written again. Records
// in RocksDB say which slot has which chunk, and its checksum (store_keys.h). The rules:
//   - Threads of this class write slots, past the kernel's cache: to fill that costs more than
//     all else. Sync() waits for them; RocksDB's log is synchronised after it.
//   - A crash can leave a record in the log whose slot never reached the disk. The log is read up
//     to there, as if it were cut (data_guard.h); nobody was told that this is durable. Only the
//     newest two files can have such slots: a third is begun when the first is durable.
//   - A slot is given back to the disk when what dropped it is durable: with its whole file, or as
//     a hole. The newest two files stay, since the log may name any slot of theirs.
// A file is "data.00000001" and so on; numbers are never used again.
//
// Threads: any, after the store is open.
// Errors: Unavailable: the disk does not do what it is asked. DataLoss: a slot has not the bytes
// that were written. After a failed synchronisation all others fail.
#ifndef SIPHON_SERVICES_OSD_STORE_DATA_FILES_H_
#define SIPHON_SERVICES_OSD_STORE_DATA_FILES_H_

#include <bitset>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/buffer_list.h"
#include "base/mutex.h"
#include "services/osd/store/data_slot.h"

namespace siphon::osd {

class DataFiles {
 public:
  static constexpr uint32_t kSlotsPerFile = 2048;  // at most

  // The files in `folder`, which is made if it is not there and `writable`. What they hold is made
  // durable, since a crash may have left it to the kernel.
  static absl::StatusOr<std::unique_ptr<DataFiles>> Open(const std::string& folder, bool writable,
                                                         uint32_t slots_per_file = kSlotsPerFile);
  ~DataFiles();
  DataFiles(const DataFiles&) = delete;
  DataFiles& operator=(const DataFiles&) = delete;

  // Writes whole chunks to new slots, which are added to `slots`: they can be read at once. Waits
  // while very much is on its way.
  absl::Status Append(const BufferList& data, std::vector<DataSlot>* slots);
  // Adds the bytes of the slots to `out`.
  absl::Status Read(absl::Span<const DataSlot> slots, BufferList* out) const;
  // Whether a record of the log may be taken: false if the slot is one that never reached the disk.
  bool IsReplayable(const DataSlot& slot) const;

  // While the store is opened: an object has the slot. DataLoss: another has it too.
  absl::Status Keep(const DataSlot& slot);
  // Nothing names the slots any more.
  void Drop(absl::Span<const DataSlot> slots);

  // All slots dropped since the last call; to Reclaim() when what dropped them is durable.
  std::vector<DataSlot> TakeDropped();
  // Gives `slots` back, and at the start what was not Keep()-ed. One thread at a time.
  void Reclaim(absl::Span<const DataSlot> slots);

  // Makes durable what was written before.
  absl::Status Sync();

 private:
  using Slots = std::bitset<kSlotsPerFile>;
  struct File {
    Slots live;
    Slots holes;
    Slots was_read;  // first slots of large reads
  };
  // One of the newest two, which are written.
  struct OpenFile;
  // Slots [first, first + count) of it.
  struct Run {
    std::shared_ptr<OpenFile> file;
    uint32_t first = 0;
    uint32_t count = 0;
  };
  struct Job {
    Run run;
    BufferList data;
  };
  // What a file gives back to the disk.
  struct Gift {
    uint32_t number = 0;
    bool whole = false;
    std::vector<std::pair<uint32_t, uint32_t>> holes;  // first slot and count
  };

  DataFiles(std::string folder, uint32_t slots_per_file)
      : folder_(std::move(folder)), slots_per_file_(slots_per_file) {}
  absl::Status Load(bool writable);
  absl::Status List() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string PathOf(uint32_t number) const;
  // Up to `count` slots of the newest file, or of a new one.
  absl::StatusOr<Run> Allocate(uint32_t count);
  absl::Status BeginFile() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What the writers' threads do.
  void WriteQueued();
  static bool Fill(const Run& run, BufferList data);
  // Large reads leave the kernel's cache alone the first time, as who writes and reads back once
  // has no use for it.
  bool IsReadDirectly(const DataSlot& first, size_t count) const;
  // Waits until no slot of these is on its way.
  void AwaitWritten(uint32_t file, uint32_t first, size_t count) const;
  absl::Status Failed(const char* what, uint32_t number) const;
  bool IsSettled(uint32_t number) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return uint64_t{number} + 2 <= newest_;
  }
  // Of those that are due.
  std::vector<Gift> TakeGifts() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBack();

  const std::string folder_;
  const uint32_t slots_per_file_;

  mutable Mutex mutex_;
  CondVar queued_;
  mutable CondVar written_;
  mutable std::map<uint32_t, File> files_ ABSL_GUARDED_BY(mutex_);
  uint32_t newest_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: there is none
  uint32_t next_ ABSL_GUARDED_BY(mutex_) = 0;    // slot of the newest file
  std::deque<std::shared_ptr<OpenFile>> writing_ ABSL_GUARDED_BY(mutex_);
  std::vector<DataSlot> dropped_ ABSL_GUARDED_BY(mutex_);
  std::set<uint32_t> due_ ABSL_GUARDED_BY(mutex_);  // files that may have something to give back
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);    // of a write or a synchronisation
  std::deque<uint64_t> queue_ ABSL_GUARDED_BY(mutex_);    // of jobs_
  std::map<uint64_t, Job> jobs_ ABSL_GUARDED_BY(mutex_);  // waiting, and under way
  uint64_t last_job_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> writers_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_DATA_FILES_H_
