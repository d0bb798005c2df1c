// MOsdOp: a client asks the primary OSD of a placement group to run operations on one object.
//
// The operations are one unit: all take effect or none does. Only version 8 of the encoding
// (clients of Ceph 11 and newer) is spoken.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_OP_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_OP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/hobject.h"
#include "services/rados/object_locator.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"
#include "services/rados/osd_reqid.h"
#include "services/rados/pg_id.h"
#include "services/rados/snap_context.h"
#include "services/rados/trace_info.h"

namespace siphon::rados {

class MOsdOp : public Message {
 public:
  static constexpr uint16_t kType = 42;
  static constexpr uint16_t kHeadVersion = 8;
  static constexpr uint16_t kCompatVersion = 3;

  MOsdOp() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_op"; }
  std::string Summary() const override;
  // Fills data() with the operations' input.
  void EncodePayload(Encoder& e, uint64_t features) override;
  // Hands data() out to the operations. Unimplemented: older than version 8.
  absl::Status DecodePayload(Decoder& d) override;

  // What names this request however often it is sent.
  OsdReqId effective_reqid() const;
  // The object, as listings know it.
  HObject hobject() const;
  bool may_read() const { return (flags & kRequestRead) != 0; }
  bool may_write() const { return (flags & kRequestWrite) != 0; }

  ShardedPgId pg;          // the actual one
  uint32_t raw_hash = 0;   // of the object's name or key
  uint32_t map_epoch = 0;  // that the client has placed the object by
  uint32_t flags = 0;      // kRequest...
  OsdReqId reqid;          // blank from clients
  TraceInfo trace;
  uint32_t client_incarnation = 0;
  absl::Time mtime = absl::InfinitePast();  // of a write, by the client's clock
  ObjectLocator locator;
  std::string oid;
  std::vector<OsdOp> ops;
  uint64_t snap = kSnapHead;
  SnapContext snap_context;
  int32_t retry_attempt = -1;    // 0 the first time that it is sent
  uint64_t client_features = 0;  // of the client's connection
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_OP_H_
