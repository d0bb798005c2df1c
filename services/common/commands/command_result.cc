#include "services/common/commands/command_result.h"

#include <cerrno>

namespace siphon {

int ErrnoOf(const absl::Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kNotFound:
      return -ENOENT;
    case absl::StatusCode::kAlreadyExists:
      return -EEXIST;
    case absl::StatusCode::kInvalidArgument:
      return -EINVAL;
    case absl::StatusCode::kOutOfRange:
      return -ERANGE;
    case absl::StatusCode::kPermissionDenied:
      return -EPERM;
    case absl::StatusCode::kUnauthenticated:
      return -EACCES;
    case absl::StatusCode::kFailedPrecondition:
      return -EBUSY;
    case absl::StatusCode::kUnimplemented:
      return -EOPNOTSUPP;
    default:
      return -EIO;
  }
}

CommandResult CommandResult::Output(std::string text, std::string status) {
  CommandResult result;
  result.output = BufferList(Buffer::FromString(std::move(text)));
  result.status = std::move(status);
  return result;
}

CommandResult CommandResult::OutputJson(const CommandArgs& args, const nlohmann::ordered_json& json,
                                        std::string status) {
  // Names that people chose may be any bytes.
  return Output(json.dump(args.pretty() ? 4 : -1, ' ', false,
                          nlohmann::ordered_json::error_handler_t::replace) +
                    "\n",
                std::move(status));
}

CommandResult CommandResult::Done(std::string status) {
  CommandResult result;
  result.status = std::move(status);
  return result;
}

CommandResult CommandResult::Error(const absl::Status& error) {
  CommandResult result;
  result.code = ErrnoOf(error);
  result.status = std::string(error.message());
  return result;
}

}  // namespace siphon
