// No bytes of a peer harm the server of authentication none, and what it accepts names someone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "msg/auth/auth_exchange.h"
#include "msg/auth/auth_methods.h"
#include "msg/auth/auth_none.h"
#include "msg/entity_type.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  siphon::AuthNoneServer server(siphon::AuthNoneServer::Requirement::kRequired);
  for (const auto version : {siphon::ProtocolVersion::kV1, siphon::ProtocolVersion::kV2}) {
    const auto answer =
        server.NewExchange(siphon::kEntityClient, version)
            ->OnRequest(siphon::kAuthNone, {static_cast<uint32_t>(siphon::ConMode::kCrc)}, bytes);
    const bool accepted = answer.kind == siphon::AuthServerExchange::Answer::Kind::kDone;
    if (accepted ? answer.peer->entity.empty() : answer.reason.empty()) std::abort();
  }
  return 0;
}
