// PoolIo: operations on the objects of one pool (and namespace), with or without waiting.
//
// A light value: copy it freely; its Objecter outlives it.
// Threads: any. The calls that wait must not be made from a callback.
// Errors of those: NotFound (no such object), AlreadyExists, DeadlineExceeded
// (rados_osd_op_timeout), Cancelled (shut down), and else what the OSD's errno says.
#ifndef SIPHON_SERVICES_CLIENT_POOL_IO_H_
#define SIPHON_SERVICES_CLIENT_POOL_IO_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "services/objecter/object_operation.h"
#include "services/objecter/objecter.h"
#include "services/rados/object_locator.h"

namespace siphon::client {

struct ObjectStat {
  uint64_t size = 0;  // bytes
  absl::Time modified;
};

// What kOpStat returns. InvalidArgument: it is something else.
absl::StatusOr<ObjectStat> DecodeStat(const BufferList& bytes);

class PoolIo {
 public:
  PoolIo(Objecter* objecter, int64_t pool, std::string pool_name)
      : objecter_(objecter), pool_name_(std::move(pool_name)) {
    locator_.pool = pool;
  }

  const std::string& pool_name() const { return pool_name_; }
  int64_t pool() const { return locator_.pool; }
  Objecter* objecter() const { return objecter_; }
  // The namespace within the pool; empty is the default one.
  void set_nspace(std::string nspace) { locator_.nspace = std::move(nspace); }

  // Any operation; see Objecter about the callback.
  void Submit(std::string oid, ObjectOperation operation, Objecter::Callback done) const;
  // At a place of the pool instead of an object: for listings.
  void SubmitAt(uint32_t hash, ObjectOperation operation, Objecter::Callback done) const;
  // Submits and waits.
  Objecter::Reply Call(std::string oid, ObjectOperation operation) const;

  // --- The usual ones, which wait.
  absl::Status Create(const std::string& oid, bool exclusive) const;
  absl::Status Write(const std::string& oid, uint64_t offset, BufferList data) const;
  absl::Status WriteFull(const std::string& oid, BufferList data) const;
  absl::Status Append(const std::string& oid, BufferList data) const;
  absl::Status Truncate(const std::string& oid, uint64_t size) const;
  absl::Status Remove(const std::string& oid) const;
  absl::StatusOr<BufferList> Read(const std::string& oid, uint64_t offset, uint64_t length) const;
  absl::StatusOr<ObjectStat> Stat(const std::string& oid) const;

  // OK for a result that is no error; else its status, which says what object it is about.
  absl::Status ToStatus(int32_t result, std::string_view what, std::string_view oid) const;

 private:
  absl::Status CallFor(std::string_view what, const std::string& oid,
                       ObjectOperation operation) const;

  Objecter* objecter_;
  rados::ObjectLocator locator_;
  std::string pool_name_;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_POOL_IO_H_
