#include "services/osd/pg/op_limits.h"

#include <string_view>

namespace siphon::osd {

OpLimits OpLimits::FromConfig(const Config& config) {
  const auto number = [&config](std::string_view name) {
    return static_cast<uint64_t>(config.GetInt(name));
  };
  OpLimits limits;
  limits.max_object_size = number("osd_max_object_size");
  limits.max_write_size = number("osd_max_write_size") << 20;
  limits.max_object_name = number("osd_max_object_name_len");
  limits.max_namespace = number("osd_max_object_namespace_len");
  limits.max_attr_name = number("osd_max_attr_name_len");
  limits.max_attr_size = number("osd_max_attr_size");
  limits.max_list = number("osd_max_pgls");
  limits.max_omap_entries = number("osd_max_omap_entries_per_request");
  limits.max_omap_bytes = number("osd_max_omap_bytes_per_request");
  limits.watch_timeout_seconds = static_cast<uint32_t>(number("osd_client_watch_timeout"));
  limits.notify_timeout_seconds = static_cast<uint32_t>(number("osd_default_notify_timeout"));
  limits.max_write_reply = number("osd_max_write_op_reply_len");
  return limits;
}

LiveLimits::LiveLimits(Config* config) {
  subscription_ = config->Observe(
      {"osd_client_watch_timeout", "osd_default_notify_timeout", "osd_max_attr_name_len",
       "osd_max_attr_size", "osd_max_object_name_len", "osd_max_object_namespace_len",
       "osd_max_object_size", "osd_max_omap_bytes_per_request", "osd_max_omap_entries_per_request",
       "osd_max_pgls", "osd_max_write_op_reply_len", "osd_max_write_size"},
      [this, config](std::string_view) {
        const OpLimits limits = OpLimits::FromConfig(*config);
        MutexLock lock(mutex_);
        limits_ = limits;
      });
  const OpLimits limits = OpLimits::FromConfig(*config);
  MutexLock lock(mutex_);
  limits_ = limits;
}

}  // namespace siphon::osd
