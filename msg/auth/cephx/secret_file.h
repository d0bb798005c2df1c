// Files that hold secrets: read with a bound, written so that only their owner can read them.
//
// Threads: any.
#ifndef SIPHON_MSG_AUTH_CEPHX_SECRET_FILE_H_
#define SIPHON_MSG_AUTH_CEPHX_SECRET_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace siphon::cephx {

// Warns in the log of a file that any user may read.
// NotFound: no such file. PermissionDenied, Unknown: it cannot be read. OutOfRange: it is longer
// than `max_bytes`.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path, size_t max_bytes);

// Replaces `path` at once or not at all, with mode 0600. What is at "PATH.new" is lost.
absl::Status WriteSecretFile(const std::string& path, std::string_view text);

// Overwrites the bytes and clears.
void WipeSecret(std::string* secret);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_SECRET_FILE_H_
