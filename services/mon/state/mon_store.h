// MonStore: what the monitor must not forget, in a RocksDB of its own.
//
// Keys are a prefix ("osdmap_full", "meta", ...) and a name. A Batch becomes durable whole or not
// at all: Commit() returns when it is on disk.
//
// Threads: any. Errors carry the folder and RocksDB's reason; after a failed Commit() nothing of
// the batch is stored, and the monitor had better end.
#ifndef SIPHON_SERVICES_MON_STATE_MON_STORE_H_
#define SIPHON_SERVICES_MON_STATE_MON_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rocksdb {
class DB;
}

namespace siphon::mon {

class MonStore {
 public:
  // Prefixes in use.
  static constexpr std::string_view kAuth = "auth";
  static constexpr std::string_view kMeta = "meta";
  static constexpr std::string_view kMonMap = "monmap";
  static constexpr std::string_view kOsdMapFull = "osdmap_full";
  static constexpr std::string_view kOsdMapIncremental = "osdmap_inc";
  static constexpr std::string_view kOsdMetadata = "osd_metadata";
  static constexpr std::string_view kHealthMutes = "health_mute";
  static constexpr std::string_view kConfig = "config";
  static constexpr std::string_view kConfigHistory = "config_history";
  static constexpr std::string_view kConfigKey = "config_key";
  static constexpr std::string_view kClusterLog = "cluster_log";
  static constexpr std::string_view kCreatingGroups = "creating_groups";

  // Changes that are stored together.
  class Batch {
   public:
    void Put(std::string_view prefix, std::string_view key, std::string value);
    void Delete(std::string_view prefix, std::string_view key);
    bool empty() const { return changes_.empty(); }

   private:
    friend class MonStore;
    struct Change {
      std::string key;
      std::optional<std::string> value;  // none: delete
    };
    std::vector<Change> changes_;
  };

  // Opens the database in `folder`, and makes both if they are missing.
  // Unavailable: another process has it open, or the disk refuses. DataLoss: it is damaged.
  static absl::StatusOr<std::unique_ptr<MonStore>> Open(const std::string& folder);
  ~MonStore();
  MonStore(const MonStore&) = delete;
  MonStore& operator=(const MonStore&) = delete;

  // Nothing for a key that is not there.
  absl::StatusOr<std::optional<std::string>> Get(std::string_view prefix,
                                                 std::string_view key) const;
  // The names with a prefix, in order.
  absl::StatusOr<std::vector<std::string>> Keys(std::string_view prefix) const;
  absl::Status Commit(const Batch& batch);

  // An epoch as a key: in the order of the numbers.
  static std::string EpochKey(uint32_t epoch);

 private:
  MonStore(std::string folder, std::unique_ptr<rocksdb::DB> db);

  const std::string folder_;
  const std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace siphon::mon

#endif  // SIPHON_SERVICES_MON_STATE_MON_STORE_H_
