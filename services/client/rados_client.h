// RadosClient: a connected client of a cluster: the network, the session with the monitors, and the
// operations on objects.
//
// Threads: any. Connect() and the calls that return an absl::Status wait; not from a callback.
// Ownership: PoolIo objects must not outlive it. The destructor ends all that is under way.
#ifndef SIPHON_SERVICES_CLIENT_RADOS_CLIENT_H_
#define SIPHON_SERVICES_CLIENT_RADOS_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/config.h"
#include "base/mutex.h"
#include "msg/message_registry.h"
#include "msg/messenger.h"
#include "net/network_stack.h"
#include "services/client/pool_io.h"
#include "services/common/event_center_timer.h"
#include "services/common/mon_client.h"
#include "services/common/process_auth.h"
#include "services/objecter/objecter.h"

namespace siphon::client {

class RadosClient {
 public:
  struct CommandResult {
    int result = 0;      // 0, or a negative errno
    std::string status;  // a line for people
    BufferList data;
  };

  // Connects as client.`id` to the monitors of mon_host. `config` is borrowed.
  // InvalidArgument: mon_host is of no use. Others as MonClient::WaitForSession().
  static absl::StatusOr<std::unique_ptr<RadosClient>> Connect(Config* config, const std::string& id,
                                                              absl::Duration timeout);
  ~RadosClient();
  RadosClient(const RadosClient&) = delete;
  RadosClient& operator=(const RadosClient&) = delete;

  // NotFound: the newest map has no such pool.
  absl::StatusOr<PoolIo> OpenPool(const std::string& name);

  // Runs a monitor command, a JSON object {"prefix": ...}, and waits for the answer.
  CommandResult MonCommand(std::string json, BufferList input = BufferList());

  MonClient& mon_client() { return *mon_client_; }
  Objecter& objecter() { return *objecter_; }
  Messenger* messenger() { return messenger_.get(); }

 private:
  RadosClient() = default;
  absl::Status Start(Config* config, const std::string& id);

  // In the order of their making; each uses those above it.
  MessageRegistry registry_;
  std::unique_ptr<NetworkStack> stack_;
  std::unique_ptr<EventCenterTimer> timer_;
  std::unique_ptr<ProcessAuth> auth_;
  std::unique_ptr<MonClient> mon_client_;
  std::unique_ptr<Objecter> objecter_;
  std::unique_ptr<Messenger> messenger_;
  Mutex mutex_;
  bool follows_osd_map_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_RADOS_CLIENT_H_
