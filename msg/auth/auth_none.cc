#include "msg/auth/auth_none.h"

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon {
namespace {

constexpr uint8_t kVersion = 1;
// Longer than any name that Ceph makes; what is kept of a peer's claim is bounded by it.
constexpr size_t kMaxIdBytes = 256;

AuthServer::Verdict Refusal(std::string reason) {
  AuthServer::Verdict verdict;
  verdict.reason = std::move(reason);
  return verdict;
}

}  // namespace

absl::StatusOr<Authorizer> AuthNoneClient::MakeAuthorizer(EntityType peer_type) {
  Authorizer authorizer;
  if (peer_type == kEntityMon) return authorizer;
  authorizer.protocol = kAuthNone;
  BufferList bytes;
  Encoder e(&bytes);
  e.U8(kVersion);
  e.U32(type_);
  e.String(id_);
  e.U64(global_id());
  authorizer.bytes = bytes.ToString();
  return authorizer;
}

AuthServer::Verdict AuthNoneServer::Verify(EntityType peer_type, uint32_t protocol,
                                           std::string_view authorizer) {
  Verdict verdict;
  if (protocol == kAuthUnknown && requirement_ == Requirement::kOptional) {
    verdict.accepted = true;
    return verdict;
  }
  if (protocol != kAuthNone) {
    return Refusal(absl::StrCat("it shows authentication method ", protocol,
                                ", and only none (1) is accepted here"));
  }
  Decoder d(authorizer);
  const uint8_t version = d.U8();
  if (d.ok() && version != kVersion) d.Fail("the authorizer is not of version 1");
  const uint32_t type = d.U32();
  const std::string_view id = d.StringView();
  const uint64_t global_id = d.U64();
  if (d.ok() && d.remaining() != 0) d.Fail("bytes follow the authorizer");
  if (d.ok() && id.size() > kMaxIdBytes) d.Fail("the name is too long");
  if (d.ok() && (type == kEntityNone || type >= kEntityAny)) d.Fail("no such entity type");
  if (!d.ok()) return Refusal(std::string(d.status().message()));
  verdict.accepted = true;
  verdict.entity =
      absl::StrCat(AbslView(EntityTypeName(static_cast<EntityType>(type))), ".", AbslView(id));
  verdict.global_id = global_id;
  return verdict;
}

}  // namespace siphon
