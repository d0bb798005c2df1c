#include "services/osd/store/data_files.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/buffer.h"
#include "base/crc32c.h"
#include "glog/logging.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using store_keys::kChunkSize;

constexpr char kPrefix[] = "data.";
constexpr size_t kAlignment = 4096;        // of memory that is written past the kernel's cache
constexpr size_t kDirectRead = 256 << 10;  // bytes, from which on reads go past it too
constexpr int kWriters = 3;                // threads
constexpr size_t kMaxJobs = 64;
constexpr uint32_t kMaxFiles = 1u << 31;
constexpr uint32_t kSeed = 0xffffffff;

// Durable names, after a file was made.
bool SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

// A descriptor of a new file, or -1.
int Make(const std::string& path) {
  const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
  const int fd = open(path.c_str(), flags | O_DIRECT, 0644);
  // Some file systems have nothing but a cache. What they left behind is empty.
  if (fd >= 0 || errno != EINVAL) return fd;
  unlink(path.c_str());
  return open(path.c_str(), flags, 0644);
}

// A descriptor, or -1.
int OpenToRead(const std::string& path, bool directly) {
  const int flags = O_RDONLY | O_CLOEXEC;
  if (!directly) return open(path.c_str(), flags);
  const int fd = open(path.c_str(), flags | O_DIRECT);
  return fd < 0 && errno == EINVAL ? open(path.c_str(), flags) : fd;
}

// Bytes read, or -1; fewer than asked at the end of the file.
ssize_t ReadAll(int fd, char* to, size_t size, off_t offset) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = pread(fd, to + done, size - done, offset + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

struct DataFiles::OpenFile {
  OpenFile(uint32_t number, int fd) : number(number), fd(fd) {}
  ~OpenFile() {
    if (fd >= 0) close(fd);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const uint32_t number;
  const int fd;
  // Guarded by the owner's mutex.
  uint32_t filling = 0;  // runs that are being written
  uint64_t written = 0;  // runs
  uint64_t synced = 0;   // of them
};

DataFiles::~DataFiles() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    queued_.SignalAll();
  }
  for (std::thread& writer : writers_) writer.join();
}

std::string DataFiles::PathOf(uint32_t number) const {
  return absl::StrFormat("%s/%s%08d", folder_, kPrefix, number);
}

absl::Status DataFiles::Failed(const char* what, uint32_t number) const {
  return absl::UnavailableError(
      absl::StrCat(PathOf(number), ": ", what, ": ", std::strerror(errno)));
}

absl::StatusOr<std::unique_ptr<DataFiles>> DataFiles::Open(const std::string& folder, bool writable,
                                                           uint32_t slots_per_file) {
  std::unique_ptr<DataFiles> files(new DataFiles(folder, slots_per_file));
  if (absl::Status loaded = files->Load(writable); !loaded.ok()) return loaded;
  for (int i = 0; writable && i < kWriters; ++i) {
    files->writers_.emplace_back([&files = *files] { files.WriteQueued(); });
  }
  return files;
}

absl::Status DataFiles::List() {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder_, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string path = entry->path();
    const size_t at = path.rfind(kPrefix);
    uint32_t number = 0;
    if (at == std::string::npos ||
        !absl::SimpleAtoi(path.substr(at + sizeof(kPrefix) - 1), &number))
      continue;
    if (path != PathOf(number) || number >= kMaxFiles) continue;
    files_.try_emplace(number);
    due_.insert(number);
    newest_ = std::max(newest_, number);
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(folder_, ": ", error.message()));
}

absl::Status DataFiles::Load(bool writable) {
  std::error_code error;
  if (writable) std::filesystem::create_directories(folder_, error);
  if (error) return absl::UnavailableError(absl::StrCat(folder_, ": ", error.message()));
  if (!std::filesystem::exists(folder_)) return absl::OkStatus();
  MutexLock lock(mutex_);
  if (absl::Status listed = List(); !listed.ok() || !writable) return listed;
  // Older ones are durable: else these would not be there.
  for (uint32_t number = newest_; number > 0 && !IsSettled(number); --number) {
    const OpenFile file(number, open(PathOf(number).c_str(), O_RDONLY | O_CLOEXEC));
    if (file.fd < 0 && errno == ENOENT) continue;
    if (file.fd < 0 || fsync(file.fd) != 0) return Failed("cannot be synchronised", number);
  }
  return SyncFolder(folder_) ? absl::OkStatus() : Failed("its folder cannot be synchronised", 0);
}

absl::Status DataFiles::BeginFile() {
  // A file may be forgotten by the disk as long as it is one of the newest two.
  if (writing_.size() == 2) {
    // It was synchronised long ago, unless nobody asked for that.
    OpenFile& oldest = *writing_.front();
    if (failure_.ok() && oldest.synced < oldest.written && fdatasync(oldest.fd) != 0) {
      failure_ = Failed("fdatasync", oldest.number);
    }
    if (!failure_.ok()) return failure_;
    writing_.pop_front();
  }
  const uint32_t number = newest_ + 1;
  auto file = std::make_shared<OpenFile>(number, Make(PathOf(number)));
  if (file->fd < 0) return Failed("cannot be made", number);
  // A full disk is told now, and not when somebody was told that his bytes are written.
  const off_t size = static_cast<off_t>(slots_per_file_ * kChunkSize);
  if (fallocate(file->fd, 0, 0, size) != 0 && errno != EOPNOTSUPP) {
    const absl::Status full = Failed("there is no space for it", number);
    unlink(PathOf(number).c_str());
    return full;
  }
  if (!SyncFolder(folder_)) return Failed("its folder cannot be synchronised", number);
  files_.try_emplace(number);
  newest_ = number;
  next_ = 0;
  writing_.push_back(std::move(file));
  return absl::OkStatus();
}

absl::StatusOr<DataFiles::Run> DataFiles::Allocate(uint32_t count) {
  MutexLock lock(mutex_);
  while (writing_.empty() || next_ == slots_per_file_) {
    if (writing_.size() == 2 && writing_.front()->filling > 0) {
      written_.Wait(mutex_);
      continue;
    }
    if (absl::Status begun = BeginFile(); !begun.ok()) return begun;
  }
  const Run run{writing_.back(), next_, std::min(count, slots_per_file_ - next_)};
  next_ += run.count;
  File& file = files_[run.file->number];
  for (uint32_t i = 0; i < run.count; ++i) file.live.set(run.first + i);
  ++run.file->filling;
  return run;
}

bool DataFiles::Fill(const Run& run, BufferList data) {
  std::vector<iovec> parts;
  off_t offset = static_cast<off_t>(run.first * kChunkSize);
  data.RebuildAligned(kAlignment);
  while (!data.empty()) {
    parts.clear();
    data.AppendIovecs(&parts, IOV_MAX);
    const ssize_t n = pwritev(run.file->fd, parts.data(), static_cast<int>(parts.size()), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data.RemovePrefix(static_cast<size_t>(n));
    offset += n;
  }
  return true;
}

void DataFiles::WriteQueued() {
  mutex_.Lock();
  while (true) {
    while (queue_.empty() && !stopping_) queued_.Wait(mutex_);
    if (queue_.empty()) break;
    const uint64_t number = queue_.front();
    queue_.pop_front();
    Job job = jobs_.at(number);
    mutex_.Unlock();
    const bool written = Fill(job.run, std::move(job.data));
    const absl::Status failed =
        written ? absl::OkStatus() : Failed("cannot be written", job.run.file->number);
    mutex_.Lock();
    if (failure_.ok()) failure_ = failed;
    ++job.run.file->written;
    --job.run.file->filling;
    jobs_.erase(number);
    written_.SignalAll();
  }
  mutex_.Unlock();
}

absl::Status DataFiles::Append(const BufferList& data, std::vector<DataSlot>* slots) {
  for (size_t done = 0; done < data.size();) {
    const absl::StatusOr<Run> run =
        Allocate(static_cast<uint32_t>((data.size() - done) / kChunkSize));
    if (!run.ok()) return run.status();
    for (uint32_t i = 0; i < run->count; ++i) {
      const BufferList chunk = data.Substr(done + i * kChunkSize, kChunkSize);
      slots->push_back({run->file->number, run->first + i, chunk.Crc32c(kSeed)});
    }
    const size_t size = run->count * kChunkSize;
    MutexLock lock(mutex_);
    while (jobs_.size() >= kMaxJobs) written_.Wait(mutex_);
    jobs_.emplace(++last_job_, Job{*run, data.Substr(done, size)});
    queue_.push_back(last_job_);
    queued_.Signal();
    done += size;
  }
  return absl::OkStatus();
}

void DataFiles::AwaitWritten(uint32_t file, uint32_t first, size_t count) const {
  const auto meets = [&](const std::pair<const uint64_t, Job>& job) {
    const Run& run = job.second.run;
    return run.file->number == file && run.first < first + count && first < run.first + run.count;
  };
  MutexLock lock(mutex_);
  while (std::any_of(jobs_.begin(), jobs_.end(), meets)) written_.Wait(mutex_);
}

bool DataFiles::IsReadDirectly(const DataSlot& first, size_t count) const {
  if (count * kChunkSize < kDirectRead) return false;
  MutexLock lock(mutex_);
  const auto it = files_.find(first.file);
  if (it == files_.end() || first.index >= slots_per_file_) return false;
  if (it->second.was_read.test(first.index)) return false;
  it->second.was_read.set(first.index);
  return true;
}

absl::Status DataFiles::Read(absl::Span<const DataSlot> slots, BufferList* out) const {
  while (!slots.empty()) {
    const DataSlot& first = slots.front();
    size_t n = 1;
    while (n < slots.size() && slots[n].file == first.file && slots[n].index == first.index + n) {
      ++n;
    }
    AwaitWritten(first.file, first.index, n);
    const OpenFile file(first.file, OpenToRead(PathOf(first.file), IsReadDirectly(first, n)));
    if (file.fd < 0 && errno == ENOENT) {
      return absl::DataLossError(absl::StrCat(PathOf(first.file), " is missing"));
    }
    if (file.fd < 0) return Failed("cannot be opened", first.file);
    Buffer bytes = Buffer::AllocateAligned(n * kChunkSize, kAlignment);
    const ssize_t got = ReadAll(file.fd, bytes.mutable_data(), bytes.size(),
                                static_cast<off_t>(first.index * kChunkSize));
    if (got < 0) return Failed("cannot be read", first.file);
    for (size_t i = 0; i < n; ++i) {
      if ((i + 1) * kChunkSize <= static_cast<size_t>(got) &&
          Crc32c(kSeed, bytes.view().substr(i * kChunkSize, kChunkSize)) == slots[i].crc) {
        continue;
      }
      return absl::DataLossError(
          absl::StrCat(PathOf(first.file), ": slot ", slots[i].index, " of 64 KiB (of ", got,
                       " bytes) has not the checksum ", slots[i].crc, " it was written with"));
    }
    out->Append(std::move(bytes));
    slots.remove_prefix(n);
  }
  return absl::OkStatus();
}

bool DataFiles::IsReplayable(const DataSlot& slot) const {
  {
    MutexLock lock(mutex_);
    // A file that is not there was given back: each is there before a record names it.
    if (IsSettled(slot.file) || !files_.contains(slot.file)) return true;
  }
  BufferList bytes;
  return !absl::IsDataLoss(Read({&slot, 1}, &bytes));
}

absl::Status DataFiles::Sync() {
  std::vector<std::pair<std::shared_ptr<OpenFile>, uint64_t>> dirty;
  {
    MutexLock lock(mutex_);
    const uint64_t last = last_job_;
    while (!jobs_.empty() && jobs_.begin()->first <= last) written_.Wait(mutex_);
    if (!failure_.ok()) return failure_;
    for (const auto& file : writing_) {
      if (file->synced < file->written) dirty.emplace_back(file, file->written);
    }
  }
  for (const auto& [file, written] : dirty) {
    const bool synced = fdatasync(file->fd) == 0;
    const absl::Status failed = synced ? absl::OkStatus() : Failed("fdatasync", file->number);
    MutexLock lock(mutex_);
    if (failure_.ok()) failure_ = failed;
    if (!failure_.ok()) return failure_;
    file->synced = std::max(file->synced, written);
  }
  return absl::OkStatus();
}

}  // namespace siphon::osd
