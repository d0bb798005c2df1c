// PutObject, GetObject: whole objects of any size, in chunks of which several are under way at
// once.
//
// Threads: they wait; not from a callback.
#ifndef SIPHON_SERVICES_CLIENT_OBJECT_TRANSFER_H_
#define SIPHON_SERVICES_CLIENT_OBJECT_TRANSFER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "services/client/pool_io.h"

namespace siphon::client {

struct TransferOptions {
  size_t chunk_bytes = size_t{4} << 20;
  int chunks_under_way = 8;
  // Told what was done so far, and the whole (0: not known).
  std::function<void(uint64_t done, uint64_t total)> progress;
};

// Gives up to that many bytes, fewer only at the end.
using TransferSource = absl::FunctionRef<absl::StatusOr<BufferList>(size_t max_bytes)>;
// Takes the next bytes.
using TransferSink = absl::FunctionRef<absl::Status(const BufferList& bytes)>;

// Replaces the object by what `source` gives; `total` is its size, if known, for the progress.
// Returns the size. After an error the object may hold a part of it.
absl::StatusOr<uint64_t> PutObject(const PoolIo& io, const std::string& oid, TransferSource source,
                                   uint64_t total, const TransferOptions& options);

// Gives the object to `sink`, in order. Returns the size.
// Aborted: someone wrote it meanwhile, what `sink` got is of several versions.
absl::StatusOr<uint64_t> GetObject(const PoolIo& io, const std::string& oid, TransferSink sink,
                                   const TransferOptions& options);

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OBJECT_TRANSFER_H_
