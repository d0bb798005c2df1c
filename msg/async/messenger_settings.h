// MessengerSettings: the options that the path of a message needs, kept where reading one costs
// nothing, and renewed when they change.
//
// Threads: any.
#ifndef SIPHON_MSG_ASYNC_MESSENGER_SETTINGS_H_
#define SIPHON_MSG_ASYNC_MESSENGER_SETTINGS_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "base/config.h"
#include "base/random_source.h"
#include "msg/entity_type.h"

namespace siphon {

class MessengerSettings {
 public:
  // Reads them from `config`, which outlives this, and follows its changes.
  explicit MessengerSettings(Config* config);

  bool crc_header() const { return crc_header_.load(std::memory_order_relaxed); }
  bool crc_data() const { return crc_data_.load(std::memory_order_relaxed); }
  // Messages of v1 are signed where cephx gave a key.
  bool sign_messages() const { return sign_messages_.load(std::memory_order_relaxed); }
  uint32_t max_front() const { return max_front_.load(std::memory_order_relaxed); }
  uint32_t max_middle() const { return max_middle_.load(std::memory_order_relaxed); }
  uint32_t max_data() const { return max_data_.load(std::memory_order_relaxed); }
  absl::Duration initial_backoff() const { return Load(initial_backoff_); }
  absl::Duration max_backoff() const { return Load(max_backoff_); }
  absl::Duration ready_timeout() const { return Load(ready_timeout_); }
  absl::Duration idle_timeout() const { return Load(idle_timeout_); }
  // One socket call in so many breaks its connection; 0 is none.
  uint64_t inject_socket_failures() const {
    return inject_socket_failures_.load(std::memory_order_relaxed);
  }
  // Handshakes under way on accepted connections, at most.
  uint64_t max_accepting() const { return max_accepting_.load(std::memory_order_relaxed); }
  // The longest hold at points where a race would hurt; 0 is none.
  absl::Duration inject_internal_delays() const { return Load(internal_delays_); }
  // What may wait on one connection, by Session::HeldBytes(); 0 is any.
  uint64_t out_queue_max_bytes() const {
    return out_queue_max_bytes_.load(std::memory_order_relaxed);
  }
  bool out_queue_overflow_closes() const {
    return out_queue_overflow_closes_.load(std::memory_order_relaxed);
  }
  // Are messages from peers of this type held back (ms_inject_delay_type)?
  bool InjectsDelays(EntityType peer_type) const {
    return (delay_types_.load(std::memory_order_relaxed) & peer_type) != 0;
  }
  // Messages from peers of this type vanish (ms_blackhole_...).
  bool Swallows(EntityType peer_type) const {
    return (blackholes_.load(std::memory_order_relaxed) & peer_type) != 0;
  }
  bool bind_before_connect() const { return bind_before_connect_.load(std::memory_order_relaxed); }
  bool learn_addr() const { return learn_addr_.load(std::memory_order_relaxed); }
  // For debugging only: what a peer sends may end the process, or be written to the log.
  bool die_on_bad_message() const { return die_on_bad_.load(std::memory_order_relaxed); }
  bool die_on_old_message() const { return die_on_old_.load(std::memory_order_relaxed); }
  bool die_on_skipped_message() const { return die_on_skipped_.load(std::memory_order_relaxed); }
  bool dump_on_send() const { return dump_on_send_.load(std::memory_order_relaxed); }
  int dump_corrupt_level() const { return dump_corrupt_level_.load(std::memory_order_relaxed); }
  // For how long: mostly not at all, with ms_inject_delay_probability up to ms_inject_delay_max.
  absl::Duration RandomDelay(RandomSource* random) const;

 private:
  using Nanos = std::atomic<int64_t>;
  static absl::Duration Load(const Nanos& n) {
    return absl::Nanoseconds(n.load(std::memory_order_relaxed));
  }
  void Read();

  Config* const config_;
  std::atomic<bool> crc_header_{true};
  std::atomic<bool> crc_data_{true};
  std::atomic<bool> sign_messages_{true};
  std::atomic<uint32_t> max_front_{0};
  std::atomic<uint32_t> max_middle_{0};
  std::atomic<uint32_t> max_data_{0};
  std::atomic<uint64_t> inject_socket_failures_{0};
  std::atomic<uint64_t> max_accepting_{0};
  std::atomic<uint64_t> out_queue_max_bytes_{0};
  std::atomic<bool> out_queue_overflow_closes_{false};
  std::atomic<uint8_t> delay_types_{0};
  std::atomic<uint8_t> blackholes_{0};
  std::atomic<bool> bind_before_connect_{false};
  std::atomic<bool> learn_addr_{true};
  std::atomic<bool> die_on_bad_{false};
  std::atomic<bool> die_on_old_{false};
  std::atomic<bool> die_on_skipped_{false};
  std::atomic<bool> dump_on_send_{false};
  std::atomic<int> dump_corrupt_level_{1};
  std::atomic<double> delay_probability_{0};
  Nanos delay_max_{0};
  Nanos internal_delays_{0};
  Nanos initial_backoff_{0};
  Nanos max_backoff_{0};
  Nanos ready_timeout_{0};
  Nanos idle_timeout_{0};
  std::shared_ptr<Config::Subscription> subscription_;  // last: ends before what it writes
};

}  // namespace siphon

#endif  // SIPHON_MSG_ASYNC_MESSENGER_SETTINGS_H_
