// ObjectLister: walks over the names of all objects of a pool, page by page.
//
// The order is that of the objects' hashes, placement group by placement group. Objects that come
// or go meanwhile may be listed or not; all others are listed once, also when placement groups
// move. Threads: one at a time; not from a callback.
#ifndef SIPHON_SERVICES_CLIENT_OBJECT_LISTER_H_
#define SIPHON_SERVICES_CLIENT_OBJECT_LISTER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/client/pool_io.h"
#include "services/rados/hobject.h"

namespace siphon::client {

class ObjectLister {
 public:
  // Names in one page at most.
  static constexpr uint64_t kPageEntries = 1024;

  struct Entry {
    std::string nspace;
    std::string oid;
    std::string locator;  // key; empty when it is the name
  };

  explicit ObjectLister(PoolIo io) : io_(std::move(io)) {}

  bool done() const { return cursor_.max; }
  // The next page, which may be empty before the end.
  absl::StatusOr<std::vector<Entry>> Next();

 private:
  const PoolIo io_;
  rados::HObject cursor_ = rados::HObject::Min();
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_OBJECT_LISTER_H_
