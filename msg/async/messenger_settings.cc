#include "msg/async/messenger_settings.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace siphon {
namespace {

// Lengths on the wire have 32 bits.
uint32_t Limit(const Config& config, std::string_view name) {
  return static_cast<uint32_t>(std::clamp<int64_t>(config.GetInt(name), 0, UINT32_MAX));
}

int64_t DurationNanos(const Config& config, std::string_view name) {
  return absl::ToInt64Nanoseconds(config.GetDuration(name));
}

constexpr EntityType kPeerTypes[] = {kEntityMon, kEntityMds, kEntityOsd, kEntityClient, kEntityMgr};

// The types whose ms_blackhole_... is set.
EntityType Blackholes(const Config& config) {
  EntityType types = kEntityNone;
  for (const EntityType type : kPeerTypes) {
    if (config.GetBool(absl::StrCat("ms_blackhole_", std::string(EntityTypeName(type)))))
      types |= type;
  }
  return types;
}

// The types named in ms_inject_delay_type ("osd client").
EntityType DelayTypes(const Config& config) {
  const std::string text = config.GetString("ms_inject_delay_type");
  EntityType types = kEntityNone;
  for (const EntityType type : kPeerTypes) {
    if (text.find(EntityTypeName(type)) != std::string::npos) types |= type;
  }
  return types;
}

}  // namespace

MessengerSettings::MessengerSettings(Config* config) : config_(config) {
  Read();
  subscription_ = config->Observe({"ms_crc_header",
                                   "ms_crc_data",
                                   "cephx_sign_messages",
                                   "ms_max_message_front",
                                   "ms_max_message_middle",
                                   "ms_max_message_data",
                                   "ms_initial_backoff",
                                   "ms_max_backoff",
                                   "ms_max_accepting",
                                   "ms_connection_ready_timeout",
                                   "ms_connection_idle_timeout",
                                   "ms_inject_socket_failures",
                                   "ms_inject_delay_type",
                                   "ms_inject_delay_probability",
                                   "ms_inject_delay_max",
                                   "ms_inject_internal_delays",
                                   "ms_out_queue_max_bytes",
                                   "ms_out_queue_overflow_closes",
                                   "ms_blackhole_client",
                                   "ms_blackhole_mds",
                                   "ms_blackhole_mgr",
                                   "ms_blackhole_mon",
                                   "ms_blackhole_osd",
                                   "ms_bind_before_connect",
                                   "ms_learn_addr_from_peer",
                                   "ms_die_on_bad_msg",
                                   "ms_die_on_old_message",
                                   "ms_die_on_skipped_message",
                                   "ms_dump_on_send",
                                   "ms_dump_corrupt_message_level"},
                                  [this](std::string_view) { Read(); });
}

void MessengerSettings::Read() {
  crc_header_ = config_->GetBool("ms_crc_header");
  crc_data_ = config_->GetBool("ms_crc_data");
  sign_messages_ = config_->GetBool("cephx_sign_messages");
  max_front_ = Limit(*config_, "ms_max_message_front");
  max_middle_ = Limit(*config_, "ms_max_message_middle");
  max_data_ = Limit(*config_, "ms_max_message_data");
  initial_backoff_ = DurationNanos(*config_, "ms_initial_backoff");
  max_backoff_ = DurationNanos(*config_, "ms_max_backoff");
  ready_timeout_ = DurationNanos(*config_, "ms_connection_ready_timeout");
  inject_socket_failures_ =
      static_cast<uint64_t>(std::max<int64_t>(0, config_->GetInt("ms_inject_socket_failures")));
  idle_timeout_ = DurationNanos(*config_, "ms_connection_idle_timeout");
  delay_types_ = DelayTypes(*config_);
  blackholes_ = Blackholes(*config_);
  bind_before_connect_ = config_->GetBool("ms_bind_before_connect");
  learn_addr_ = config_->GetBool("ms_learn_addr_from_peer");
  die_on_bad_ = config_->GetBool("ms_die_on_bad_msg");
  die_on_old_ = config_->GetBool("ms_die_on_old_message");
  die_on_skipped_ = config_->GetBool("ms_die_on_skipped_message");
  dump_on_send_ = config_->GetBool("ms_dump_on_send");
  dump_corrupt_level_ = static_cast<int>(config_->GetInt("ms_dump_corrupt_message_level"));
  delay_probability_ = config_->GetFloat("ms_inject_delay_probability");
  delay_max_ = DurationNanos(*config_, "ms_inject_delay_max");
  max_accepting_ = static_cast<uint64_t>(config_->GetInt("ms_max_accepting"));
  internal_delays_ = DurationNanos(*config_, "ms_inject_internal_delays");
  out_queue_max_bytes_ =
      static_cast<uint64_t>(std::max<int64_t>(0, config_->GetInt("ms_out_queue_max_bytes")));
  out_queue_overflow_closes_ = config_->GetBool("ms_out_queue_overflow_closes");
}

absl::Duration MessengerSettings::RandomDelay(RandomSource* random) const {
  if (random->Fraction() >= delay_probability_.load(std::memory_order_relaxed)) {
    return absl::ZeroDuration();
  }
  return Load(delay_max_) * random->Fraction();
}

}  // namespace siphon
