// MOsdOpReply: an OSD's answer to MOsdOp, with its tid in the header.
#ifndef SIPHON_SERVICES_RADOS_MESSAGES_OSD_OP_REPLY_H_
#define SIPHON_SERVICES_RADOS_MESSAGES_OSD_OP_REPLY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/message.h"
#include "services/rados/eversion.h"
#include "services/rados/object_locator.h"
#include "services/rados/osd_op.h"
#include "services/rados/osd_op_code.h"
#include "services/rados/pg_id.h"
#include "services/rados/trace_info.h"

namespace siphon::rados {

class MOsdOpReply : public Message {
 public:
  static constexpr uint16_t kType = 43;
  static constexpr uint16_t kHeadVersion = 8;
  static constexpr uint16_t kCompatVersion = 2;

  // Where to send the request instead (request_redirect_t).
  struct Redirect {
    ObjectLocator locator;
    std::string object;
  };

  MOsdOpReply() : Message(kType, kHeadVersion, kCompatVersion) {}

  std::string_view type_name() const override { return "osd_op_reply"; }
  std::string Summary() const override;
  // Fills data() with the operations' output.
  void EncodePayload(Encoder& e, uint64_t features) override;
  // Hands data() out to the operations. Unimplemented: older than version 8.
  absl::Status DecodePayload(Decoder& d) override;

  std::string oid;
  PgId pg;
  uint64_t flags = 0;  // the request's, with what this reply acknowledges
  int32_t result = 0;  // 0 or positive, or a negative errno
  EVersion bad_replay_version;
  uint32_t map_epoch = 0;  // that the OSD has
  std::vector<OsdOp> ops;  // echoed, with their own results and output
  int32_t retry_attempt = -1;
  EVersion replay_version;
  uint64_t user_version = 0;  // of the object
  std::optional<Redirect> redirect;
  TraceInfo trace;
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_MESSAGES_OSD_OP_REPLY_H_
