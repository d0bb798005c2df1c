#include "msg/auth/cephx/requests.h"

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"
#include "msg/auth/cephx/envelope.h"

namespace siphon::cephx {
namespace {

// More methods than there are in Ceph.
constexpr uint32_t kMaxMethods = 16;

absl::Status Malformed(std::string_view what, const Decoder& d) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(what), " is malformed: ", d.status().message()));
}

}  // namespace

std::string Greeting::EncodeV2() const {
  return Encoded([this](Encoder& e) {
    e.U8(kModeMon);
    name.Encode(e);
    e.U64(global_id);
  });
}

absl::StatusOr<Greeting> Greeting::DecodeV2(std::string_view payload) {
  Decoder d(payload);
  Greeting greeting;
  if (d.U8() != kModeMon) d.Fail("it is not for a monitor");
  greeting.name = AuthName::Decode(d);
  greeting.global_id = d.U64();
  if (d.ok() && d.remaining() != 0) d.Fail("bytes follow");
  if (!d.ok()) return Malformed("the request for authentication", d);
  return greeting;
}

std::string Greeting::EncodeV1() const {
  return Encoded([this](Encoder& e) {
    e.U8(1);
    e.U32(static_cast<uint32_t>(methods.size()));
    for (const uint32_t method : methods) e.U32(method);
    name.Encode(e);
    e.U64(global_id);
  });
}

absl::StatusOr<Greeting> Greeting::DecodeV1(std::string_view payload) {
  Decoder d(payload);
  Greeting greeting;
  if (d.U8() != 1) d.Fail("it has an unknown version");
  const uint32_t n = d.Count(4);
  if (n > kMaxMethods) d.Fail("too many methods");
  for (uint32_t i = 0; i < n && d.ok(); ++i) greeting.methods.push_back(d.U32());
  greeting.name = AuthName::Decode(d);
  greeting.global_id = d.U64();
  if (!d.ok()) return Malformed("the request for authentication", d);
  return greeting;
}

std::string EncodeServerChallenge(uint64_t challenge) {
  return Encoded([challenge](Encoder& e) {
    e.U8(1);
    e.U64(challenge);
  });
}

absl::StatusOr<uint64_t> DecodeServerChallenge(std::string_view payload) {
  Decoder d(payload);
  const uint8_t version = d.U8();
  const uint64_t challenge = d.U64();
  if (d.ok() && version == 0) d.Fail("it has an unknown version");
  if (!d.ok()) return Malformed("the challenge", d);
  return challenge;
}

void AuthenticateRequest::Encode(Encoder& e) const {
  e.U8(3);
  e.U64(client_challenge);
  e.U64(proof);
  old_ticket.Encode(e);
  e.U32(other_services);
}

AuthenticateRequest AuthenticateRequest::Decode(Decoder& d) {
  AuthenticateRequest request;
  const uint8_t version = d.U8();
  request.client_challenge = d.U64();
  request.proof = d.U64();
  request.old_ticket = TicketBlob::Decode(d);
  if (version >= 2) request.other_services = d.U32();
  if (d.ok() && version == 0) d.Fail("it has an unknown version");
  return request;
}

uint64_t ChallengeProof(const CryptoKey& secret, uint64_t server_challenge,
                        uint64_t client_challenge) {
  const std::string sealed = Encoded([&](Encoder& e) {
    EncodeSealed(e, secret, Encoded([&](Encoder& plain) {
                   plain.U64(server_challenge);
                   plain.U64(client_challenge);
                 }));
  });
  // Whole words only; the length before the sealed bytes is folded in, too.
  uint64_t proof = 0;
  for (size_t at = 0; at + 8 <= sealed.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, sealed.data() + at, 8);
    proof ^= word;
  }
  return proof;
}

absl::StatusOr<RequestKind> PeekKind(std::string_view payload) {
  Decoder d(payload);
  const auto kind = static_cast<RequestKind>(d.U16());
  if (!d.ok()) return Malformed("the message of cephx", d);
  switch (kind) {
    case RequestKind::kAuthenticate:
    case RequestKind::kTickets:
    case RequestKind::kRotatingKeys:
      return kind;
  }
  return absl::InvalidArgumentError(absl::StrCat("a message of cephx has the unknown kind ",
                                                 absl::Hex(static_cast<uint16_t>(kind))));
}

void EncodeAnswerHeader(Encoder& e, RequestKind kind, int32_t result) {
  e.U16(static_cast<uint16_t>(kind));
  e.I32(result);
}

absl::Status DecodeAnswerHeader(Decoder& d, RequestKind expected) {
  const auto kind = static_cast<RequestKind>(d.U16());
  const int32_t result = d.I32();
  if (!d.ok()) return Malformed("the monitor's answer", d);
  if (kind != expected) {
    return absl::InvalidArgumentError("the monitor answers another question than was asked");
  }
  if (result != 0) {
    return absl::PermissionDeniedError(absl::StrCat("the monitor refuses (error ", result,
                                                    "); does the cluster know this name and key?"));
  }
  return absl::OkStatus();
}

}  // namespace siphon::cephx
