// MPoolOp: asks a monitor to create, delete or snapshot a pool.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_POOL_OP_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_POOL_OP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/paxos_header.h"
#include "services/rados/uuid.h"

namespace siphon::rados {

class MPoolOp : public Message {
 public:
  static constexpr uint16_t kType = 49;
  static constexpr uint16_t kHeadVersion = 4;
  static constexpr uint16_t kCompatVersion = 2;

  MPoolOp() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "pool_op"; }
  std::string Summary() const override;
  void EncodePayload(Encoder& e, uint64_t features) override;
  absl::Status DecodePayload(Decoder& d) override;

  enum Op : uint32_t {
    kCreate = 0x01,
    kDelete = 0x02,
    kAuidChange = 0x03,
    kCreateSnap = 0x11,
    kDeleteSnap = 0x12,
    kCreateUnmanagedSnap = 0x21,
    kDeleteUnmanagedSnap = 0x22,
  };

  PaxosHeader paxos;  // its version is the epoch the client has
  Uuid fsid;
  uint32_t pool = 0;
  uint32_t op = 0;
  uint64_t auid = 0;
  uint64_t snap = 0;
  std::string name;  // of the pool or snapshot
  int16_t crush_rule = -1;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_POOL_OP_H_
