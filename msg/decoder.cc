#include "msg/decoder.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/absl_view.h"
#include "base/decoder.h"

namespace siphon {
namespace {

absl::Status CheckCrc(std::string_view segment, const MessageHeader& header,
                      const BufferList& bytes, uint32_t expected) {
  const uint32_t crc = bytes.Crc32c(0);
  if (crc == expected) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "message %u of type %u: the %u bytes of its %s have crc 0x%08x, the footer says 0x%08x",
      header.seq, header.type, bytes.size(), AbslView(segment), crc, expected));
}

absl::Status CheckCrcs(const DecodeOptions& options, const MessageHeader& header,
                       const MessageFooter& footer, const BufferList& front,
                       const BufferList& middle, const BufferList& data) {
  if (options.verify_front_crc) {
    absl::Status status = CheckCrc("front", header, front, footer.front_crc);
    if (status.ok()) status = CheckCrc("middle", header, middle, footer.middle_crc);
    if (!status.ok()) return status;
  }
  if (options.verify_data_crc && (footer.flags & MessageFooter::kNoCrc) == 0) {
    return CheckCrc("data", header, data, footer.data_crc);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MessagePtr> DecodeMessage(const MessageRegistry& registry,
                                         const DecodeOptions& options, const MessageHeader& header,
                                         const MessageFooter& footer, BufferList front,
                                         BufferList middle, BufferList data) {
  if (absl::Status status = CheckCrcs(options, header, footer, front, middle, data); !status.ok()) {
    return status;
  }
  const MessageRegistry::Entry* entry = registry.Find(header.type);
  if (entry == nullptr) {
    return absl::UnimplementedError(absl::StrCat(
        "message ", header.seq, " is of type ", header.type, ", which this program does not know"));
  }
  MessagePtr message = entry->factory();
  if (header.compat_version > entry->head_version) {
    return absl::UnimplementedError(
        absl::StrCat("message ", header.seq, " (", AbslView(message->type_name()), "): version ",
                     header.version, " can be read from version ", header.compat_version,
                     " on; this program reads up to ", entry->head_version));
  }
  message->SetSegments(header, std::move(front), std::move(middle), std::move(data));
  Decoder d(message->payload());
  absl::Status status = message->DecodePayload(d);
  // A read past the end tells more than what was made of the zeroes that it gave.
  if (!d.ok()) status = d.status();
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("message ", header.seq, " (", AbslView(message->type_name()), " version ",
                     header.version, ") does not decode: ", status.message()));
  }
  return message;
}

}  // namespace siphon
