// OpLimits: how large names, writes and objects may be.
#ifndef SIPHON_SERVICES_OSD_OP_LIMITS_H_
#define SIPHON_SERVICES_OSD_OP_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "base/config.h"

namespace siphon::osd {

struct OpLimits {
  uint64_t max_object_size = 128 << 20;  // bytes (osd_max_object_size)
  uint64_t max_write_size = 90 << 20;    // bytes in one request (osd_max_write_size)
  size_t max_object_name = 2048;         // bytes (osd_max_object_name_len)
  size_t max_namespace = 256;            // bytes (osd_max_object_namespace_len)
  size_t max_attr_name = 100;            // bytes (osd_max_attr_name_len)
  uint64_t max_list = 1024;              // objects, or keys of an object map, in one answer
  uint32_t watch_timeout_seconds = 30;   // of watches that ask for none (osd_client_watch_timeout)
  uint32_t notify_timeout_seconds = 30;  // likewise (osd_default_notify_timeout)
  size_t max_write_reply = 64;           // bytes (osd_max_write_op_reply_len)

  static OpLimits FromConfig(const Config& config) {
    OpLimits limits;
    limits.max_object_size = static_cast<uint64_t>(config.GetInt("osd_max_object_size"));
    limits.max_write_size = static_cast<uint64_t>(config.GetInt("osd_max_write_size")) << 20;
    limits.max_object_name = static_cast<size_t>(config.GetInt("osd_max_object_name_len"));
    limits.max_namespace = static_cast<size_t>(config.GetInt("osd_max_object_namespace_len"));
    limits.max_attr_name = static_cast<size_t>(config.GetInt("osd_max_attr_name_len"));
    limits.watch_timeout_seconds = static_cast<uint32_t>(config.GetInt("osd_client_watch_timeout"));
    limits.notify_timeout_seconds =
        static_cast<uint32_t>(config.GetInt("osd_default_notify_timeout"));
    limits.max_write_reply = static_cast<size_t>(config.GetInt("osd_max_write_op_reply_len"));
    return limits;
  }
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_OP_LIMITS_H_
