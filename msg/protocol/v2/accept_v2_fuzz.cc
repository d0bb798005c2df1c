// Fuzzes the accepting machine from the first byte on: whatever a stranger sends.
//
// The first byte of the input chooses how the host answers, the second at which sizes the rest is
// cut into pieces. The third says what the rest is: a stream as it comes, or a list of frames (tag,
// u16 length, payload) whose checksums are made right, to get behind them.
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
  host.my_name = {kEntityMon, 0};
  host.my_addrs = EntityAddrVec(*EntityAddr::Parse("v2:127.0.0.1:6800/7"));
  if ((choice & 1) != 0) {
    host.auth = v2::KeyedAuth{.modes = {1, 2}, .session_key = {}};
    if ((choice & 2) != 0) host.auth->challenge = "prove it";
    host.auth->refusals = (choice >> 2) & 1;
  }
  host.refuse_shares = (choice >> 3) & 1;
  Session session((choice & 16) != 0 ? Policy::LosslessPeer(0) : Policy::StatelessServer(0));
  v2::ConnectionFsm fsm(
      MachineOptions{.self_type = kEntityMon, .max_front = 1 << 20, .max_data = 1 << 20}, &host);
  fsm.StartAccept(host.my_addrs.front(), *EntityAddr::Parse("v2:127.0.0.1:40000/0"));
  std::string_view rest = stream;
  size_t decided = 0;
  while (!rest.empty() && fsm.fault().ok()) {
    const size_t taken = fsm.Consume(rest.substr(0, step));
    rest.remove_prefix(taken);
    if (fsm.blocked()) {
      if (host.requests.size() > decided) {
        decided = host.requests.size();
        if ((choice & 32) != 0 && decided == 1) {
          fsm.Refuse({.kind = static_cast<Refusal::Kind>(choice >> 6), .seq = 7});
        } else {
          fsm.Open(&session, false);
        }
      } else {
        fsm.Resume();
      }
    } else if (taken == 0) {
      break;
    }
  }
  return 0;
}
