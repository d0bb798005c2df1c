// Fuzzes the accepting machine from the first byte on: whatever a stranger sends.
//
// The first byte of the input chooses how the host answers, the second at which sizes the rest is
// cut into pieces.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "msg/policy.h"
#include "msg/protocol/session/session.h"
#include "msg/protocol/v1/connection_fsm.h"
#include "msg/protocol/v1/recording_host.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siphon;
  if (size < 2) return 0;
  const uint8_t choice = data[0];
  const size_t step = data[1] == 0 ? size : data[1];
  v1::RecordingHost host;
  host.my_addr = *EntityAddr::Parse("v1:127.0.0.1:6800/7");
  host.accepts = (choice & 1) == 0;
  if ((choice & 64) != 0) host.challenge = "prove it";
  host.refuse_shares = (choice >> 1) & 3;
  host.accept_terms.protocol_version = 15;
  Session session((choice & 8) != 0 ? Policy::LosslessPeer(0) : Policy::StatelessServer(0));
  v1::ConnectionFsm fsm(
      MachineOptions{.self_type = kEntityMon, .max_front = 1 << 20, .max_data = 1 << 20}, &host);
  fsm.StartAccept(host.my_addr, *EntityAddr::Parse("v1:127.0.0.1:40000/0"));
  std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  size_t decided = 0;
  while (!rest.empty() && fsm.fault().ok()) {
    const size_t taken = fsm.Consume(rest.substr(0, step));
    rest.remove_prefix(taken);
    if (fsm.blocked()) {
      if (host.requests.size() > decided) {
        decided = host.requests.size();
        if ((choice & 16) != 0 && decided == 1) {
          fsm.Refuse({.kind = Refusal::Kind::kRetryGlobal, .seq = 7});
        } else {
          fsm.Open(&session, (choice & 32) != 0);
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
