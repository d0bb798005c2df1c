// MessageToJson: a protobuf message as JSON for scripts.
//
// Unlike protobuf's own form: 64-bit integers are numbers, durations are seconds, every field is
// there (an absent message is null), names are those of the .proto file, and fixed64 fields, which
// are bit sets, are hexadecimal text.
#ifndef SIPHON_ADMIN_MESSAGE_JSON_H_
#define SIPHON_ADMIN_MESSAGE_JSON_H_

#include <string>

#include "google/protobuf/message.h"

namespace siphon {

// On lines of their own with two blanks for each depth, or all on one line; no newline at the end.
std::string MessageToJson(const google::protobuf::Message& message, bool one_line);

}  // namespace siphon

#endif  // SIPHON_ADMIN_MESSAGE_JSON_H_
