// What messengers tell about themselves (msg/connection_info.h), as messages of admin.proto.
#ifndef SIPHON_ADMIN_INFO_TO_PROTO_H_
#define SIPHON_ADMIN_INFO_TO_PROTO_H_

#include "absl/time/time.h"
#include "admin/admin.pb.h"
#include "base/config.h"
#include "msg/connection_info.h"

namespace siphon {

google::protobuf::Duration ToProto(absl::Duration duration);
google::protobuf::Timestamp ToProto(absl::Time time);
// An absent or zero duration is zero.
absl::Duration FromProto(const google::protobuf::Duration& duration);

admin::v1::Messenger ToProto(const MessengerInfo& info);
admin::v1::Connection ToProto(const ConnectionInfo& info, const std::string& messenger);
admin::v1::DispatchQueue ToProto(const DispatchQueueInfo& info);
admin::v1::MessengerStats StatsToProto(const MessengerInfo& info);
admin::v1::Option ToProto(const Config::Entry& entry);

}  // namespace siphon

#endif  // SIPHON_ADMIN_INFO_TO_PROTO_H_
