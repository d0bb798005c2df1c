// ConnectionInfo, MessengerInfo, DispatchQueueInfo: what a live messenger tells about itself.
//
// Plain values, gathered on the owning threads; the admin port prints them.
#ifndef SIPHON_MSG_CONNECTION_INFO_H_
#define SIPHON_MSG_CONNECTION_INFO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"

namespace siphon {

// One step of a state machine.
struct StateTransition {
  std::string state;   // entered
  std::string reason;  // empty for an ordinary step
  absl::Duration age;  // since it was entered
};

struct ConnectionInfo {
  uint64_t id = 0;  // unique within the messenger
  EntityName peer_name;
  EntityAddrVec peer_addrs;
  std::string socket_addr;  // the other end of the TCP connection; empty without one
  std::string protocol;     // "v1", "v2", "v2.0" (the older revision), "loopback"
  std::string con_mode;     // of v2, once agreed: "crc", "secure"
  std::string compression;  // of v2, once agreed: "zstd"; empty: none
  std::string entity;       // "client.admin", as the peer's authentication showed; empty if not
  std::string state;        // the state machine's state, by its name in the protocol
  std::string policy;
  bool incoming = false;   // the peer dialled
  bool anonymous = false;  // not in the address table
  int worker = 0;
  uint64_t features = 0;
  uint64_t out_seq = 0;    // last sequence number sent
  uint64_t acked_seq = 0;  // last that the peer acknowledged
  uint64_t in_seq = 0;     // last received
  uint32_t connect_seq = 0;
  uint32_t global_seq = 0;
  uint32_t peer_global_seq = 0;
  uint64_t out_queue_messages = 0;
  uint64_t out_queue_bytes = 0;
  uint64_t unacked_messages = 0;  // kept for replay
  uint64_t unacked_bytes = 0;
  bool out_queue_over_limit = false;  // more waits than ms_out_queue_max_bytes
  uint64_t messages_in = 0;
  uint64_t messages_out = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t reconnects = 0;
  bool throttled = false;                                        // reading is held back
  bool reading_paused = false;                                   // by an injected fault
  absl::Duration last_active;                                    // since bytes moved
  absl::Duration last_keepalive_ack = absl::InfiniteDuration();  // since one came; infinite: never
  std::string last_fault;               // why the last TCP connection ended; empty if none did
  std::vector<StateTransition> recent;  // newest last, the last few
};

// Why a connection was closed or refused lately.
struct FaultRecord {
  absl::Time when;
  std::string peer;   // name and address as far as known
  std::string state;  // in which it happened
  std::string reason;
};

struct DispatchPriorityInfo {
  int priority = 0;
  uint64_t messages = 0;
};

struct DispatchQueueInfo {
  bool paused = false;
  uint64_t messages = 0;
  uint64_t local_messages = 0;                    // waiting for local delivery
  absl::Duration oldest;                          // age of the oldest message
  std::vector<DispatchPriorityInfo> by_priority;  // highest first, empty ones left out
  uint64_t throttle_bytes = 0;                    // held of the dispatch throttle
  uint64_t throttle_max = 0;
  uint64_t dispatched_total = 0;       // by the dispatch thread
  uint64_t fast_dispatched_total = 0;  // on the workers
};

struct PolicyInfo {
  std::string peer_type;  // "default" or an entity type
  std::string policy;
};

struct MessengerInfo {
  std::string name;  // "ms_public", ...
  std::string type;  // "async+posix"
  EntityName entity;
  EntityAddrVec addrs;      // that peers are told; empty for one that only dials
  EntityAddrVec listening;  // bound to: the same, unless others are advertised
  uint32_t nonce = 0;
  std::vector<PolicyInfo> policies;
  uint64_t connections = 0;
  uint64_t accepting = 0;  // not yet identified
  uint64_t messages_in = 0;
  uint64_t messages_out = 0;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t accepted_total = 0;
  uint64_t faults_total = 0;
  uint64_t reconnects_total = 0;
  uint64_t out_queue_messages = 0;
  uint64_t injected_failures = 0;            // connections broken by ms_inject_socket_failures
  std::vector<std::string> injected_faults;  // under way: "partition v1:127.0.0.1:6801/4711"
  DispatchQueueInfo dispatch;
  std::vector<FaultRecord> recent_faults;  // newest last, the last few dozen
};

}  // namespace siphon

#endif  // SIPHON_MSG_CONNECTION_INFO_H_
