// OpLimits: how large names, writes, objects and answers may be.
//
// LiveLimits has them as the configuration says at the moment. Threads: any.
#ifndef SIPHON_SERVICES_OSD_PG_OP_LIMITS_H_
#define SIPHON_SERVICES_OSD_PG_OP_LIMITS_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "base/config.h"
#include "base/mutex.h"

namespace siphon::osd {

struct OpLimits {
  uint64_t max_object_size = 128 << 20;  // bytes (osd_max_object_size)
  uint64_t max_write_size = 90 << 20;    // bytes in one request (osd_max_write_size)
  size_t max_object_name = 2048;         // bytes (osd_max_object_name_len)
  size_t max_namespace = 256;            // bytes (osd_max_object_namespace_len)
  size_t max_attr_name = 100;            // bytes (osd_max_attr_name_len)
  uint64_t max_attr_size = 0;            // bytes; 0 for any (osd_max_attr_size)
  // In one answer: objects (osd_max_pgls); pairs or keys of an object map, and bytes of them, which
  // the last one may pass (osd_max_omap_entries_per_request, osd_max_omap_bytes_per_request).
  uint64_t max_list = 1024;
  uint64_t max_omap_entries = 1024;
  uint64_t max_omap_bytes = 1 << 30;
  uint32_t watch_timeout_seconds = 30;   // of watches that ask for none (osd_client_watch_timeout)
  uint32_t notify_timeout_seconds = 30;  // likewise (osd_default_notify_timeout)
  size_t max_write_reply = 64;           // bytes (osd_max_write_op_reply_len)

  static OpLimits FromConfig(const Config& config);
};

class LiveLimits {
 public:
  // `config` outlives this.
  explicit LiveLimits(Config* config);

  OpLimits Get() const {
    MutexLock lock(mutex_);
    return limits_;
  }

 private:
  mutable Mutex mutex_;
  OpLimits limits_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Config::Subscription> subscription_;  // the last: it ends first
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_PG_OP_LIMITS_H_
