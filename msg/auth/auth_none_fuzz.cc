// No bytes of a peer harm the server of authentication none, and what it accepts names someone.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "msg/auth/auth_none.h"
#include "msg/auth/authorizer.h"
#include "msg/entity_type.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  siphon::AuthNoneServer server(siphon::AuthNoneServer::Requirement::kRequired);
  const siphon::AuthServer::Verdict verdict =
      server.Verify(siphon::kEntityClient, siphon::kAuthNone, bytes);
  if (verdict.accepted ? verdict.entity.empty() : verdict.reason.empty()) std::abort();
  return 0;
}
