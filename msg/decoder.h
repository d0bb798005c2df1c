// DecodeMessage: from a header and its segments to a typed message.
//
// Threads: any.
#ifndef SIPHON_MSG_DECODER_H_
#define SIPHON_MSG_DECODER_H_

#include "absl/status/statusor.h"
#include "base/buffer_list.h"
#include "msg/message.h"
#include "msg/message_header.h"
#include "msg/message_registry.h"

namespace siphon {

struct DecodeOptions {
  bool verify_front_crc = true;  // front and middle (ms_crc_header)
  bool verify_data_crc = true;   // data, unless the footer says kNoCrc (ms_crc_data)
};

// Checks the footer's checksums, makes the type and decodes its payload. Every error is the peer's;
// the connection it came on is to be faulted.
//   DataLoss: a checksum differs (which, and both values).
//   Unimplemented: the type is unknown, or its compat version is newer than this code.
//   InvalidArgument: the payload does not decode.
absl::StatusOr<MessagePtr> DecodeMessage(const MessageRegistry& registry,
                                         const DecodeOptions& options, const MessageHeader& header,
                                         const MessageFooter& footer, BufferList front,
                                         BufferList middle, BufferList data);

}  // namespace siphon

#endif  // SIPHON_MSG_DECODER_H_
