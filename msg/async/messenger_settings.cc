#include "msg/async/messenger_settings.h"

#include <algorithm>
#include <string_view>

namespace siphon {
namespace {

// Lengths on the wire have 32 bits.
uint32_t Limit(const Config& config, std::string_view name) {
  return static_cast<uint32_t>(std::clamp<int64_t>(config.GetInt(name), 0, UINT32_MAX));
}

int64_t DurationNanos(const Config& config, std::string_view name) {
  return absl::ToInt64Nanoseconds(config.GetDuration(name));
}

}  // namespace

MessengerSettings::MessengerSettings(Config* config) : config_(config) {
  Read();
  subscription_ = config->Observe(
      {"ms_crc_header", "ms_crc_data", "ms_max_message_front", "ms_max_message_middle",
       "ms_max_message_data", "ms_initial_backoff", "ms_max_backoff",
       "ms_connection_ready_timeout", "ms_connection_idle_timeout", "ms_inject_socket_failures"},
      [this](std::string_view) { Read(); });
}

void MessengerSettings::Read() {
  crc_header_ = config_->GetBool("ms_crc_header");
  crc_data_ = config_->GetBool("ms_crc_data");
  max_front_ = Limit(*config_, "ms_max_message_front");
  max_middle_ = Limit(*config_, "ms_max_message_middle");
  max_data_ = Limit(*config_, "ms_max_message_data");
  initial_backoff_ = DurationNanos(*config_, "ms_initial_backoff");
  max_backoff_ = DurationNanos(*config_, "ms_max_backoff");
  ready_timeout_ = DurationNanos(*config_, "ms_connection_ready_timeout");
  inject_socket_failures_ =
      static_cast<uint64_t>(std::max<int64_t>(0, config_->GetInt("ms_inject_socket_failures")));
  idle_timeout_ = DurationNanos(*config_, "ms_connection_idle_timeout");
}

}  // namespace siphon
