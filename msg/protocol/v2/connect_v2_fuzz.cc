// Fuzzes the dialling machine from the first byte on: whatever a server sends. The input is as
// accept_v2_fuzz's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "msg/policy.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v2/connection_fsm.h"
#include "msg/protocol/v2/fuzz_stream.h"
#include "msg/protocol/v2/recording_host.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siphon;
  if (size < 3) return 0;
  const uint8_t choice = data[0];
  const std::string stream =
      v2::FuzzStream(data[2], std::string_view(reinterpret_cast<const char*>(data) + 3, size - 3));
  const size_t step = data[1] == 0 ? stream.size() : data[1];
  v2::RecordingHost host;
  host.my_addrs = EntityAddrVec(*EntityAddr::Parse("127.0.0.1:0/9"));
  if ((choice & 1) != 0) {
    host.auth = v2::KeyedAuth{.modes = {1, 2}, .session_key = {}};
    host.auth->refusals = (choice >> 1) & 3;
  }
  host.refuse_shares = (choice >> 3) & 1;
  Session session((choice & 16) != 0 ? Policy::LosslessPeer(0) : Policy::LossyClient(0));
  if ((choice & 32) != 0) {
    session.client_cookie = 1;
    session.server_cookie = 2;
    session.connect_seq = 3;
  }
  v2::ConnectionFsm fsm(
      MachineOptions{.self_type = kEntityClient, .max_front = 1 << 20, .max_data = 1 << 20}, &host);
  if ((choice & 64) != 0) fsm.set_banner(v2::Banner{});
  fsm.StartConnect({.features_supported = kFeaturesSupported,
                    .features_required = 0,
                    .protocol_version = 0,
                    .peer_type = kEntityNone,
                    .target = *EntityAddr::Parse("v2:127.0.0.1:6800/7")},
                   &session);
  fsm.OnConnected();
  std::string_view rest = stream;
  while (!rest.empty() && fsm.fault().ok()) {
    const size_t taken = fsm.Consume(rest.substr(0, step));
    rest.remove_prefix(taken);
    if (fsm.blocked()) {
      fsm.Resume();
    } else if (taken == 0) {
      break;
    }
  }
  return 0;
}
