#include "msg/async/dump_message.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace siphon {
namespace {

constexpr size_t kMost = 1024;
constexpr size_t kRow = 32;

void Append(std::string_view name, const BufferList& part, std::string* out) {
  if (part.size() == 0) return;
  const std::string bytes = part.Substr(0, std::min(part.size(), kMost)).ToString();
  absl::StrAppendFormat(out, "\n%s, %d bytes", std::string(name), part.size());
  for (size_t at = 0; at < bytes.size(); at += kRow) {
    absl::StrAppendFormat(out, "\n  %04x  %s", at, absl::BytesToHexString(bytes.substr(at, kRow)));
  }
  if (part.size() > bytes.size()) {
    absl::StrAppendFormat(out, "\n  and %d more", part.size() - bytes.size());
  }
}

}  // namespace

std::string DumpMessage(const MessageHeader& header, const BufferList& front,
                        const BufferList& middle, const BufferList& data) {
  std::string out =
      absl::StrFormat("message %d of type %d version %d", header.seq, header.type, header.version);
  Append("front", front, &out);
  Append("middle", middle, &out);
  Append("data", data, &out);
  return out;
}

}  // namespace siphon
