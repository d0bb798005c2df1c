#include "services/client/object_transfer.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "services/objecter/object_operation.h"

namespace siphon::client {
namespace {

// Operations under way on one object; each is waited for in its turn.
class Pipeline {
 public:
  Pipeline(const PoolIo& io, const std::string& oid) : io_(io), oid_(oid) {}
  ~Pipeline() {
    while (!empty()) TakeFirst();
  }

  void Submit(ObjectOperation operation) {
    auto slot = std::make_shared<Slot>();
    slots_.push_back(slot);
    io_.Submit(oid_, std::move(operation), [slot](Objecter::Reply reply) {
      slot->reply = std::move(reply);
      slot->answered.Notify();
    });
  }
  bool empty() const { return slots_.empty(); }
  size_t size() const { return slots_.size(); }
  // Waits for the oldest.
  Objecter::Reply TakeFirst() {
    const std::shared_ptr<Slot> slot = std::move(slots_.front());
    slots_.pop_front();
    slot->answered.WaitForNotification();
    return std::move(slot->reply);
  }

 private:
  struct Slot {
    Notification answered;
    Objecter::Reply reply;
  };
  const PoolIo& io_;
  const std::string& oid_;
  std::deque<std::shared_ptr<Slot>> slots_;
};

void Report(const TransferOptions& options, uint64_t done, uint64_t total) {
  if (options.progress) options.progress(done, total);
}

}  // namespace

absl::StatusOr<uint64_t> PutObject(const PoolIo& io, const std::string& oid, TransferSource source,
                                   uint64_t total, const TransferOptions& options) {
  Pipeline pipeline(io, oid);
  std::deque<size_t> sizes;
  uint64_t offset = 0;
  uint64_t written = 0;
  const auto finish_first = [&]() -> absl::Status {
    const Objecter::Reply reply = pipeline.TakeFirst();
    written += sizes.front();
    sizes.pop_front();
    Report(options, written, total);
    return io.ToStatus(reply.result, "put", oid);
  };
  for (bool last = false; !last;) {
    absl::StatusOr<BufferList> chunk = source(options.chunk_bytes);
    if (!chunk.ok()) return chunk.status();
    const size_t size = chunk->size();
    last = size < options.chunk_bytes;
    if (size == 0 && offset != 0) break;
    while (pipeline.size() >= static_cast<size_t>(options.chunks_under_way)) {
      if (absl::Status s = finish_first(); !s.ok()) return s;
    }
    // The OSD keeps their order, so that the first has emptied the object for the others.
    if (offset == 0)
      pipeline.Submit(ObjectOperation().WriteFull(*std::move(chunk)));
    else
      pipeline.Submit(ObjectOperation().Write(offset, *std::move(chunk)));
    sizes.push_back(size);
    offset += size;
  }
  while (!pipeline.empty()) {
    if (absl::Status s = finish_first(); !s.ok()) return s;
  }
  return offset;
}

absl::StatusOr<uint64_t> GetObject(const PoolIo& io, const std::string& oid, TransferSink sink,
                                   const TransferOptions& options) {
  const uint64_t chunk = options.chunk_bytes;
  Objecter::Reply first = io.Call(oid, ObjectOperation().Stat().Read(0, chunk));
  if (first.result < 0) return io.ToStatus(first.result, "get", oid);
  if (first.ops.size() < 2) return io.ToStatus(-EPROTO, "get", oid);
  const absl::StatusOr<ObjectStat> stat = DecodeStat(first.ops[0].out);
  if (!stat.ok()) return stat.status();
  const auto changed = [&] {
    return absl::AbortedError(absl::StrCat("get ", io.pool_name(), "/", oid,
                                           ": it was written to while it was read; get it again"));
  };

  const uint64_t size = stat->size;
  if (first.ops[1].out.size() != std::min(size, chunk)) return changed();
  if (absl::Status s = sink(first.ops[1].out); !s.ok()) return s;
  uint64_t received = first.ops[1].out.size();
  Report(options, received, size);
  Pipeline pipeline(io, oid);
  uint64_t asked = received;
  while (received < size) {
    while (asked < size && pipeline.size() < static_cast<size_t>(options.chunks_under_way)) {
      pipeline.Submit(ObjectOperation().Read(asked, std::min(chunk, size - asked)));
      asked += std::min(chunk, size - asked);
    }
    const Objecter::Reply reply = pipeline.TakeFirst();
    if (reply.result < 0) return io.ToStatus(reply.result, "get", oid);
    if (reply.ops.empty() || reply.user_version != first.user_version ||
        reply.ops[0].out.size() != std::min(chunk, size - received)) {
      return changed();
    }
    if (absl::Status s = sink(reply.ops[0].out); !s.ok()) return s;
    received += reply.ops[0].out.size();
    Report(options, received, size);
  }
  return size;
}

}  // namespace siphon::client
