#include "services/osd/open_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/store/rocksdb_store.h"
#include "services/osd/store/store_database.h"

namespace siphon::osd {

absl::StatusOr<std::unique_ptr<ObjectStore>> OpenStore(
    const std::string& kind, const std::string& folder, const OsdIdentity& identity,
    std::function<void(absl::Status)> on_failure) {
  if (kind == "memstore" || kind == "memory") {
    return std::unique_ptr<ObjectStore>(std::make_unique<MemStore>());
  }
  if (kind != "rocksdb") {
    return absl::InvalidArgumentError(
        absl::StrCat("osd_objectstore: there is no \"", kind, "\" store; use rocksdb or memstore"));
  }
  const StoreDatabase::Owner owner{identity.whoami, identity.uuid};
  absl::StatusOr<std::unique_ptr<RocksdbStore>> store =
      RocksdbStore::Open(folder, owner, std::move(on_failure));
  if (!store.ok()) return store.status();
  return std::unique_ptr<ObjectStore>(*std::move(store));
}

}  // namespace siphon::osd
